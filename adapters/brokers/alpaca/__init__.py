"""Alpaca's Trading API, one account for each key: reads, orders by client id, and nothing above raw JSON."""
