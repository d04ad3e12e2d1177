"""The settings of a live household: its file, its environment and its credentials as nouns."""
