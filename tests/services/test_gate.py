"""A yes needs a live link and the passphrase of the person whom the link is for; a no needs neither."""

import hashlib
import logging
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.store.gate import SqliteGate
from adapters.store.ledger import SqliteLedger
from bot.domain.approval import Approval, Verdict
from bot.domain.errors import NoSuchPlan, TryLater, WrongUse
from bot.domain.facts import ConsentGiven, LegTicked
from bot.domain.gate import TicketState
from bot.domain.plan import Environment
from bot.services import gate as services
from bot.services.gate import TOKEN_BYTES, deciders
from tests.services.gate_stage import COUPLE, PHRASES, GateStage
from tests.services.stage import HOUSEHOLD, TERMS, Stage


@pytest.fixture
def stage(tmp_path: Path) -> GateStage:
    """Two people with their passphrases."""
    built = GateStage(tmp_path)
    built.choose()
    return built


def test_the_right_passphrase_on_a_fresh_link_approves_and_says_through_which_door_and_who(stage: GateStage) -> None:
    plan = stage.proposed()
    token = stage.links(plan)["self"]

    ticket = stage.yes(token, PHRASES["self"])

    approval = stage.verdict(plan)
    assert ticket.state is TicketState.APPROVED
    assert approval is not None
    assert (approval.verdict, approval.by, approval.plan) == (Verdict.APPROVED, "page:self", plan.fingerprint)


def test_history_knows_who_said_yes_and_when(stage: GateStage) -> None:
    plan = stage.proposed()
    stage.yes(stage.links(plan)["self"], PHRASES["self"])

    consents = [fact for fact in stage.ledger.facts(plan=plan.fingerprint) if isinstance(fact, ConsentGiven)]

    assert consents == [ConsentGiven(at=stage.at(), plan=plan.fingerprint, person="self", by="page:self")]


def test_a_token_has_256_bits_and_only_its_digest_is_kept(stage: GateStage) -> None:
    plan = stage.proposed()
    token = stage.links(plan)["self"]
    stage.yes(token, PHRASES["self"])

    written = b"".join(path.read_bytes() for path in stage.folder.iterdir())

    assert TOKEN_BYTES == 32
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert token.encode() not in written
    assert hashlib.sha256(token.encode()).hexdigest().encode() in written


def test_no_passphrase_and_no_token_is_in_the_books_a_log_or_a_repr(
    stage: GateStage, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    plan = stage.proposed()
    token = stage.links(plan)["self"]
    said = stage.refused(token, "hunter2 hunter2 hunter2")
    ticket = stage.yes(token, PHRASES["self"])
    kept = stage.gate.passphrase("self")
    assert kept is not None

    told = "".join([*capsys.readouterr(), caplog.text, said, repr(ticket), repr(kept)])
    written = b"".join(path.read_bytes() for path in stage.folder.iterdir())

    for secret in (token, PHRASES["self"], "hunter2", kept.salt, kept.digest):
        assert secret not in told
    assert PHRASES["self"].encode() not in written
    assert b"hunter2" not in written


def test_looking_at_a_link_changes_nothing(stage: GateStage) -> None:
    plan = stage.proposed()
    token = stage.links(plan)["self"]
    before = list(stage.ledger.facts())

    for _ in range(5):
        assert stage.behind(token).state is TicketState.WAITING

    assert list(stage.ledger.facts()) == before
    assert stage.gate.link(hashlib.sha256(token.encode()).hexdigest()) is not None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: "",
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: ("B" if token[0] != "B" else "C") + token[1:],
        lambda token: token.swapcase(),
        lambda token: f" {token}",
        lambda token: hashlib.sha256(token.encode()).hexdigest(),
        lambda token: "\udcff" + token,
        lambda token: "x" * 100_000,
    ],
)
def test_a_forged_or_shortened_token_opens_nothing(stage: GateStage, spoil: Callable[[str], str]) -> None:
    plan = stage.proposed()
    forged = spoil(stage.links(plan)["self"])

    doors: tuple[Callable[[], object], ...] = (
        lambda: stage.yes(forged, PHRASES["self"]),
        lambda: stage.no(forged),
        lambda: stage.behind(forged),
        lambda: halt(stage, forged),
    )
    for door in doors:
        with pytest.raises(NoSuchPlan, match="leads nowhere"):
            door()
    assert stage.verdict(plan) is None
    assert not stage.brake.pulled()


def test_a_used_link_approves_nothing_more(stage: GateStage) -> None:
    plan = stage.proposed()
    token = stage.links(plan)["self"]
    stage.yes(token, PHRASES["self"])
    facts = list(stage.ledger.facts())

    assert "approved already" in stage.refused(token, PHRASES["self"])
    assert "approved already" in stage.refused(token, "a wrong passphrase")
    assert list(stage.ledger.facts()) == facts


def test_a_link_that_is_used_up_in_the_books_approves_nothing_even_while_the_plan_waits(stage: GateStage) -> None:
    plan = stage.proposed()
    token = stage.links(plan)["self"]
    assert stage.gate.use(hashlib.sha256(token.encode()).hexdigest(), plan.fingerprint, stage.at())

    assert "has been used" in stage.refused(token, PHRASES["self"])
    assert stage.verdict(plan) is None
    assert not [fact for fact in stage.ledger.facts() if isinstance(fact, ConsentGiven)]


def test_the_link_of_one_plan_approves_no_other(stage: GateStage) -> None:
    old = stage.proposed()
    token = stage.links(old)["self"]
    new = stage.proposed("P-2026-03-02-B")
    fresh = stage.links(new)["self"]

    assert "newer plan" in stage.refused(token, PHRASES["self"])
    assert stage.behind(token).state is TicketState.SUPERSEDED
    assert stage.verdict(new) is None
    assert stage.yes(fresh, PHRASES["self"]).proposal == new


def test_a_link_does_not_outlive_its_plan(stage: GateStage) -> None:
    plan = stage.proposed()
    token = stage.links(plan)["self"]
    stage.clock.pass_by(plan.expires_at - stage.at())

    assert stage.behind(token).state is TicketState.EXPIRED
    assert "expired" in stage.refused(token, PHRASES["self"])
    with pytest.raises(WrongUse, match="expired"):
        stage.no(token)


def test_a_plan_that_runs_out_while_the_passphrase_is_looked_at_is_not_approved(stage: GateStage) -> None:
    class Passing:
        """Every look at it costs the rest of the plan's time, but for the first ones."""

        def __init__(self) -> None:
            self.looks = 0

        def now(self) -> datetime:
            self.looks += 1
            return plan.expires_at - timedelta(seconds=1) if self.looks <= 2 else plan.expires_at

        def wait(self, seconds: int) -> None: ...

        def steady(self) -> timedelta:
            return timedelta()

    plan = stage.proposed()
    token = stage.links(plan)["self"]

    with pytest.raises(WrongUse, match="has run out"):
        stage.yes(token, PHRASES["self"], clock=Passing())
    assert stage.verdict(plan) is None


def test_without_a_passphrase_the_command_that_sets_one_is_told(tmp_path: Path) -> None:
    stage = GateStage(tmp_path)
    token = stage.links(stage.proposed())["self"]

    with pytest.raises(WrongUse, match="no passphrase yet") as refusal:
        stage.yes(token, "whatever it may be")
    assert refusal.value.next_step == "rebaloop passphrase self"


def test_nobody_else_s_passphrase_will_do(stage: GateStage) -> None:
    plan = stage.proposed()
    token = stage.links(plan)["self"]

    assert "not the passphrase of self" in stage.refused(token, PHRASES["spouse"])
    assert stage.verdict(plan) is None


def test_a_plan_that_touches_both_waits_for_both(stage: GateStage) -> None:
    plan = stage.proposed(both=True)
    tokens = stage.links(plan, "self", "spouse")

    first = stage.yes(tokens["self"], PHRASES["self"])
    waits = stage.verdict(plan)
    second = stage.yes(tokens["spouse"], PHRASES["spouse"])

    assert (first.state, first.missing) == (TicketState.CONSENTED, ("spouse",))
    assert waits is None
    assert (second.state, second.said_yes) == (TicketState.APPROVED, ("self", "spouse"))


def test_one_person_cannot_say_yes_twice_for_two(stage: GateStage) -> None:
    plan = stage.proposed(both=True)
    tokens = stage.links(plan, "self", "spouse")
    again = stage.links(plan, "self", "spouse")
    stage.yes(tokens["self"], PHRASES["self"])

    assert "waits for spouse" in stage.refused(again["self"], PHRASES["self"])
    assert "not the passphrase of spouse" in stage.refused(tokens["spouse"], PHRASES["self"])
    assert stage.verdict(plan) is None


def test_a_letter_that_comes_twice_has_two_links_and_one_yes_counts(stage: GateStage) -> None:
    plan = stage.proposed()
    first, second = stage.links(plan)["self"], stage.links(plan)["self"]

    assert stage.yes(second, PHRASES["self"]).state is TicketState.APPROVED
    assert "approved already" in stage.refused(first, PHRASES["self"])


def test_a_no_needs_no_passphrase_and_ends_the_plan(stage: GateStage) -> None:
    plan = stage.proposed(both=True)
    tokens = stage.links(plan, "self", "spouse")

    ticket = stage.no(tokens["spouse"])

    approval = stage.verdict(plan)
    assert approval is not None
    assert (ticket.state, approval.by) == (TicketState.DECLINED, "page:spouse")
    assert "was declined" in stage.refused(tokens["self"], PHRASES["self"])


def test_who_has_said_yes_may_take_it_back_while_the_plan_waits_for_others(stage: GateStage) -> None:
    plan = stage.proposed(both=True)
    tokens = stage.links(plan, "self", "spouse")
    stage.yes(tokens["self"], PHRASES["self"])

    assert stage.no(tokens["self"]).state is TicketState.DECLINED


def test_a_no_after_the_yes_is_refused(stage: GateStage) -> None:
    plan = stage.proposed()
    token = stage.links(plan)["self"]
    stage.yes(token, PHRASES["self"])

    with pytest.raises(WrongUse, match="approved already"):
        stage.no(token)


def halt(stage: GateStage, token: str) -> None:
    services.halt_all(
        token=token, by="page", clock=stage.clock, ledger=stage.ledger, gate=stage.gate, brake=stage.brake
    )


def test_rejecting_everything_declines_what_waits_and_pulls_the_brake(stage: GateStage) -> None:
    plan = stage.proposed()

    halt(stage, stage.links(plan)["self"])

    approval = stage.verdict(plan)
    assert approval is not None
    assert approval.verdict is Verdict.DECLINED
    assert "page:self" in stage.brake.pulled()


def test_a_used_link_still_halts_what_it_approved(stage: GateStage) -> None:
    plan = stage.proposed()
    token = stage.links(plan)["self"]
    stage.yes(token, PHRASES["self"])

    halt(stage, token)

    assert stage.brake.pulled()


def test_a_link_that_has_run_out_halts_nothing(stage: GateStage) -> None:
    plan = stage.proposed()
    token = stage.links(plan)["self"]
    stage.clock.pass_by(plan.expires_at - stage.at())

    with pytest.raises(WrongUse, match="run out"):
        halt(stage, token)
    assert not stage.brake.pulled()


def test_where_the_brake_cannot_be_pulled_what_waits_is_declined_all_the_same(stage: GateStage) -> None:
    class Stuck:
        """A brake on a full disk."""

        def pulled(self) -> str:
            return ""

        def pull(self, why: str) -> None:
            raise TryLater("the disk is full")

        def release(self) -> bool:
            return False

    plan = stage.proposed()

    with pytest.raises(TryLater):
        services.reject_all(by="page:self", clock=stage.clock, ledger=stage.ledger, brake=Stuck())
    approval = stage.verdict(plan)
    assert approval is not None
    assert approval.verdict is Verdict.DECLINED


def test_in_a_dry_run_there_is_nothing_to_approve(tmp_path: Path) -> None:
    gate = GateStage(tmp_path)
    gate.choose()
    dry = Stage(clock=gate.clock, ledger=gate.ledger, terms=replace(TERMS, environment=Environment.DRY_RUN))
    plan = dry.proposed()

    assert "dry run" in gate.refused(gate.links(plan)["self"], PHRASES["self"])


def test_with_one_for_all_the_owner_of_the_household_decides(stage: GateStage) -> None:
    plan = stage.proposed(both=True)

    assert deciders(plan, COUPLE, each_owner=False) == ("self",)


def test_with_each_owner_those_decide_whose_accounts_are_touched(stage: GateStage) -> None:
    assert deciders(stage.proposed(), COUPLE, each_owner=True) == ("spouse",)
    assert deciders(stage.proposed("P-2026-03-02-B", both=True), COUPLE, each_owner=True) == ("self", "spouse")


def test_where_no_account_is_of_self_the_first_owner_decides(stage: GateStage) -> None:
    household = replace(
        HOUSEHOLD, accounts=tuple(replace(one, owner=who) for one, who in zip(HOUSEHOLD.accounts, "xy", strict=True))
    )

    assert deciders(stage.proposed(both=True), household, each_owner=False) == ("x",)


def test_who_decides_is_laid_down_once(stage: GateStage) -> None:
    plan = stage.proposed(both=True)
    stage.links(plan, "self", "spouse")
    stage.gate.name_deciders(plan.fingerprint, ("self",))

    assert stage.gate.deciders(plan.fingerprint) == ("self", "spouse")


def test_a_crash_between_consent_and_verdict_leaves_nothing(stage: GateStage) -> None:
    plan = stage.proposed()
    token = stage.links(plan)["self"]
    before = list(stage.ledger.facts())

    class Dying(SqliteLedger):
        """The process dies when the verdict is to be written."""

        def decide(self, approval: Approval) -> bool:
            raise KeyboardInterrupt

    stage.ledger.close()
    stage.ledger = Dying(stage.folder / "ledger.db")
    stage.gate = SqliteGate(stage.ledger)
    with pytest.raises(KeyboardInterrupt):
        stage.yes(token, PHRASES["self"])
    stage.ledger.close()
    stage.open()

    assert list(stage.ledger.facts()) == before
    assert stage.yes(token, PHRASES["self"]).state is TicketState.APPROVED


def test_other_facts_of_a_plan_are_no_yes(stage: GateStage) -> None:
    plan = stage.proposed(both=True)
    tokens = stage.links(plan, "self", "spouse")
    stage.ledger.record(LegTicked(at=stage.at(), plan=plan.fingerprint, line=1))

    assert stage.behind(tokens["self"]).said_yes == ()
