"""Rules: what should happen; pure functions from values to values on the standard library alone."""
