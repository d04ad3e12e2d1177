"""The books on disk: one SQLite file per household, its schema, its codec and the lock beside it."""
