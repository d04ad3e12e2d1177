"""Figures and examples the programs read: data only, each with its source."""
