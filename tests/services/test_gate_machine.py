"""Whatever people, attackers and clocks do in whatever order, the gate does what a naive model of it says."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.domain.errors import WrongUse
from bot.domain.gate import TicketState
from bot.domain.plan import Proposal
from tests.services.gate_stage import PHRASES, GateStage

PEOPLE = ("self", "spouse")
QUARTER, DAY, MINUTE = timedelta(minutes=15), timedelta(days=1), timedelta(minutes=1)
STEP = timedelta(microseconds=1)


@dataclass
class Known:
    """A plan as the model knows it."""

    proposal: Proposal
    state: str = "waiting"
    said: set[str] = field(default_factory=set)
    wrong: int = 0


class GateMachine(RuleBasedStateMachine):
    """The model: plain lists of what was typed wrong when, by a clock that never goes back."""

    @initialize()
    def move_in(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.stage = GateStage(self.folder)
        self.plans: list[Known] = []
        self.tokens: list[tuple[str, Known, str]] = []
        self.wrong: list[tuple[datetime, str]] = []
        self.locks: list[tuple[datetime, str]] = []
        self.chosen: dict[str, datetime] = {}
        self.right: dict[str, datetime] = {}
        self.latest = self.stage.at()
        for person in PEOPLE:
            self.choose(person)
        self.propose()

    def teardown(self) -> None:
        if hasattr(self, "stage"):
            self.stage.ledger.close()
            shutil.rmtree(self.folder)

    def moment(self) -> datetime:
        """Later than anything before."""
        self.latest = max(self.stage.at(), self.latest + STEP)
        return self.latest

    def locked(self, person: str) -> bool:
        now = max(self.stage.at(), self.latest + STEP)
        return any(who in {person, ""} and at + QUARTER > now and at > self.chosen[person] for at, who in self.locks)

    @precondition(lambda self: len(self.plans) < 12)
    @rule()
    def propose(self) -> None:
        for known in self.plans:
            if known.state in {"waiting", "approved"}:
                known.state = "superseded"
        known = Known(self.stage.proposed(f"P-2026-03-02-{chr(ord('A') + len(self.plans))}", both=True))
        self.plans.append(known)
        self.post()

    @precondition(lambda self: self.plans[-1].state == "waiting" and not self.plans[-1].said)
    @rule()
    def post(self) -> None:
        known = self.plans[-1]
        for person, token in self.stage.links(known.proposal, *PEOPLE).items():
            self.tokens.append((token, known, person))

    @rule(seconds=st.sampled_from([1, 30, 61, 600, 1000, 90_000]), back=st.booleans())
    def set_the_clock(self, seconds: int, *, back: bool) -> None:
        self.stage.clock.jump(timedelta(seconds=-seconds if back else seconds))

    @rule(person=st.sampled_from(PEOPLE))
    def choose(self, person: str) -> None:
        self.stage.choose(person)
        self.chosen[person] = self.moment()

    @rule()
    def restart(self) -> None:
        self.stage.ledger.close()
        self.stage.open()

    @rule(which=st.integers(0, 10_000))
    def say_no(self, which: int) -> None:
        token, known, _ = self.tokens[which % len(self.tokens)]
        waits = known.state == "waiting" and self.stage.at() < known.proposal.expires_at
        try:
            self.stage.no(token)
        except WrongUse:
            assert not waits
        else:
            assert waits
            known.state = "declined"

    @rule(which=st.integers(0, 10_000), phrase=st.sampled_from([*PHRASES.values(), "", "wrong wrong wrong"]))
    def say_yes(self, which: int, phrase: str) -> None:
        self.try_it(which, phrase)

    def try_it(self, which: int, phrase: str) -> None:
        token, known, person = self.tokens[-1 - which % len(self.tokens)]
        waits = known.state == "waiting" and self.stage.at() < known.proposal.expires_at
        looked_at = waits and person not in known.said and not self.locked(person)
        counts = looked_at and phrase == PHRASES[person]
        try:
            ticket = self.stage.yes(token, phrase)
        except WrongUse:
            assert not counts
            if looked_at:
                self.typed_wrong(known, person)
            return
        assert counts
        known.said.add(person)
        self.right[person] = self.stage.at()
        if known.said == set(PEOPLE):
            known.state = "approved"
        assert ticket.state is (TicketState.APPROVED if known.state == "approved" else TicketState.CONSENTED)

    @rule(which=st.integers(0, 10_000))
    def hammer(self, which: int) -> None:
        for _ in range(5):
            self.try_it(which, "wrong wrong wrong")

    def typed_wrong(self, known: Known, person: str) -> None:
        now = self.moment()
        self.wrong.append((now, person))
        known.wrong += 1
        if known.wrong >= 5:
            known.state = "voided"
        marks = [at for at, who in self.locks if who == person] + [
            at for who, at in self.right.items() if who == person
        ]
        started = max([self.chosen[person], now - DAY, *marks])
        if sum(who == person and at > started for at, who in self.wrong) >= 5:
            self.locks.append((self.moment(), person))
        since = max([now - MINUTE, *(at for at, who in self.locks if who == "")])
        if sum(at > since for at, _ in self.wrong) >= 10:
            self.locks.append((self.moment(), ""))

    @invariant()
    def the_books_say_the_same(self) -> None:
        if not hasattr(self, "plans"):
            return
        for known, (proposal, approval) in zip(self.plans, self.stage.ledger.proposals(), strict=True):
            assert proposal == known.proposal
            assert (approval.verdict.value if approval else "waiting") == known.state


GateMachine.TestCase.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestGate = GateMachine.TestCase
