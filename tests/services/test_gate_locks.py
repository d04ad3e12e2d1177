"""Wrong passphrases are counted in the books: they end a plan, lock a person, and lock everybody; no clock helps."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.approval import Verdict
from bot.domain.errors import WrongUse
from bot.domain.facts import GateLocked, PassphraseRefused
from bot.domain.gate import TicketState
from bot.domain.plan import Proposal
from bot.services.lockout import lockout
from bot.services.passphrases import identify
from tests.services.gate_stage import PHRASES, GateStage

WRONG = "this is not the one"
QUARTER = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)
NAMES = tuple(f"P-2026-03-02-{letter}" for letter in "ABCDEFGHIJ")


@pytest.fixture
def stage(tmp_path: Path) -> GateStage:
    """Two people with their passphrases."""
    built = GateStage(tmp_path)
    built.choose()
    return built


def wrong(stage: GateStage, token: str, times: int, *, apart: timedelta = timedelta(seconds=20)) -> None:
    for _ in range(times):
        assert "not the passphrase" in stage.refused(token, WRONG)
        stage.clock.pass_by(apart)


def locked(stage: GateStage, name: str = NAMES[1]) -> tuple[Proposal, str]:
    """A plan that waits and its link, when `self` has typed five wrong ones for the plan before."""
    wrong(stage, stage.links(stage.proposed())["self"], 5, apart=timedelta())
    plan = stage.proposed(name)
    return plan, stage.links(plan)["self"]


def test_four_wrong_ones_are_borne(stage: GateStage) -> None:
    plan = stage.proposed()
    token = stage.links(plan)["self"]
    wrong(stage, token, 4)

    assert stage.yes(token, PHRASES["self"]).state is TicketState.APPROVED


def test_the_fifth_wrong_one_voids_the_plan_and_says_so(stage: GateStage) -> None:
    plan = stage.proposed()
    token = stage.links(plan)["self"]
    wrong(stage, token, 5)

    approval = stage.verdict(plan)
    assert approval is not None
    assert (approval.verdict, approval.by) == (Verdict.VOIDED, "gate")
    assert "5 wrong passphrases" in stage.refused(token, PHRASES["self"])
    assert stage.behind(token).state is TicketState.VOIDED


def test_the_wrong_ones_of_both_count_for_their_plan(stage: GateStage) -> None:
    plan = stage.proposed(both=True)
    tokens = stage.links(plan, "self", "spouse")
    wrong(stage, tokens["self"], 3)
    wrong(stage, tokens["spouse"], 2)

    assert stage.behind(tokens["self"]).state is TicketState.VOIDED


def test_a_fresh_link_to_the_same_plan_brings_no_fresh_tries(stage: GateStage) -> None:
    plan = stage.proposed()
    for _ in range(5):
        wrong(stage, stage.links(plan)["self"], 1)

    assert stage.verdict(plan) is not None


def test_a_person_is_locked_out_for_a_quarter_of_an_hour(stage: GateStage) -> None:
    plan, token = locked(stage)

    assert "Too many wrong" in stage.refused(token, PHRASES["self"])
    ticket = stage.behind(token)
    assert (ticket.state, ticket.until) == (TicketState.LOCKED, ticket.until)
    assert ticket.until is not None
    stage.clock.pass_by(ticket.until - stage.at() - timedelta(seconds=1))
    assert "Too many wrong" in stage.refused(token, PHRASES["self"])
    stage.clock.pass_by(timedelta(seconds=1))
    assert stage.yes(token, PHRASES["self"]).proposal == plan


def test_the_other_person_is_not_locked_out(stage: GateStage) -> None:
    plan, _ = locked(stage)
    other = stage.proposed(NAMES[2], both=True)

    assert stage.behind(stage.links(other, "self", "spouse")["spouse"]).state is TicketState.WAITING
    assert stage.verdict(plan) is not None


def test_a_lock_outlives_a_restart(stage: GateStage) -> None:
    _, token = locked(stage)
    stage.ledger.close()
    stage.open()

    assert "Too many wrong" in stage.refused(token, PHRASES["self"])


def test_while_it_is_locked_no_passphrase_is_looked_at(stage: GateStage) -> None:
    _, token = locked(stage)
    before = list(stage.ledger.facts())

    said = {stage.refused(token, phrase) for phrase in (WRONG, PHRASES["self"])}

    assert len(said) == 1
    assert list(stage.ledger.facts()) == before


def test_a_no_is_possible_while_it_is_locked(stage: GateStage) -> None:
    _, token = locked(stage)

    assert stage.no(token).state is TicketState.DECLINED


@pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(hours=1), timedelta(days=400)])
def test_a_clock_that_is_set_back_unlocks_nothing(stage: GateStage, back: timedelta) -> None:
    plan, token = locked(stage)
    stage.clock.jump(-back)

    assert stage.behind(token).state is TicketState.LOCKED
    assert "Too many wrong" in stage.refused(token, PHRASES["self"])
    assert stage.verdict(plan) is None


def test_a_clock_that_is_set_back_and_forth_brings_no_further_tries(stage: GateStage) -> None:
    token = stage.links(stage.proposed())["self"]
    for step in (1, -2, 3, -5, 2):
        wrong(stage, token, 1, apart=timedelta())
        stage.clock.jump(timedelta(hours=step))

    assert list(stage.ledger.latest(GateLocked))
    assert lockout("self", stage.clock, stage.ledger) is not None


def test_what_is_written_down_of_wrong_ones_only_goes_forward_in_time(stage: GateStage) -> None:
    token = stage.links(stage.proposed())["self"]
    for step in (5, -9, 1, -1):
        wrong(stage, token, 1, apart=timedelta())
        stage.clock.jump(timedelta(minutes=step))

    times = [fact.at for fact in stage.ledger.facts() if isinstance(fact, PassphraseRefused)]

    assert times == sorted(set(times))


def test_a_new_passphrase_lifts_the_lock_of_its_person(stage: GateStage) -> None:
    plan, token = locked(stage)
    stage.choose("self")

    assert stage.yes(token, PHRASES["self"]).proposal == plan


def test_a_new_passphrase_lifts_no_lock_of_the_other_person(stage: GateStage) -> None:
    _, token = locked(stage)
    stage.choose("spouse")

    assert stage.behind(token).state is TicketState.LOCKED


def test_wrong_ones_after_a_lock_was_lifted_lock_again(stage: GateStage) -> None:
    locked(stage)
    stage.choose("self")
    token = stage.links(stage.proposed(NAMES[2]))["self"]
    wrong(stage, token, 5, apart=timedelta())

    assert lockout("self", stage.clock, stage.ledger) is not None


def test_the_right_one_forgives_the_wrong_ones_of_its_person(stage: GateStage) -> None:
    first = stage.links(stage.proposed())["self"]
    wrong(stage, first, 4)
    stage.yes(first, PHRASES["self"])
    stage.clock.pass_by(MINUTE)
    token = stage.links(stage.proposed(NAMES[1]))["self"]
    wrong(stage, token, 4)

    assert lockout("self", stage.clock, stage.ledger) is None


def test_wrong_ones_for_several_plans_add_up_for_their_person(stage: GateStage) -> None:
    for name in NAMES[:5]:
        wrong(stage, stage.links(stage.proposed(name))["self"], 1)

    assert stage.behind(stage.links(stage.proposed(NAMES[5]))["self"]).state is TicketState.LOCKED


def test_wrong_ones_are_forgotten_after_a_day(stage: GateStage) -> None:
    for name in NAMES[:2]:
        wrong(stage, stage.links(stage.proposed(name))["self"], 2, apart=timedelta(hours=13))
    wrong(stage, stage.links(stage.proposed(NAMES[2]))["self"], 1)

    assert lockout("self", stage.clock, stage.ledger) is None


def many(stage: GateStage, times: int, *, apart: timedelta) -> None:
    """Wrong ones of different people, each too few to lock that person."""
    for number in range(times):
        stage.ledger.record(PassphraseRefused(at=stage.at(), plan="", person=f"person-{number}", by="page"))
        stage.clock.pass_by(apart)


def test_ten_wrong_ones_in_a_minute_lock_everybody(stage: GateStage) -> None:
    token = stage.links(stage.proposed())["self"]
    many(stage, 9, apart=timedelta(seconds=5))
    wrong(stage, token, 1)

    lock = lockout("spouse", stage.clock, stage.ledger)
    assert lock is not None
    assert (lock.person, lock.wrong) == ("", 10)
    assert "Too many wrong" in stage.refused(token, PHRASES["self"])


def test_ten_wrong_ones_in_more_than_a_minute_lock_nobody(stage: GateStage) -> None:
    token = stage.links(stage.proposed())["self"]
    many(stage, 9, apart=timedelta(seconds=8))
    wrong(stage, token, 1)

    assert lockout("spouse", stage.clock, stage.ledger) is None


def test_who_shows_a_passphrase_for_no_plan_is_counted_too(stage: GateStage) -> None:
    def knock(phrase: str) -> None:
        identify(person="self", passphrase=phrase, by="page", clock=stage.clock, ledger=stage.ledger, gate=stage.gate)

    knock(PHRASES["self"])
    for _ in range(5):
        with pytest.raises(WrongUse, match="not the passphrase of self"):
            knock(WRONG)
    with pytest.raises(WrongUse, match="Too many wrong"):
        knock(PHRASES["self"])


def test_to_show_a_passphrase_is_a_yes_to_nothing(stage: GateStage) -> None:
    plan = stage.proposed()
    stage.links(plan)

    identify(
        person="self",
        passphrase=PHRASES["self"],
        by="page",
        clock=stage.clock,
        ledger=stage.ledger,
        gate=stage.gate,
    )

    assert stage.verdict(plan) is None
