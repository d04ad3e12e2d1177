"""One seed: a household's two days with a broker, in processes that die, are stopped, and start anew."""

from __future__ import annotations

import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from adapters.store.ledger import SqliteLedger
from bot.domain.orders import OrderState
from bot.services.moves import MATCHED
from tests.chaos.real.bank import Bank, Books, a_bank
from tests.chaos.real.fates import ANY_MOMENT, CALM, DEATHS, Fate, later, morning, script
from tests.chaos.real.home import Home, Prepared, a_folder, log_in, plain
from tests.chaos.real.page import Page
from tests.chaos.real.process import Process
from tests.chaos.real.verdict import corrupt, wrongs

AFTER_CLOSE = datetime(2026, 3, 2, 22, 5, tzinfo=UTC)  # an hour and five minutes after it
AFTER_THE_NEXT = AFTER_CLOSE + timedelta(days=1)
LOCKED = 75
TRIES = 3


@dataclass
class Story:
    """What a seed came to: how often it died where, what was wrong, and the longest way back in seconds."""

    seed: int
    kind: str
    kills: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    wrongs: list[str] = field(default_factory=list)
    longest: float = 0.0
    tape: list[str] = field(default_factory=list)


def play(seed: int, prepared: dict[str, list[Prepared]], kind: str) -> Story:
    """Play one seed from approval to the second morning."""
    rng = Random(f"{seed} {kind}")
    chosen = rng.choice(prepared[kind])
    story, page = Story(seed, kind), Page()
    with a_folder() as folder, a_bank(plain(chosen.shape, kind), page) as bank:
        home = Home(shape=chosen.shape, kind=kind, folder=folder, url=bank.url, page=page)
        home.ledger.write_bytes(chosen.ledger)
        log_in(home, bank)
        for symbol in {line.symbol for line in chosen.shape.lines}:
            bank.fill(symbol, script(rng))
        _Days(story, rng, home, bank).pass_by()
        _judge(story, chosen, home, bank.books())
    return story


class _Days:
    """The days of one household."""

    def __init__(self, story: Story, rng: Random, home: Home, bank: Bank) -> None:
        self._story = story
        self._rng = rng
        self._home = home
        self._bank = bank
        self._died_at = 0.0

    def pass_by(self) -> None:
        self._settle(morning(self._rng, first=DEATHS[self._story.seed % len(DEATHS)]))
        self._bank.go_to(AFTER_CLOSE)
        self._settle(later(self._rng))
        self._bank.next_session()
        self._settle(later(self._rng))
        if self._is_open():  # what could not leave on the first day has left on the second
            self._bank.go_to(AFTER_THE_NEXT)
            self._settle([])

    def _is_open(self) -> bool:
        with SqliteLedger(self._home.ledger) as ledger:
            return any(not record.state.is_final for record in ledger.orders())

    def _settle(self, fates: list[Fate]) -> None:
        """Start one run after the other until one comes through by itself."""
        for chosen in (*fates, *[CALM] * TRIES):
            code, words = self._run(chosen)
            if code == 0:
                return
            if code not in {-signal.SIGKILL, LOCKED, 4} or (chosen is CALM and code != -signal.SIGKILL):
                self._wrong(f"a run ended with {code}: {words}")
                return
        self._wrong("no run came through")

    def _run(self, chosen: Fate) -> tuple[int, str]:
        self._bank.lay(chosen.troubles)
        with Process(self._home, chosen.struck) as process:
            if chosen.point == ANY_MOMENT:
                time.sleep(chosen.milliseconds / 1000)
                process.send(signal.SIGKILL)
            code = process.fate()
            disturbed = code is None or bool(chosen.troubles)
            if code is None:
                code = self._asleep(process, chosen)
        now = time.monotonic()
        if code == -signal.SIGKILL:
            self._story.kills[chosen.point] += 1
        if code == 0 and self._died_at and not disturbed:
            self._story.longest = max(self._story.longest, now - self._died_at)
        self._died_at = now if code else 0.0
        self._story.counts["runs"] += 1
        self._story.counts[f"exit {code}"] += code > 0
        words = process.last_words
        self._say(f"{chosen.point or 'calm'} {chosen.nth} {[one.name for one in chosen.troubles]} -> {code} {words}")
        return code, words

    def _asleep(self, process: Process, chosen: Fate) -> int:
        """A process that was stopped in the middle, beside which another one starts; then it goes on, or dies."""
        self._story.counts["stopped"] += 1
        with Process(self._home) as other:
            code = other.fate()
        if code != LOCKED or "at work" not in other.last_words:
            self._wrong(f"lock: beside a stopped run another one ended with {code}: {other.last_words}")
        self._home.page.worker = process.id
        self._bank.pass_by(chosen.pause)
        self._say(f"stopped at {chosen.point}, beside it {code}; {chosen.pause} later")
        process.send(signal.SIGKILL if chosen.dies_asleep else signal.SIGCONT)
        ended = process.fate()
        assert ended is not None, "nobody stops it twice"
        self._story.counts["went on"] += ended >= 0
        return ended

    def _wrong(self, words: str) -> None:
        self._story.wrongs.append(words)
        self._say(f"WRONG {words}")

    def _say(self, words: str) -> None:
        self._story.tape.append(f"{self._home.page.now():%a %H:%M:%S} {words}")


def _judge(story: Story, chosen: Prepared, home: Home, books: Books) -> None:
    story.wrongs += corrupt(home.ledger)
    with SqliteLedger(home.ledger) as ledger:
        records = tuple(ledger.orders())
    story.wrongs += wrongs(chosen, books, records)
    halted = home.halt.pulled()
    if halted:
        story.wrongs.append(f"halted: {halted}")
    story.counts["stories"] += 1
    story.counts["intents"] += len(records)
    story.counts["posts"] += books.posts
    for record in records:
        story.counts[record.state.value] += 1
        story.counts["matched"] += record.evidence.startswith(MATCHED)
        if record.state is OrderState.HUMAN:
            story.tape.append(f"left to a person: {record.evidence}")
    story.tape += [str(order) for order in books.orders]
    story.tape += [f"ledger: line {one.intent.line} {one.state.value} {one.evidence}" for one in records]
