"""A household of two, its books on disk, and a gate with cheap passphrases, for the tests of the gate."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from adapters.store.gate import SqliteGate
from adapters.store.ledger import SqliteLedger
from bot.domain.approval import Approval
from bot.domain.errors import WrongUse
from bot.domain.gate import Cost, Ticket
from bot.domain.household import Household
from bot.domain.plan import Proposal
from bot.ports import Clock
from bot.services import gate as services
from bot.services.passphrases import set_passphrase
from tests.fakes.brake import FakeBrake
from tests.fakes.clock import FakeClock
from tests.services.stage import HOUSEHOLD, MONDAY_10_00, SWAP, Stage, line

CHEAP = Cost(n=2, r=1)  # microseconds in place of a tenth of a second
PHRASES = {"self": "walnut harbour seven", "spouse": "quiet copper morning"}
COUPLE = replace(HOUSEHOLD, accounts=(HOUSEHOLD.accounts[0], replace(HOUSEHOLD.accounts[1], owner="spouse")))
BOTH = (SWAP[0], line(2, SWAP[1].side, "BND", "10", "50", account="brokerage"))


@dataclass
class GateStage:
    """A ledger and a gate in one file; commits need not survive a power cut here."""

    folder: Path
    household: Household = COUPLE
    clock: FakeClock = field(default_factory=lambda: FakeClock(MONDAY_10_00))
    brake: FakeBrake = field(default_factory=FakeBrake)
    ledger: SqliteLedger = field(init=False)
    gate: SqliteGate = field(init=False)

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        """Open the books, as after a restart."""
        self.ledger = SqliteLedger(self.folder / "ledger.db")
        self.ledger.books[1].execute("PRAGMA synchronous = OFF")
        self.gate = SqliteGate(self.ledger)

    def choose(self, *people: str) -> None:
        """Passphrases for these people, all where none are named."""
        for person in people or PHRASES:
            set_passphrase(
                person=person, phrase=PHRASES[person], clock=self.clock, ledger=self.ledger, gate=self.gate, cost=CHEAP
            )

    def proposed(self, name: str = "P-2026-03-02-A", *, both: bool = False) -> Proposal:
        """A plan in the books that waits; it touches the accounts of one, or of both."""
        stage = Stage(clock=self.clock, ledger=self.ledger, household=self.household)
        return stage.proposed(*(BOTH if both else SWAP), name=name)

    def links(self, proposal: Proposal, *people: str) -> dict[str, str]:
        """Fresh tokens for these people."""
        return dict(services.open_links(proposal, people or ("self",), self.clock, self.gate))

    def yes(self, token: str, phrase: str, *, clock: Clock | None = None) -> Ticket:
        """Say yes through the page."""
        return services.say_yes(
            token=token,
            passphrase=phrase,
            by="page",
            clock=clock or self.clock,
            ledger=self.ledger,
            gate=self.gate,
        )

    def refused(self, token: str, phrase: str) -> str:
        """Say yes and be refused; the words of the refusal."""
        try:
            self.yes(token, phrase)
        except WrongUse as problem:
            return problem.message
        raise AssertionError("it was not refused")

    def no(self, token: str) -> Ticket:
        """Say no through the page."""
        return services.say_no(token=token, by="page", clock=self.clock, ledger=self.ledger, gate=self.gate)

    def behind(self, token: str) -> Ticket:
        """Look at a link."""
        return services.behind(token, self.clock, self.ledger, self.gate)

    def verdict(self, proposal: Proposal) -> Approval | None:
        """What the books say of a plan."""
        return next(given for known, given in self.ledger.proposals() if known == proposal)

    def at(self) -> datetime:
        """Now."""
        return self.clock.now()
