"""The shared world: a clock that waits, the exchange calendar, prices and dividends."""
