"""The owner: reads letters, says yes or forgets to, logs in when asked, and does what a letter tells."""

from __future__ import annotations

import email
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from email.policy import default
from pathlib import Path
from random import Random

from bot.domain.errors import RebaloopError
from bot.domain.plan import Proposal
from bot.services.gate import deciders, say_yes_here
from bot.services.held_cash import assign
from bot.services.house import House
from bot.settings.settings import Settings
from bot.wiring import open_house
from tests.year.town import Town

DOOR = "owner"
FORGETS = 0.15  # of the times that the mail could be read
TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A letter as it is read."""

    subject: str
    text: str


@dataclass(kw_only=True)
class Owner:
    """`absent`: answers no plan; nobody logs in after `logs_in_until`."""

    settings: Settings
    town: Town
    random: Random
    absent: bool = False
    logs_in_until: date = date.max
    did: Counter[str] = field(default_factory=Counter)
    mail: list[Mail] = field(default_factory=list)
    _read: set[str] = field(default_factory=set)

    def look_at_the_mail(self, on: date) -> None:
        """Read what is new and do what it asks for; now and then only the next time."""
        if self.random.random() < FORGETS:
            return
        new = self._new_mail()
        text = "\n".join(letter.text for letter in new)
        if "rebaloop login " in text and on <= self.logs_in_until:
            self._log_in()
        if self.absent:
            return
        with open_house(self.settings, writing=True) as house:
            for account in sorted(set(re.findall(r"rebaloop assign (\w+)", text))):
                self._assign(house, account)
            for proposal, verdict in house.ledger.proposals():
                if verdict is None and house.clock.now() < proposal.expires_at:
                    self._say_yes(house, proposal)

    def _log_in(self) -> None:
        """With a browser, and once more where the broker's page fails."""
        for _ in range(TRIES):
            try:
                self.town.theatre.log_in()
            except RebaloopError:
                continue
            self.did["logins renewed"] += 1
            return

    def _assign(self, house: House, account: str) -> None:
        assign(account=account, why="a bonus", household=house.household, clock=house.clock, ledger=house.ledger)
        self.did["cash assigned"] += 1

    def _say_yes(self, house: House, proposal: Proposal) -> None:
        people = deciders(proposal, house.household, each_owner=False)
        assert house.gate is not None
        say_yes_here(
            plan_id=proposal.plan_id,
            code=proposal.code,
            person=people[0],
            passphrase=None,
            people=people,
            by=DOOR,
            clock=house.clock,
            ledger=house.ledger,
            gate=house.gate,
        )
        self.did["approvals"] += 1

    def _new_mail(self) -> list[Mail]:
        paths = sorted((self.town.theatre.folder / "letters").glob("*.eml"))
        new = [_opened(path) for path in paths if path.name not in self._read]
        self._read |= {path.name for path in paths}
        self.mail += new
        return new


def _opened(path: Path) -> Mail:
    letter = email.message_from_bytes(path.read_bytes(), policy=default)
    body = letter.get_body(("plain",))
    return Mail(subject=str(letter["Subject"]).strip(), text="" if body is None else str(body.get_content()))
