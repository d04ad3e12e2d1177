"""The books as they were, for lists that lag behind."""

import copy
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from adapters.simulator.books.account import AccountBook
from adapters.simulator.faults.fault import Lag
from adapters.simulator.wire import Request

Books = dict[str, AccountBook]
LONGEST = 200
CHANGING_NOTHING = ("/previewOrder", "/token")


class Past:
    """Copies of the books, each from just before one of the last changes, once a lag is expected.

    The market that they look at stays the present one.
    """

    def __init__(self) -> None:
        """Nothing is remembered yet."""
        self._lags: set[Lag] = set()
        self._before: deque[tuple[datetime, bool, Books]] = deque(maxlen=LONGEST)

    def expect(self, lag: Lag) -> None:
        """Remember from now on."""
        self._lags.add(lag)

    def before(self, request: Request, books: Books) -> Books | None:
        """A copy of the books when a request may change them and somebody may ask for it."""
        changes = request.method != "GET" and not request.path.endswith(CHANGING_NOTHING)
        return copied(books) if changes and self._lags else None

    def keep(self, at: datetime, books: Books, *, write: bool) -> None:
        """Keep the books as they were before a change by a customer (`write`) or by the passing of time."""
        self._before.append((at, write, books))

    def stops(self, now_at: datetime, at: datetime) -> list[datetime]:
        """Where to stop on the way to an instant, so that a lagging reader at its end sees neither more nor less."""
        ages = {lag.age for lag in self._lags if lag.age is not None}
        return [*sorted(at - age for age in ages if now_at < at - age < at), at]

    def before_time_moves(self, to: datetime, books: Books) -> None:
        """Keep the books as they are before whatever falls due up to an instant, if somebody may ask for them."""
        if self._lags:
            self.keep(to, copied(books), write=False)

    def seen_with(self, lag: Lag | None, now_at: datetime) -> Books | None:
        """The books as a reader with this lag sees them, to be used up; None for the present ones."""
        if lag is None:
            return None
        if lag.age is not None:
            seen_at = now_at - lag.age
            found = next((books for at, _, books in self._before if at > seen_at), None)
        else:
            writes = [books for _, write, books in self._before if write]
            found = next(iter(writes[-lag.writes :]), None)
        return None if found is None else copied(found)


def copied(books: Books) -> Books:
    """Books that can be written in without a trace in these."""
    shared: dict[int, object] = {id(book.market): book.market for book in books.values()}
    return copy.deepcopy(books, shared)


@contextmanager
def standing_in(books: Books, others: Books | None) -> Iterator[None]:
    """Let other books take the place of these for a while, if there are any."""
    present = dict(books)
    books.update(others or {})
    try:
        yield
    finally:
        books.update(present)
