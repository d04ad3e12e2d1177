"""Who decides gets a link of their own; in paper mode an owner may want not to be asked at all, and is told."""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.domain.approval import Verdict
from bot.domain.errors import WrongUse
from bot.domain.gate import Patience, TicketState
from bot.domain.limits import Limits
from bot.domain.orders import OrderState
from bot.domain.plan import Environment
from bot.services.approve import decline
from bot.services.asking import approve_unasked, ask
from bot.services.cycle import Outcome, run
from bot.services.gate import behind
from bot.services.house import House
from bot.services.lockout import refuse
from tests.fakes.gate import MemoryGate
from tests.fakes.ledger import MemoryLedger
from tests.services.gate_stage import COUPLE
from tests.services.stage import SWAP, TERMS, Stage

PAGE = "https://pie.example.org"
LINK = re.compile(rf"{re.escape(PAGE)}/a/([A-Za-z0-9_-]{{43}})")


@dataclass
class Asked:
    """A stage with a gate beside its ledger in memory."""

    stage: Stage = field(default_factory=Stage)
    page_url: str = PAGE
    gate: MemoryGate = field(init=False)

    def __post_init__(self) -> None:
        assert isinstance(self.stage.ledger, MemoryLedger)
        self.gate = MemoryGate(self.stage.ledger)

    @property
    def house(self) -> House:
        return replace(self.stage.house, gate=self.gate, page_url=self.page_url)

    def terms(
        self, *, environment: Environment = Environment.PAPER, automatic: bool = False, each: bool = False
    ) -> None:
        self.stage.terms = replace(TERMS, environment=environment, automatic=automatic, each_owner=each)

    @property
    def verdicts(self) -> list[tuple[Verdict, str] | None]:
        return [None if one is None else (one.verdict, one.by) for _, one in self.stage.ledger.proposals()]


def test_the_letter_carries_a_link_that_opens_its_plan() -> None:
    asked = Asked()
    report = run(asked.house)
    ((_, text),) = asked.stage.postbox.letters
    (token,) = set(LINK.findall(text))

    ticket = behind(token, asked.stage.clock, asked.stage.ledger, asked.gate)

    assert (ticket.proposal, ticket.person, ticket.state) == (report.proposal, "self", TicketState.WAITING)


def test_without_a_page_there_is_no_link_and_nobody_is_named() -> None:
    asked = Asked(page_url="")
    report = run(asked.house)

    assert report.proposal is not None
    assert not LINK.search(asked.stage.postbox.letters[0][1])
    assert asked.gate.deciders(report.proposal.fingerprint) == ()


def test_a_second_run_opens_no_second_link() -> None:
    asked = Asked()
    run(asked.house)
    run(asked.house)

    assert len(asked.stage.postbox.letters) == 1


def test_a_letter_that_could_not_be_handed_over_is_written_anew_with_a_link_that_works() -> None:
    asked = Asked()
    asked.stage.postbox.broken = True
    with pytest.raises(ConnectionError):
        run(asked.house)
    asked.stage.postbox.broken = False
    run(asked.house)

    (token,) = set(LINK.findall(asked.stage.postbox.letters[0][1]))
    assert behind(token, asked.stage.clock, asked.stage.ledger, asked.gate).state is TicketState.WAITING


def test_with_each_owner_both_get_a_link_and_the_books_want_both() -> None:
    asked = Asked(stage=Stage(household=COUPLE))
    asked.terms(each=True)
    proposal = asked.stage.proposed(SWAP[0], replace(SWAP[1], account="brokerage"))

    links = ask(asked.house, proposal)

    assert [link.person for link in links] == ["self", "spouse"]
    assert asked.gate.deciders(proposal.fingerprint) == ("self", "spouse")


def test_with_each_owner_the_books_want_both_without_a_page_too() -> None:
    asked = Asked(stage=Stage(household=COUPLE), page_url="")
    asked.terms(each=True)
    proposal = asked.stage.proposed(SWAP[0], replace(SWAP[1], account="brokerage"))

    assert ask(asked.house, proposal) == ()
    assert asked.gate.deciders(proposal.fingerprint) == ("self", "spouse")


def test_a_dry_run_asks_nobody() -> None:
    asked = Asked()
    asked.terms(environment=Environment.DRY_RUN)
    run(asked.house)

    assert not LINK.search(asked.stage.postbox.letters[0][1])


def test_in_paper_mode_what_fits_the_limits_goes_without_asking_where_the_owner_says_so() -> None:
    asked = Asked()
    asked.terms(automatic=True)

    report = run(asked.house)

    assert report.outcome is Outcome.CARRIED_OUT
    assert asked.verdicts == [(Verdict.APPROVED, "automatic")]
    assert [order.state for order in asked.stage.ledger.orders()] == [OrderState.FILLED] * 2


def test_the_letter_says_that_it_was_approved_automatically_and_asks_for_nothing() -> None:
    asked = Asked()
    asked.terms(automatic=True)
    run(asked.house)

    subject, text = asked.stage.postbox.letters[0]
    assert "Approved automatically: 2 orders" in subject
    assert "Approved automatically, as your settings want it in paper mode" in " ".join(text.split())
    assert not LINK.search(text)
    assert "rebaloop approve" not in text


def test_while_the_market_is_shut_what_was_approved_automatically_waits() -> None:
    asked = Asked()
    asked.terms(automatic=True)
    asked.stage.clock.pass_by(timedelta(hours=8))

    report = run(asked.house)

    assert report.outcome is Outcome.WAITING
    assert asked.verdicts == [(Verdict.APPROVED, "automatic")]
    assert asked.stage.ledger.orders() == []


@pytest.mark.parametrize("environment", [Environment.LIVE, Environment.DRY_RUN])
def test_in_no_other_mode_is_anything_approved_without_asking(environment: Environment) -> None:
    asked = Asked()
    asked.terms(environment=environment, automatic=True)

    run(asked.house)

    assert asked.verdicts == [None]


def test_what_the_owner_has_not_wanted_is_not_approved_without_asking() -> None:
    asked = Asked()
    run(asked.house)

    assert asked.verdicts == [None]


def test_what_is_larger_than_the_limits_is_not_approved_either() -> None:
    asked = Asked()
    asked.terms(automatic=True)
    asked.stage.terms = replace(asked.stage.terms, limits=Limits(order_pct=TERMS.limits.order_pct / 50))

    report = run(asked.house)

    assert report.outcome is Outcome.HELD_BACK
    assert asked.verdicts == []


def test_what_somebody_has_declined_stays_declined() -> None:
    asked = Asked()
    asked.terms(automatic=True)
    proposal = asked.stage.proposed(*SWAP)
    decline(plan_id=proposal.plan_id, by="test", why="", clock=asked.stage.clock, ledger=asked.stage.ledger)

    with pytest.raises(WrongUse, match="does not wait"):
        approve_unasked(asked.house, proposal)
    assert asked.verdicts == [(Verdict.DECLINED, "test")]


def test_of_what_others_were_asked_they_decide() -> None:
    asked = Asked()
    asked.terms(automatic=True)
    proposal = asked.stage.proposed(*SWAP)
    asked.gate.name_deciders(proposal.fingerprint, ("self",))

    with pytest.raises(WrongUse, match="does not wait"):
        approve_unasked(asked.house, proposal)
    assert asked.verdicts == [None]


def test_a_plan_of_paper_is_not_approved_in_another_world() -> None:
    asked = Asked()
    proposal = asked.stage.proposed(*SWAP)
    asked.terms(environment=Environment.LIVE, automatic=True)

    with pytest.raises(WrongUse, match="does not wait"):
        approve_unasked(asked.house, proposal)


def test_a_plan_that_wrong_passphrases_ended_is_told_once_and_drawn_anew_with_a_fresh_link() -> None:
    asked = Asked()
    first = run(asked.house).proposal
    assert first is not None
    for _ in range(5):
        refuse(first, "self", "page", asked.stage.clock, asked.stage.ledger, Patience())
    asked.stage.clock.pass_by(timedelta(hours=1))

    told, anew = run(asked.house), run(asked.house)

    letters = asked.stage.postbox.letters
    assert (told.outcome, anew.outcome) == (Outcome.VOIDED, Outcome.PROPOSED)
    assert "5 wrong passphrases were typed for it" in " ".join(letters[1][1].split())
    assert set(LINK.findall(letters[0][1])).isdisjoint(LINK.findall(letters[2][1]))
    assert asked.stage.ledger.orders() == []
