"""What can go wrong between a customer and the broker, laid over any route of any dialect.

- `route`      which requests a fault waits for, and which of them it meets
- `fault`      one fault: whether and when the broker is asked, and what the customer gets to see in place of its answer
- `kinds`      the faults by name: answered, spoiled, mangled, dropped, delayed, late, stale, changed, rotated
- `broken`     answers that are none: a gateway's page, half a JSON text, a length that lies
- `locations`  Location headers that mislead
- `pages`      lists that repeat, skip or never end
- `past`       the books as they were, for lists that lag
- `plan`       `FaultPlan`: the faults of one broker, the log of what they did, and the levers
- `weather`    plans drawn by a seed

```python
plan = FaultPlan(spoiled(Route.exact("POST", "/v2/orders"), BAD_GATEWAY, times=Nth(2)))
with SimulatedBroker(market=..., accounts=..., faults=plan) as sim:
    sim.faults.add(late(Route.orders(), after=timedelta(minutes=5)))
    ...
    assert sim.faults.count("late") == 1
    assert [line.applied for line in sim.requests if line.method == "POST"] == [True, True, False]
```
"""
