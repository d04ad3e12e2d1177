"""The guard: one pure function, the last thing before an order leaves."""
