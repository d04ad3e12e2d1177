"""Nouns: what things are; frozen values built on the standard library alone."""
