"""`rebaloop harvest`: which shares are at a clean loss, from which day, and what nobody may buy meanwhile."""

from __future__ import annotations

from datetime import timedelta

from tests.doors.stage import Home, Terminal
from tests.doors.test_lots import by_hand, written  # noqa: F401 - a fixture
from tests.doors.test_plan import CASES, SEED

LOSSES = CASES / "loss-lots-opt-in.json"


def flat(text: str) -> str:
    return " ".join(text.split())


def test_a_clean_loss_is_shown_with_what_must_not_be_bought(rebaloop: Terminal) -> None:
    text = flat(rebaloop("harvest", "vti", "--household", LOSSES).out)

    assert "taxable 2025-09-02 100 $10,000 $2,000 short now" in text
    assert "a sale today is clean" in text
    assert "From 2026-03-02 until 2026-04-01" in text
    assert "VTI may be bought again from 2026-04-02 on." in text


def test_the_same_for_programs(rebaloop: Terminal) -> None:
    said = rebaloop("harvest", "VTI", "--household", LOSSES, "--json").only

    assert (said["clean_loss_usd"], said["loss_usd"]) == ("2000.00", "2000.00")
    assert said["lots"][0]["clean"] is True
    assert (said["clean_from"], said["do_not_buy_until"]) == ("2026-03-02", "2026-04-01")
    assert said["do_not_buy"] == ["VTI"]


def test_without_a_loss_there_is_nothing_to_harvest(rebaloop: Terminal) -> None:
    assert "nothing to harvest" in rebaloop("harvest", "VTI", "--household", SEED).out


def test_a_loss_that_was_just_taken_is_told(rebaloop: Terminal) -> None:
    said = rebaloop("harvest", "VTI", "--household", CASES / "wash-block-ira.json")

    assert "VTI may not be bought until 2026-03-22." in flat(said.out)


def test_a_symbol_that_nobody_knows_is_refused(rebaloop: Terminal) -> None:
    said = rebaloop("harvest", "XYZ", "--household", SEED)

    assert said.code == 2
    assert "There is no 'XYZ'" in said.err


def test_a_purchase_in_the_rollover_puts_the_clean_day_off(rebaloop: Terminal, written: Home) -> None:  # noqa: F811 - the fixture
    before = rebaloop("harvest", "VTI", "--json").only
    by_hand(written, "rollover", "buy", 3)
    written.brokers[0].advance(timedelta(days=3))
    after = rebaloop("harvest", "VTI", "--json").only

    assert before["lots"][0]["clean"] is True
    assert after["lots"][0]["clean"] is False
    assert (after["purchases"][-1]["account"], after["clean_from"]) == ("rollover", "2026-04-02")
    assert after["do_not_buy_in"] == ["rollover", "brokerage"]


def test_a_loss_of_the_rollovers_own_would_be_gone_for_good(rebaloop: Terminal, written: Home) -> None:  # noqa: F811 - the fixture
    assert "rollover (traditional, self), where the loss would be gone for good" in flat(rebaloop("harvest", "VTI").out)
    assert written.posts == 0
