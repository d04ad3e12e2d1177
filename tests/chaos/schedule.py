"""One schedule: a seed becomes three days of runs, crashes, faults and an owner who trades too, and is judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bot.domain.orders import OrderState
from bot.domain.readings import Quote
from bot.services.sizing import limit_price
from tests.chaos.hazards import Hazards
from tests.chaos.machine import IDLE, Flavour, Machine
from tests.chaos.prefab import PRICES, SHAPES, TERMS
from tests.chaos.stations import Stations
from tests.chaos.truth import CLOSES, DAY, HOUR, MINUTE, OPENS, SECOND, dollars, instant, is_session
from tests.chaos.verdict import BROKEN, Wrong, adopted_by_match, wrongs

AS_IT_IS = Flavour(stations=Stations())
KEYED, UNKEYED = KINDS = ("keyed", "unkeyed")
AFTER_CLOSE = CLOSES + HOUR + 4 * MINUTE  # whatever our clock says, the barrier is behind us


@dataclass(frozen=True)
class Outcome:
    """What one schedule came to: what was wrong, and how often what happened."""

    seed: int
    kind: str
    wrongs: tuple[Wrong, ...]
    counts: Counter[str]


class Schedule:
    """The three days of one seed."""

    def __init__(self, seed: int, kind: str, folder: Path, flavour: Flavour, tape: list[str] | None) -> None:
        self.rng = Random(f"{kind} {seed}")
        shape = self.rng.choice(SHAPES)
        start = OPENS + self.rng.randrange(7 * MINUTE, 5 * HOUR)
        world = shape.world(self.rng, start, tape=tape)
        world.say(f"SEED {seed} {kind}: {shape.name}")
        self.world = world
        self.idle = False
        self.machine = Machine(
            path=folder / "ledger.sqlite",
            world=world,
            shape=shape,
            keyed=kind == KEYED,
            flavour=flavour,
            locked=self.rng.random() >= 0.15,
            stays_open=flavour.durable,
        )

    def play(self) -> None:
        """Two days of trouble and one of peace."""
        self._day(0, self.rng.randrange(2, 5))
        self._day(1, self.rng.randrange(1, 3))
        self.machine.skew = 0
        self.world.go_to(2 * DAY + AFTER_CLOSE)
        self.machine.run(Hazards(rng=self.rng))

    def _day(self, day: int, runs: int) -> None:
        if day:
            self.world.go_to(day * DAY + OPENS + self.rng.randrange(5 * HOUR))
        for _ in range(runs):
            if self._is_over():
                return
            self._trouble()
            self._pass_time()
        if self._is_over():
            return
        self.world.go_to(day * DAY + CLOSES + self.rng.randrange(2 * HOUR))
        if self.rng.random() < 0.8:
            self._trouble()

    def _is_over(self) -> bool:
        """Whether the last run found nothing to do, and nothing can happen any more."""
        return self.idle and not self.world.on_their_way and not any(one.is_live for one in self.world.orders)

    def _trouble(self) -> None:
        rng, machine = self.rng, self.machine
        if rng.random() < 0.3:
            far = rng.random() < 0.3
            machine.skew = rng.randrange(-120, 121) * SECOND if far else rng.randrange(-25, 26) * SECOND
        if machine.brake.pulled() and rng.random() < 0.6:
            machine.brake.release()
        self._market()
        if rng.randrange(100) < machine.flavour.owner_pct:
            self._owner()
            self.world.advance(rng.randrange(3 * MINUTE))
        hazards = machine.drawn()
        if rng.randrange(100) < machine.flavour.crowd_pct:
            hazards.second_at, hazards.second = rng.randrange(1, 45), self._second
        ended = machine.run(hazards)
        if ended.startswith("killed") and rng.random() < 0.8:
            self.world.advance(rng.randrange(1, 20) * SECOND)
            ended = machine.run(machine.drawn())
        self.idle = ended == IDLE

    def _second(self) -> None:
        self.machine.run(self.machine.drawn())

    def _market(self) -> None:
        for symbol, price in PRICES.items():
            self.world.prices[symbol] = price + price * self.rng.randrange(-4, 5) // 1000

    def _owner(self) -> None:
        """The owner pays money in, or trades: often just what the plan is about to do."""
        rng, world = self.rng, self.world
        line = rng.choice(self.machine.shape.lines)
        if rng.random() < 0.3:
            world.deposit(line.account, rng.randrange(1, 500_000))
            return
        price = dollars(world.prices[line.symbol])
        quote = Quote(symbol=line.symbol, bid=price, ask=price, at=instant(world.now))
        limit = limit_price(line, quote, TERMS.price_collar_pct)
        count = int(line.quantity.count) if rng.random() < 0.7 else rng.randrange(1, 10)
        if limit is not None and is_session(world.now):
            world.by_hand(line.account, line.side, line.symbol, count, int(limit * 100), age=0)

    def _pass_time(self) -> None:
        rng = self.rng
        span = rng.choice((rng.randrange(MINUTE), rng.randrange(10 * MINUTE), rng.randrange(2 * HOUR)))
        self.world.advance(span)


def play(seed: int, kind: str, folder: Path, *, flavour: Flavour = AS_IT_IS, tape: list[str] | None = None) -> Outcome:
    """Play one seed; `tape` gets its readable trace."""
    schedule = Schedule(seed, kind, folder, flavour, tape)
    machine, world = schedule.machine, schedule.world
    with closing(machine):
        schedule.play()
        records = machine.journal()
    found = wrongs(world, machine.shape, records, keyed=machine.keyed, told=machine.brake.told)
    found += [Wrong(BROKEN, trouble) for trouble in machine.troubles]
    for record in records:
        intent = record.intent
        world.say(
            f"JOURNAL line {intent.line}, attempt {intent.attempt}: {record.state} {record.broker_id} "
            f"{record.filled} of {intent.quantity} ({record.evidence})"
        )
    for wrong in found:
        world.say(f"WRONG {wrong.kind}: {wrong.what}")
    lines = {record.intent.line for record in records if record.state is not OrderState.NOT_PLACED}
    counts = Counter(
        schedules=1,
        runs=machine.runs,
        crashes=machine.deaths,
        intents=len(records),
        posts=sum(world.posts.values()),
        repeated=sum(count - 1 for count in world.posts.values() if count > 1),
        deferred=len(machine.shape.lines) - len(lines),
        human=sum(record.state is OrderState.HUMAN for record in records),
        matched=adopted_by_match(records),
        halted=int(any("just like it" in why for why in machine.brake.told)),
        **{f"wrong: {wrong.kind}": 1 for wrong in found},
    )
    return Outcome(seed=seed, kind=kind, wrongs=tuple(found), counts=counts)


def play_all(
    seeds: Iterable[int], kind: str, folder: Path, *, flavour: Flavour = AS_IT_IS, until_wrong: bool = False
) -> tuple[Counter[str], list[Outcome]]:
    """Many seeds: the sums, and the outcomes that are wrong; `until_wrong` stops at the first of them."""
    total, failed = Counter[str](), list[Outcome]()
    for seed in seeds:
        outcome = play(seed, kind, folder, flavour=flavour)
        total += outcome.counts
        if outcome.wrongs:
            failed.append(outcome)
            if until_wrong:
                break
    return total, failed
