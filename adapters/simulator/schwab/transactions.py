"""Transactions: everything that touched an account's cash or shares, trades among it."""

from datetime import timedelta

from adapters.simulator.books.activities import Row
from adapters.simulator.schwab import refusals
from adapters.simulator.schwab.desk import Call
from adapters.simulator.schwab.transaction_shapes import TYPES, booked_at, identifier, transaction, type_of
from adapters.simulator.wire import Answer

LONGEST_RANGE = timedelta(days=366)
MOST_ROWS = 3000


def listed(call: Call) -> Answer:
    """`GET /accounts/{hash}/transactions`: newest first, at most 3000, of a range of at most a year."""
    drawer, query = call.drawer(), call.request.query
    since, until = refusals.instant(query, "startDate"), refusals.instant(query, "endDate")
    if since > until or until - since > LONGEST_RANGE:
        raise refusals.bad_request("startDate and endDate must be in order and not more than a year apart")
    types, symbol = _types(call), query.get("symbol")
    rows = [
        row
        for row in reversed(drawer.book.rows)
        if type_of(row) in types
        and since <= booked_at(row).replace(microsecond=0) <= until
        and symbol in {None, row.symbol}
    ]
    return Answer(body=[transaction(drawer, row) for row in rows[:MOST_ROWS]])


def _types(call: Call) -> set[str]:
    text = call.request.query.get("types")
    if text is None:
        raise refusals.bad_request("Required parameter 'types' is missing")
    types = {name for name in text.split(",") if name}
    unknown = sorted(types - TYPES)
    if unknown or not types:
        raise refusals.bad_request(f"'{(unknown or [text])[0]}' is not a valid value for types")
    return types


def read(call: Call) -> Answer:
    """`GET /accounts/{hash}/transactions/{id}`: a list of one."""
    drawer, wanted = call.drawer(), call.parts[1]
    found: list[Row] = [row for row in drawer.book.rows if str(identifier(row)) == wanted]
    if not found:
        raise refusals.missing("Transaction not found")
    return Answer(body=[transaction(drawer, row) for row in found])
