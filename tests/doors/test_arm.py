"""`mode: live` at the terminal, with a broker on this machine whose accounts are no paper ones: closed until armed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.store.ledger import SqliteLedger
from bot.domain.errors import FixTheFile, NotAllowed
from bot.domain.facts import Reconciled
from bot.domain.money import Usd
from bot.domain.plan import Environment
from bot.services.approve import approve
from bot.services.arming import order_most
from bot.services.cycle import Outcome, run
from bot.settings.loading import load_settings
from bot.settings.settings import Settings
from bot.wiring import open_house
from tests.doors.stage import Home, Terminal, a_broker, an_account, build
from tests.fakes.clock import FakeClock
from tests.services.paper_cycles import FIRST_DAY, PaperTrading
from tests.services.stage import Stage

RIGHT = "taxable 1234\ntraditional 9876\n50 100 40\n"
FIRST = "P-2026-03-02-A"


def practised(folder: Path, sessions: int = 10) -> None:
    """Write so many sessions of paper trading into the books of a folder."""
    with SqliteLedger(folder / "ledger.sqlite3") as ledger:
        PaperTrading(stage=Stage(clock=FakeClock(FIRST_DAY), ledger=ledger)).days(sessions)


def live_of(_: str) -> Environment:
    """Take the broker on this machine for one that moves real money."""
    return Environment.LIVE


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A $1m household whose accounts have numbers that no paper account has; the mode is live."""
    joint = an_account("joint", {"VTI": 5000}, number="400011111234")
    ira = an_account("ira", {"VTI": 2000, "BND": 6000}, number="400011119876")
    with a_broker(joint, ira) as broker:
        built = build(tmp_path, [broker], {"stocks": 60, "bonds": 40}, {"joint": "taxable", "ira": "traditional"})
        built.change(mode="live")
        monkeypatch.setenv("REBALOOP_SETTINGS", str(built.settings))
        yield built


def settings_of(home: Home) -> Settings:
    return load_settings(home.settings, {})


def live_plan(home: Home) -> Outcome:
    """One live plan: drawn, approved, carried out; the day after."""
    with open_house(settings_of(home), writing=True, world=live_of) as house:
        proposal = run(house).proposal
        assert proposal is not None
        approve(plan_id=proposal.plan_id, code=proposal.code, by="test", clock=house.clock, ledger=house.ledger)
        outcome = run(house).outcome
    home.brokers[0].advance(timedelta(days=1))
    return outcome


# --- without either half ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("command", [("run",), ("plan",), ("status",), ("approve", FIRST)])
def test_live_mode_alone_opens_nothing(rebaloop: Terminal, real: Home, command: tuple[str, ...]) -> None:
    practised(real.folder)

    said = rebaloop(*command)

    if command[0] != "approve":
        assert said.code == 78
        assert "error: `mode`: real accounts are not open: it is not armed" in said.err
        assert "help: rebaloop arm" in said.err
    assert said.code != 0
    assert real.brokers[0].requests == []


def test_it_is_said_how_many_cycles_are_missing(rebaloop: Terminal, real: Home) -> None:
    practised(real.folder, 3)

    assert "3 of 10 clean paper cycles are in the books" in rebaloop("run").err
    assert "3 of 10 clean paper cycles are in the books" in rebaloop("arm", typed=RIGHT).err


@pytest.mark.parametrize("mode", ["dry_run", "paper"])
def test_there_is_nothing_to_arm_in_another_mode(rebaloop: Terminal, real: Home, mode: str) -> None:
    practised(real.folder)
    real.change(mode=mode)

    said = rebaloop("arm", typed=RIGHT)

    assert said.code == 2
    assert "write `mode: live` into the settings first" in said.err


def test_being_armed_opens_no_real_account_in_paper_mode(rebaloop: Terminal, real: Home) -> None:
    practised(real.folder)
    rebaloop("arm", typed=RIGHT)
    real.change(mode="paper")

    with pytest.raises(NotAllowed, match="does not open a paper account"), open_house(settings_of(real)) as house:
        run(house)
    assert real.posts == 0


def test_armed_and_live_still_send_nothing_to_a_broker_on_this_machine(rebaloop: Terminal, real: Home) -> None:
    """The guard's G11: the address is no live one, whatever the settings and the broker say."""
    practised(real.folder)
    assert rebaloop("arm", typed=RIGHT).code == 0
    rebaloop("run")
    code = real.proposals[-1].code
    assert rebaloop("approve", real.proposals[-1].plan_id, "--code", code).code == 0

    said = rebaloop("run")

    assert "Not one world" in said.out
    assert real.posts == 0


# --- the word --------------------------------------------------------------------------------------------------------
def test_the_owner_names_each_account_and_confirms_the_limits(rebaloop: Terminal, real: Home) -> None:
    practised(real.folder)

    said = rebaloop("arm", typed=RIGHT)

    assert said.code == 0, said.err
    assert "Armed. In the first 3 plans an order moves at most $1,000" in said.out
    assert rebaloop("status").code == 0


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("traditional 1234\n", "That is not what is known of joint."),
        ("taxable 4321\n", "That is not what is known of joint."),
        ("taxable\n", "That is not what is known of joint."),
        ("taxable 1234\ntraditional 1234\n", "That is not what is known of ira."),
        ("taxable 1234\ntraditional 9876\n15 40 40\n", "Those are not your limits."),
    ],
)
def test_a_wrong_word_arms_nothing(rebaloop: Terminal, real: Home, typed: str, why: str) -> None:
    practised(real.folder)

    said = rebaloop("arm", typed=typed)

    assert said.code == 1
    assert f"{why} Nothing is armed." in said.err
    assert rebaloop("status").code == 78


def test_what_has_to_be_typed_is_not_shown_before(rebaloop: Terminal, real: Home) -> None:
    practised(real.folder)

    said = rebaloop("arm", typed="")

    assert said.code == 130
    assert "1234" not in said.out + said.err
    assert "taxable" not in said.out


def test_no_number_of_an_account_is_kept(rebaloop: Terminal, real: Home) -> None:
    practised(real.folder)
    rebaloop("arm", typed=RIGHT)

    assert b"40001111" not in real.written()


@pytest.mark.parametrize(
    "change",
    [
        {"limits": {"order_pct": 60, "day_pct": 100}},
        {"approval": {"price_collar_pct": 2}},
        {"approval": {"expires_sessions": 5}},
    ],
)
def test_a_change_of_limits_or_rules_of_approval_closes_it(
    rebaloop: Terminal, real: Home, change: dict[str, object]
) -> None:
    practised(real.folder)
    rebaloop("arm", typed=RIGHT)
    real.change(**change)

    said = rebaloop("run")

    assert said.code == 78
    assert "accounts, limits or rules of approval have changed since it was armed" in said.err


@pytest.mark.parametrize(
    "change", [{"kind": "roth"}, {"menu": ["BND", "VTI"]}, {"owner": "spouse"}, {"id": "other"}, {"role": "instructed"}]
)
def test_a_change_of_an_account_closes_it(rebaloop: Terminal, real: Home, change: dict[str, object]) -> None:
    practised(real.folder)
    rebaloop("arm", typed=RIGHT)
    real.change(accounts=[real.tree["accounts"][0], real.tree["accounts"][1] | change])

    assert rebaloop("run").code == 78


def test_a_change_of_targets_does_not_close_it(rebaloop: Terminal, real: Home) -> None:
    practised(real.folder)
    rebaloop("arm", typed=RIGHT)
    real.change(policy={"targets_pct": {"stocks": 65, "bonds": 35}})

    assert rebaloop("status").code == 0


def test_disarm_closes_it(rebaloop: Terminal, real: Home) -> None:
    practised(real.folder)
    rebaloop("arm", typed=RIGHT)

    said = rebaloop("disarm", "--because", "holiday")

    assert (said.code, said.out) == (0, "Disarmed: no order goes to a real account.\n")
    assert "it was disarmed on 2026-03-02" in rebaloop("run").err
    assert rebaloop("disarm").out == "Nothing was armed.\n"


# --- how far it reaches ----------------------------------------------------------------------------------------------
def test_three_small_live_plans_and_then_the_owner_s_own_limits(rebaloop: Terminal, real: Home) -> None:
    practised(real.folder)
    rebaloop("arm", typed=RIGHT)

    outcomes = [live_plan(real) for _ in range(3)]
    small = list(real.orders)
    with SqliteLedger(real.folder / "ledger.sqlite3") as ledger:
        ceiling = order_most(ledger)
        breaks = [one for fact in ledger.latest(Reconciled) for one in fact.breaks]
    live_plan(real)

    assert outcomes == [Outcome.CARRIED_OUT] * 3
    mine = [order for order in small if order.intent.account in {"joint", "ira"}]
    assert len(mine) == 6
    assert all(order.intent.quantity.value(order.intent.limit_price) <= Usd.of(1000) for order in mine)
    assert (ceiling, breaks) == (None, [])
    largest = max(order.intent.quantity.value(order.intent.limit_price) for order in real.orders)
    assert largest > Usd.of(50_000)


def test_a_live_house_is_not_even_opened_unarmed(real: Home) -> None:
    practised(real.folder)

    with pytest.raises(FixTheFile, match="not armed"), open_house(settings_of(real), world=live_of):
        pass
    assert real.brokers[0].requests == []
