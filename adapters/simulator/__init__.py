"""A broker on the loopback: the APIs of Alpaca and of Schwab over one market whose clock only moves when told.

The tour, from the ground up:

- `market`   clock, NYSE calendar, price paths, dividends: the world that all brokers share
- `books`    accounts, lots, cash, settlement, orders and the rules by which they fill
- `world`    the one place where time passes: mornings, opens, closes, in their order
- `alpaca`   a dialect: paths, JSON shapes and error bodies of one vendor, and nothing else
- `schwab`   another one, with its logins, tokens and account hashes; a path tells which is spoken
- `wire`     a request and an answer, before and after HTTP
- `server`   `SimulatedBroker`, the context manager that serves it all and the levers to move it
- `sandbox`  the same broker from plain data, as a file holds it

```python
market = Market(start_at=..., assets=(Asset(symbol="VTI"),), prices={"VTI": PricePath.flat("250")})
with SimulatedBroker(market=market, accounts=(SimulatedAccount(...),)) as sim:
    client = TradingClient(key, secret, raw_data=True, url_override=sim.url)
    sim.deposit(key, "1500", on=date(2026, 3, 2))
    sim.advance_to_next_open()
```

Nothing here is imported by the code that reads it: the two meet over HTTP alone. What the simulation does not know:
short sales, options, stop orders, extended hours fills, fees that it was not told to book.
"""
