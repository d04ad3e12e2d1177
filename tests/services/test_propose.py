"""A proposal is bound to its circumstances, has a name of its own, and is made once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.approval import Verdict
from bot.domain.money import Shares, Usd
from bot.services.approve import decline
from bot.services.propose import Proposed, expiry, next_plan_id, propose
from tests.fakes.calendar import WeekdayCalendar
from tests.services.stage import Stage

MARCH_2 = date(2026, 3, 2)


def proposed(stage: Stage) -> Proposed:
    return propose(
        household=stage.household,
        policy=stage.policy,
        snapshot=stage.snapshot(),
        terms=stage.terms,
        calendar=stage.calendar,
        clock=stage.clock,
        ledger=stage.ledger,
    )


def test_a_household_out_of_band_gets_a_proposal_of_its_snapshot() -> None:
    stage = Stage()

    made = proposed(stage)

    assert made.is_new
    assert made.proposal is not None
    assert made.proposal.plan_id == "P-2026-03-02-A"
    assert made.proposal.snapshot_fingerprint == stage.snapshot().fingerprint
    assert [known for known, _ in stage.ledger.proposals()] == [made.proposal]


def test_a_household_at_its_target_gets_none() -> None:
    stage = Stage()
    stage.broker.tills["rollover"].settled = Usd()
    stage.broker.tills["rollover"].shares["VTI"] = Shares.of(100)
    stage.broker.tills["rollover"].shares["BND"] = Shares.of(1466)

    made = proposed(stage)

    assert made.proposal is None
    assert list(stage.ledger.proposals()) == []


def test_the_same_circumstances_are_not_proposed_twice() -> None:
    stage = Stage()
    first = proposed(stage).proposal

    second = proposed(stage)

    assert (second.proposal, second.is_new) == (first, False)


def test_what_was_declined_is_not_proposed_again() -> None:
    stage = Stage()
    first = proposed(stage).proposal
    assert first is not None
    decline(plan_id=first.plan_id, by="test", why="", clock=stage.clock, ledger=stage.ledger)

    assert not proposed(stage).is_new


@pytest.mark.parametrize("change", ["price", "settings", "expiry"])
def test_other_circumstances_make_another_proposal(change: str) -> None:
    stage = Stage()
    stage.terms = replace(stage.terms, expires_sessions=1)
    proposed(stage)
    if change == "price":
        stage.broker.prices["VTI"] += 1
    elif change == "settings":
        stage.terms = replace(stage.terms, settings_fingerprint="settings-2")
    else:
        stage.clock.pass_by(timedelta(hours=7))  # after the close of the same day

    assert proposed(stage).is_new
    verdict = stage.ledger.proposals()[0][1]
    assert verdict is not None
    assert verdict.verdict is Verdict.SUPERSEDED


@pytest.mark.parametrize(
    ("known", "letters"),
    [([], "A"), (["P-2026-03-02-A"], "B"), (["P-2026-03-01-C"], "A"), (["P-2026-03-02-Z"], "AA")],
)
def test_a_plan_takes_the_next_letter_of_its_day(known: list[str], letters: str) -> None:
    assert next_plan_id(MARCH_2, known) == f"P-2026-03-02-{letters}"


def test_letters_go_on_after_two() -> None:
    assert next_plan_id(MARCH_2, ["P-2026-03-02-Z", "P-2026-03-02-AZ"]).endswith("-BA")


@pytest.mark.parametrize(
    ("now", "sessions", "closes"),
    [
        (datetime(2026, 3, 2, 15, tzinfo=UTC), 1, datetime(2026, 3, 2, 21, tzinfo=UTC)),
        (datetime(2026, 3, 2, 21, tzinfo=UTC), 1, datetime(2026, 3, 3, 21, tzinfo=UTC)),
        (
            datetime(2026, 3, 6, 15, tzinfo=UTC),
            3,
            datetime(2026, 3, 10, 20, tzinfo=UTC),
        ),  # over a change to summer time
        (datetime(2026, 3, 7, 15, tzinfo=UTC), 1, datetime(2026, 3, 9, 20, tzinfo=UTC)),
    ],
)
def test_a_plan_runs_out_at_the_close_of_the_nth_session(now: datetime, sessions: int, closes: datetime) -> None:
    assert expiry(now, sessions, WeekdayCalendar()) == closes
