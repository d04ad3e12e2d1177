"""The faults of one broker, the log of what they did, and the levers that end what they hold back."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from adapters.simulator.faults.broken import DROPPED
from adapters.simulator.faults.fault import AT_ONCE, Asks, Fault, Fired, Lag, Turn
from adapters.simulator.faults.past import Past
from adapters.simulator.faults.weather import drawn
from adapters.simulator.wire import Answer, Request, RequestLine

UNHEARD = Answer(status=504, body={"message": "gateway timeout"})


class Stage(Protocol):
    """What a plan asks of the broker that it lies over."""

    @property
    def now_at(self) -> datetime:
        """Its virtual time."""

    def account_of(self, request: Request) -> str | None:
        """The name of the account that a request is about."""

    def ask(self, request: Request, line: RequestLine | None = None, *, lag: Lag | None = None) -> Answer:
        """Its own answer, noted in a line of the request log, from its books as a reader with a lag sees them."""

    def rotate_hashes(self) -> None:
        """Give every account a new hash, in the dialects that have hashes."""


@dataclass(slots=True)
class _Laid:
    """A fault of this plan, and how many requests have taken its route."""

    fault: Fault
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """A request that has yet to reach the broker."""

    request: Request
    line: RequestLine
    due_at: datetime | None

    def is_due(self, until: datetime | None) -> bool:
        """Whether it is due by an instant; everything is when there is none."""
        return until is None or (self.due_at is not None and self.due_at <= until)


class FaultPlan:
    """Faults over the routes of one broker; several that meet one request add up, in the order of the plan.

    Any thread may use it. Pauses add up, the greatest `Asks` wins, changes follow one another.

    Attributes:
        fired: what happened, oldest first.
        past: the books as they were, for faults that lag.
    """

    def __init__(self, *faults: Fault) -> None:
        """Begin with some faults, in their order."""
        self.fired: list[Fired] = []
        self.past = Past()
        self._laid: list[_Laid] = []
        self._waiting: list[_Waiting] = []
        self._pauses: set[threading.Event] = set()
        self._previous: dict[tuple[str, str, str | None], Request] = {}
        self._locations: list[str] = []
        self._lock = threading.Lock()
        self._stage: Stage | None = None
        self._over = True
        self.add(*faults)

    @classmethod
    def random(cls, seed: int, rates: Mapping[str, Decimal]) -> "FaultPlan":
        """A plan that rolls a die for each request, the same for the same seed and the same requests of each route.

        `rates` gives the share of requests that a fault of `weather.CATALOGUE` meets; of one route at most one
        fault meets a request.

        Raises:
            ValueError: for an unknown name, a share below 0, or shares of one route above 1 in all.
        """
        return cls(*drawn(seed, rates))

    def add(self, *faults: Fault) -> None:
        """Lay more faults over the broker, counting requests from now on."""
        with self._lock:
            for fault in faults:
                self._laid.append(_Laid(fault))
                if fault.lag is not None:
                    self.past.expect(fault.lag)

    def clear(self) -> None:
        """Take all faults away; what is on its way late stays on its way."""
        with self._lock:
            self._laid.clear()
            self.past = Past()

    def count(self, name: str) -> int:
        """How often the faults of a name have fired."""
        return sum(fired.fault == name for fired in self.fired)

    @property
    def waiting(self) -> int:
        """How many requests have yet to reach the broker."""
        with self._lock:
            return len(self._waiting)

    def release(self, *, until: datetime | None = None) -> int:
        """Let late requests reach the broker now: those due by an instant, or all; without one, pauses end too.

        Returns how many late requests the broker was asked.
        """
        with self._lock:
            due = [waiting for waiting in self._waiting if waiting.is_due(until)]
            self._waiting = [waiting for waiting in self._waiting if not waiting.is_due(until)]
            if until is None:
                self._end_pauses()
        for waiting in due:
            self._ask(waiting.request, waiting.line)
        return len(due)

    def due_until(self, at: datetime) -> list[datetime]:
        """The instants up to `at` at which late requests reach the broker."""
        with self._lock:
            return sorted({w.due_at for w in self._waiting if w.due_at is not None and w.due_at <= at})

    def begin(self, stage: Stage) -> None:
        """Lie over a broker; `ValueError` when it is another one than before."""
        if self._stage not in {None, stage}:
            raise ValueError("a fault plan lies over one broker")
        self._stage, self._over = stage, False

    def end(self) -> None:
        """The broker shuts: whoever pauses goes home, and nothing late arrives any more."""
        with self._lock:
            self._over = True
            self._waiting.clear()
            self._end_pauses()

    def answer(self, request: Request, line: RequestLine) -> Answer:
        """What the customer gets for a request; the line of the request log is filled in on the way."""
        faults, previous = self._meet(request, line)
        if not self._pause(sum((fault.wait for fault in faults), AT_ONCE)):
            return DROPPED
        answer = self._reach(faults, request, line)
        self._pause(sum((fault.hold for fault in faults), AT_ONCE))
        for fault in faults:
            if fault.change is not None:
                turn = Turn(
                    request=request,
                    answer=answer,
                    previous=previous,
                    locations=tuple(self._locations),
                    ask=self._broker.ask,
                )
                answer = fault.change(turn)
            if fault.rotates:
                self._broker.rotate_hashes()
        return answer

    @property
    def _broker(self) -> Stage:
        assert self._stage is not None
        return self._stage

    def _meet(self, request: Request, line: RequestLine) -> tuple[list[Fault], Request | None]:
        account, at = self._broker.account_of(request), self._broker.now_at
        met: list[Fault] = []
        with self._lock:
            for laid in self._laid:
                fault = laid.fault
                if not fault.on.matches(request, account):
                    continue
                laid.number += 1
                if fault.times.meets(laid.number):
                    met.append(fault)
                    self.fired.append(
                        Fired(
                            fault=fault.name,
                            number=laid.number,
                            method=request.method,
                            path=line.path,
                            account=account,
                            at=at,
                        )
                    )
            key = (request.method, request.path, account)
            previous = self._previous.get(key)
            self._previous[key] = request
        line.account, line.fault = account, " ".join(fault.name for fault in met)
        return met, previous

    def _reach(self, faults: list[Fault], request: Request, line: RequestLine) -> Answer:
        asks = max((fault.asks for fault in faults), default=Asks.NOW)
        if asks is Asks.NOW:
            return self._ask(request, line, next((fault.lag for fault in faults if fault.lag), None))
        if asks is Asks.LATER:
            spans = [fault.after for fault in faults if fault.asks is Asks.LATER]
            self._put_off(request, line, spans)
        return UNHEARD

    def _put_off(self, request: Request, line: RequestLine, spans: list[timedelta | None]) -> None:
        known = [span for span in spans if span is not None]
        due_at = self._broker.now_at + max(known) if len(known) == len(spans) else None
        with self._lock:
            self._waiting.append(_Waiting(request=request, line=line, due_at=due_at))

    def _ask(self, request: Request, line: RequestLine, lag: Lag | None = None) -> Answer:
        answer = self._broker.ask(request, line, lag=lag)
        with self._lock:
            self._locations += [value for name, value in answer.headers.items() if name.lower() == "location"]
        return answer

    def _pause(self, span: timedelta) -> bool:
        """Whether the broker is still there afterwards."""
        if span <= AT_ONCE:
            return True
        pause = threading.Event()
        with self._lock:
            if not self._over:
                self._pauses.add(pause)
        if not self._over:
            pause.wait(span.total_seconds())
        with self._lock:
            self._pauses.discard(pause)
            return not self._over

    def _end_pauses(self) -> None:
        for pause in self._pauses:
            pause.set()
