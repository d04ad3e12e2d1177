"""Hostile sequences against the gate: `python -m tests.services.hostile 10000 [--seed N]`.

Whoever plays them reads every letter, so every token is known to them, and one of the two people helps them: they know
that person's passphrase, but not the other one's. They forge, shorten and replay, go back to older plans, and set the
clock. Now and then the owners themselves say yes or no, so that there is something to replay.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import structlog

from bot.domain.approval import Verdict
from bot.domain.errors import WrongUse
from bot.domain.facts import ConsentGiven
from bot.domain.plan import Proposal
from tests.services.gate_stage import PHRASES, GateStage

SPANS = (timedelta(seconds=1), timedelta(seconds=40), timedelta(minutes=16), timedelta(hours=7), timedelta(days=4))
STEPS = 12


@dataclass
class Attack:
    """One sequence. `earned` holds the consents that owners gave, as (plan, person)."""

    stage: GateStage
    dice: random.Random
    plans: list[Proposal] = field(default_factory=list)
    tokens: list[tuple[str, Proposal, str]] = field(default_factory=list)
    earned: set[tuple[str, str]] = field(default_factory=set)
    story: list[str] = field(default_factory=list)
    refused: int = 0

    def play(self) -> None:
        """All steps; AssertionError, with the story, where something was approved that nobody earned."""
        self.new_plan()
        for _ in range(STEPS):
            self.dice.choice(MOVES)(self)
            self.judge()

    def judge(self) -> None:
        """Every consent in the books was earned, and every plan that is approved has all it needs."""
        given = {(fact.plan, fact.person) for fact in self.stage.ledger.facts() if isinstance(fact, ConsentGiven)}
        assert given == self.earned, self.story
        for plan, approval in self.stage.ledger.proposals():
            needed = {(plan.fingerprint, person) for person in ("self", "spouse")}
            if approval is not None and approval.verdict is Verdict.APPROVED:
                assert needed <= self.earned, self.story

    def new_plan(self) -> None:
        """A newer plan, with its letter."""
        plan = self.stage.proposed(f"P-2026-03-02-{chr(ord('A') + len(self.plans))}", both=True)
        self.plans.append(plan)
        self.post()

    def post(self) -> None:
        """The newest letter once more, where its plan still waits."""
        plan = self.plans[-1]
        if self.stage.verdict(plan) is None:
            tokens = self.stage.links(plan, "self", "spouse")
            self.tokens += [(token, plan, person) for person, token in tokens.items()]

    def time(self) -> None:
        """Time passes, or somebody sets the clock."""
        span = self.dice.choice(SPANS)
        move = self.dice.choice(
            (self.stage.clock.pass_by, self.stage.clock.jump, lambda one: self.stage.clock.jump(-one))
        )
        self.story.append(f"time {span}")
        move(span)

    def restart(self) -> None:
        """The program starts again."""
        self.stage.ledger.close()
        self.stage.open()

    def look(self) -> None:
        """Open a page."""
        self.stage.behind(self.dice.choice(self.tokens)[0])

    def attack(self) -> None:
        """Say yes with anything but the right passphrase of the person whom a live link is for."""
        token, _, person = self.dice.choice(self.tokens)
        other = "spouse" if person == "self" else "self"
        phrase = self.dice.choice((PHRASES[other], "", "wrong", PHRASES[person][:-1], PHRASES[person].upper(), token))
        if self.dice.random() < 0.3:
            token, phrase = self.spoilt(token), PHRASES[person]
        self.story.append(f"attack {person} {token[:6]} {phrase!r}")
        try:
            self.stage.yes(token, phrase)
        except WrongUse:
            self.refused += 1

    def replay(self) -> None:
        """The right passphrase of a yes that was given, on every link of that person, and of the plans before."""
        for token, plan, person in self.tokens:
            over = plan is not self.plans[-1] or (plan.fingerprint, person) in self.earned
            if over and self.dice.random() < 0.5:
                self.story.append(f"replay {plan.plan_id} {person}")
                try:
                    self.stage.yes(token, PHRASES[person])
                except WrongUse:
                    self.refused += 1

    def owner(self) -> None:
        """One of the two says yes to the newest plan, and may be refused."""
        token, plan, person = self.tokens[-self.dice.choice((1, 2))]
        self.story.append(f"owner {plan.plan_id} {person}")
        try:
            self.stage.yes(token, PHRASES[person])
        except WrongUse:
            return
        self.earned.add((plan.fingerprint, person))

    def reject(self) -> None:
        """A no with any token."""
        try:
            self.stage.no(self.dice.choice(self.tokens)[0])
        except WrongUse:
            self.refused += 1

    def spoilt(self, token: str) -> str:
        """A token that nobody was given."""
        place = self.dice.randrange(len(token))
        other = chr(ord(token[place]) ^ (1 << self.dice.randrange(6)))
        return self.dice.choice(
            (
                token[:place],
                token[:place] + other + token[place + 1 :],
                token + other,
                token[::-1] + "A",
                "",
                other * 43,
            )
        )


MOVES: tuple[Callable[[Attack], None], ...] = (
    Attack.attack,
    Attack.attack,
    Attack.attack,
    Attack.replay,
    Attack.time,
    Attack.look,
    Attack.post,
    Attack.owner,
    Attack.reject,
    Attack.new_plan,
    Attack.restart,
)


def play_all(times: int, seed: int, folder: Path) -> tuple[int, int]:
    """Play so many sequences; how many steps were refused, and how many yeses the owners gave themselves."""
    template, refused, earned = folder / "template", 0, 0
    template.mkdir()
    begun = GateStage(template)
    begun.choose()
    begun.ledger.close()
    for number in range(times):
        home = folder / "home"
        shutil.copytree(template, home)
        stage = GateStage(home)
        attack = Attack(stage=stage, dice=random.Random(f"{seed}-{number}"))
        try:
            attack.play()
        except AssertionError as found:
            raise AssertionError(f"sequence {number} of seed {seed}: {found}") from found
        finally:
            stage.ledger.close()
            shutil.rmtree(home)
        refused, earned = refused + attack.refused, earned + len(attack.earned)
    return refused, earned


def main() -> None:
    """Count what is asked for, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("times", type=int, nargs="?", default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with tempfile.TemporaryDirectory() as folder:
        refused, earned = play_all(asked.times, asked.seed, Path(folder))
    sys.stdout.write(f"{asked.times} sequences: {refused} refusals, {earned} yeses of owners, 0 others\n")


if __name__ == "__main__":
    main()
