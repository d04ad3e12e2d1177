"""Verbs: the six stations of a run, one file each."""
