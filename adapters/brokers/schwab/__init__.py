"""Schwab's Trader API: one login for each owner, all of its accounts behind it, and nothing above raw JSON."""
