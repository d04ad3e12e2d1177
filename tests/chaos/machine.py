"""The computer that the bot runs on: its disk, its clock, and processes that come and go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import structlog

from adapters.store.ledger import SqliteLedger
from adapters.store.lock import single_instance
from bot.domain.approval import Approval
from bot.domain.errors import RebaloopError
from bot.domain.facts import Fact, Kind
from bot.domain.orders import OrderRecord
from bot.domain.plan import Environment, Proposal
from tests.chaos.hazards import FAULTS, Hazards, Killed, Post, drawn
from tests.chaos.keeper import Keeper, Wrist
from tests.chaos.prefab import CALENDAR, POLICY, TERMS, Shape, books
from tests.chaos.stations import Stations
from tests.chaos.world import World
from tests.fakes.brake import FakeBrake
from tests.fakes.postbox import FakePostbox

FILES = ("", "-wal")
IDLE = "nothing to do"


class HeardBrake(FakeBrake):
    """An emergency brake in memory; `told` is every reason for which it was ever pulled."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def pull(self, why: str) -> None:
        self.told.append(why)
        super().pull(why)


class Frail:
    """A `bot.ports.Ledger`: the real one, with a death possible before and after each of its commits."""

    def __init__(self, inner: SqliteLedger, hazards: Hazards, *, committed: Callable[[], None]) -> None:
        self._inner = inner
        self._hazards = hazards
        self._committed = committed

    def record(self, fact: Fact) -> None:
        self._hazards.step("before_commit")
        self._hazards.disk()
        self._inner.record(fact)
        self._committed()
        self._hazards.step("after_commit")

    def decide(self, approval: Approval) -> bool:
        self._hazards.step("before_commit")
        self._hazards.disk()
        done = self._inner.decide(approval)
        self._committed()
        self._hazards.step("after_commit")
        return done

    def facts(self, *, plan: str = "") -> Iterable[Fact]:
        return self._inner.facts(plan=plan)

    def latest(self, kind: type[Kind]) -> Iterable[Kind]:
        return self._inner.latest(kind)

    def proposals(self) -> Sequence[tuple[Proposal, Approval | None]]:
        return self._inner.proposals()

    def orders(self, *, plan: str = "") -> Sequence[OrderRecord]:
        return self._inner.orders(plan=plan)


@dataclass(frozen=True, kw_only=True)
class Flavour:
    """How the bot is built: as it is, or with one of its protections taken away."""

    stations: Stations
    keeper: type[Keeper] = Keeper
    triggers: bool = True
    locked: bool = True
    ledger: type[SqliteLedger] = SqliteLedger
    post_fates: tuple[Post, ...] = FAULTS
    twins_pct: int = 4  # orders beside which the owner sends the very same
    owner_pct: int = 12  # runs before which the owner does something
    crowd_pct: int = 12  # runs that have another one beside them
    durable: bool = True  # False: a power cut takes back commits, as with `synchronous=NORMAL`


@dataclass(kw_only=True)
class Machine:
    """One computer with one household's ledger; `skew` is how far its clock is off, in milliseconds.

    While it `stays_open` a run hands its connection on to the next one, even when it dies: between two steps nothing
    of the books is in memory only. `close` it in the end.
    """

    path: Path
    world: World
    shape: Shape
    keyed: bool
    flavour: Flavour
    skew: int = 0
    locked: bool = True
    stays_open: bool = False
    runs: int = 0
    deaths: int = 0
    troubles: list[str] = field(default_factory=list)
    brake: HeardBrake = field(default_factory=HeardBrake)
    postbox: FakePostbox = field(default_factory=FakePostbox)
    _processes: list[Hazards] = field(default_factory=list)
    _past: list[tuple[bytes, ...]] = field(default_factory=list)
    _left_open: SqliteLedger | None = None

    def __post_init__(self) -> None:
        for end in ("-wal", "-shm"):
            self.path.with_name(self.path.name + end).unlink(missing_ok=True)
        self.path.write_bytes(books(self.shape, triggers=self.flavour.triggers).ledger)

    def drawn(self) -> Hazards:
        """The hazards of one run, as the flavour wants them."""
        return drawn(self.world.rng, self.flavour.post_fates, self.flavour.twins_pct)

    def run(self, hazards: Hazards) -> str:
        """One process from start to end; how it ended, in a word."""
        self.runs += 1
        self._processes.append(hazards)
        self.world.say(f"RUN {self.runs} (clock {self.skew / 1000:+.0f} s, {len(self._processes)} at once)")
        try:
            ended = self._work(hazards)
        except Killed as death:
            self.deaths += 1
            ended = f"killed at {death}"
            self._power_cut(hazards.rng)
        except RebaloopError as problem:
            ended = f"{type(problem).__name__}: {problem.message}".replace(f"{self.path.parent}/", "")
        except Exception as problem:  # noqa: BLE001 - whatever a station did not foresee is a finding
            ended = f"BROKEN {type(problem).__name__}: {problem}"
            self.troubles.append(ended)
        finally:
            self._processes.pop()
        self.world.say(f"END {ended}")
        return ended

    def _work(self, hazards: Hazards) -> str:
        with ExitStack() as held:
            if self.locked and self.flavour.locked:
                held.enter_context(single_instance(self.path))
            inner = held.enter_context(self._ledger())
            held.enter_context(self._heard())
            clock = Wrist(self.world, self.skew)
            keeper = self.flavour.keeper(world=self.world, hazards=hazards, keyed=self.keyed, clock=clock)
            report = self.flavour.stations.run(
                household=self.shape.household,
                policy=POLICY,
                terms=TERMS,
                brokers=dict.fromkeys(self.world.tills, keeper),
                addresses=dict.fromkeys(self.world.tills, Environment.PAPER),
                calendar=CALENDAR,
                clock=clock,
                ledger=Frail(inner, hazards, committed=self._committed),
                brake=self.brake,
                postbox=self.postbox,
                fallback_prices={},
            )
        return IDLE if report is None else _words(report)

    @contextmanager
    def _ledger(self) -> Iterator[SqliteLedger]:
        """The books for one process: opened anew, or as the last one has left them."""
        ledger, self._left_open = self._left_open, None
        ledger = ledger or self.flavour.ledger(self.path, patience_ms=200)
        try:
            yield ledger
        finally:
            if self.stays_open and self._left_open is None:
                self._left_open = ledger
            else:
                ledger.close()

    def close(self) -> None:
        """Let go of the books."""
        if self._left_open is not None:
            self._left_open.close()
            self._left_open = None

    @contextmanager
    def _heard(self) -> Iterator[None]:
        """Points tell the process that reached them, which is always the newest one."""
        if len(self._processes) > 1:
            yield
            return

        def hear(name: str) -> None:
            self._processes[-1].step(name)

        with self.flavour.stations.listening(hear):
            yield

    def _files(self) -> list[Path]:
        return [self.path.with_name(self.path.name + end) for end in FILES]

    def _committed(self) -> None:
        if not self.flavour.durable:
            self._past.append(tuple(file.read_bytes() if file.exists() else b"" for file in self._files()))

    def _power_cut(self, rng: Random) -> None:
        """Without durable commits the last few may be gone."""
        if self.flavour.durable or len(self._processes) > 1 or not self._past or rng.random() < 0.5:
            return
        kept = self._past[-min(len(self._past), rng.randrange(2, 5))]
        self.world.say(f"POWER CUT: the disk is as it was {len(self._past) - self._past.index(kept) - 1} commits ago")
        self.path.with_name(self.path.name + "-shm").unlink(missing_ok=True)
        for file, body in zip(self._files(), kept, strict=True):
            file.write_bytes(body)
        self._past = []

    def journal(self) -> tuple[OrderRecord, ...]:
        """What the journal says in the end."""
        with self._ledger() as ledger:
            return tuple(ledger.orders())


def _words(report: object) -> str:
    execution = getattr(report, "execution", None)
    notes = [f"line {leg.line.number}: {leg.note}" for leg in getattr(execution, "legs", ()) if leg.note]
    refusals = [f"{one.code}: {one.message}" for one in getattr(execution, "refusals", ())]
    return " | ".join([str(getattr(report, "outcome", "")), *refusals, *notes])


@contextmanager
def quiet() -> Iterator[None]:
    """No log lines: nobody reads those of thousands of runs."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    try:
        yield
    finally:
        structlog.configure(**before)
