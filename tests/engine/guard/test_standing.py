"""G7 to G9 and G11 to G14: the right account, hour, world, approval and clock, and nothing else under way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest

from bot.domain.approval import Verdict
from bot.domain.money import Shares
from bot.domain.orders import OrderState
from bot.domain.plan import Environment
from bot.domain.snapshot import OpenOrder, Side
from bot.engine.guard.case import Case, Worlds
from bot.engine.guard.check import check
from tests.engine.guard.cases import (
    CASH,
    LINES,
    NOW,
    SALE,
    SESSION,
    SOUND,
    asking,
    buying,
    case_of,
    changed,
    having,
    line,
    lot,
    ordered,
    purchase,
    quoting,
    record,
    reread,
    sale,
    sealed,
    stranger,
    with_lines,
)
from tests.engine.guard.verdicts import Build, judge, row

BUY, SELL = Side.BUY, Side.SELL
S = OrderState
TICK, SECOND, MINUTE = timedelta(microseconds=1), timedelta(seconds=1), timedelta(minutes=1)


def account(**changes: object) -> Case:
    """The sale in an account of other habits."""
    case = sale()
    accounts = tuple(
        replace(one, **changes) if one.id == "ira" else one  # type: ignore[arg-type]  # fields by name
        for one in case.household.accounts
    )
    return replace(case, household=replace(case.household, accounts=accounts))


def undefined() -> Case:
    case = purchase()
    known = tuple(one for one in case.household.instruments if one.symbol != "BND")
    return replace(case, household=replace(case.household, instruments=known))


def trading(account: str, side: Side, symbol: str) -> Case:
    """Ten shares of a fund that the account holds fifty of."""
    case = case_of(1, (line(1, account, side, symbol, 10),))
    return having(case, account, lot(50))


PLACES = [
    row("G7", "not managed", lambda: account(managed=False), "ira is no account to which orders are sent"),
    row("G7", "by hand", lambda: account(automatic=False)),
    row(
        "G7",
        "another account was read",
        lambda: reread(sale(), account="hers"),
        "What was read is hers, and the order is for",
    ),
    row(
        "G7",
        "a keeper of files",
        lambda: replace(sale(), capabilities=replace(sale().capabilities, sends_orders=False)),
        "takes no orders",
    ),
    row("G7", "no such fund", undefined, "BND is nothing that may be traded in roth"),
    row("G7", "a fund that is halted", lambda: buying("HALT")),
    row("G7", "a bill", lambda: buying("NOTE")),
    row("G7", "kept by the owner's word", lambda: trading("ira", SELL, "SCHB"), "SCHB is nothing that may be"),
    row("", "kept elsewhere", lambda: trading("roth", SELL, "SCHB")),
    row("G7", "a mutual fund", lambda: buying("VTSAX"), "is a mutual fund: it takes no limit orders"),
    row("G7", "not on the menu", lambda: buying("AGG"), "AGG is not on the menu of roth"),
    row("", "sold off the menu", lambda: trading("roth", SELL, "AGG")),
    row("", "on the menu", lambda: trading("taxable", BUY, "AGG")),
    row("G7", "taxable only", lambda: buying("MUB"), "MUB belongs in taxable accounts, and roth is none"),
    row("", "taxable only, sold", lambda: trading("roth", SELL, "MUB")),
    row("", "taxable only, in its place", lambda: trading("taxable", BUY, "MUB")),
]


def session(opens: timedelta, closes: timedelta) -> Case:
    return replace(sale(), session=replace(SESSION, opens_at=NOW + opens, closes_at=NOW + closes))


SHUT = "The exchange is shut by the calendar."
HOURS = [
    row("G8", "a holiday", lambda: replace(sale(), session=None), SHUT),
    row("G8", "before it opens", lambda: session(TICK, 60 * MINUTE), SHUT),
    row("", "as it opens", lambda: session(timedelta(), 60 * MINUTE)),
    row("G8", "as it closes", lambda: session(-60 * MINUTE, timedelta()), SHUT),
    row("G8", "after it closed", lambda: session(-60 * MINUTE, -TICK), SHUT),
    row("G8", "just before it closes", lambda: session(-60 * MINUTE, TICK), "The session ends in less than 15 minutes"),
    row("G8", "a quarter of an hour before", lambda: session(-60 * MINUTE, 15 * MINUTE), "less than 15 minutes"),
    row("", "a little earlier", lambda: session(-60 * MINUTE, 15 * MINUTE + TICK)),
    row(
        "G8",
        "shut by the broker",
        lambda: replace(sale(), market_is_open=False),
        "The keeper of ira says the market is shut",
    ),
    row(
        "G9",
        "halted",
        lambda: replace(sale(), halted="an order is unknown"),
        "Everything is halted: an order is unknown.",
    ),
]


# --- G12: the approval
def verdict(kind: Verdict) -> Case:
    approval = sale().approval
    assert approval is not None
    return replace(sale(), approval=replace(approval, verdict=kind))


def anothers_approval() -> Case:
    approval = purchase().approval
    assert approval is not None
    return replace(sale(), approval=replace(approval, plan="another"))


def edited(**changes: object) -> Case:
    """The sale, where its line was approved with other words."""
    case = sale()
    first = replace(LINES[0], **changes)  # type: ignore[arg-type]  # fields by name
    return with_lines(case, first, *LINES[1:])


def forerunners(*ticked: int) -> Case:
    """The sale waits for two lines that a person carries out in another account."""
    by_hand = [replace(line(number, "work", BUY, "BND", 5), automatic=False) for number in (7, 8)]
    case = with_lines(sale(), replace(LINES[0], after_manual=True), *LINES[1:], *by_hand)
    return replace(case, ticked=frozenset(ticked))


def again(state: OrderState, number: int = SALE) -> Case:
    """The sale is tried once more."""
    first = replace(sale().intent, line=number)
    return ordered(asking(sale(), attempt=2), record(first, state, 0))


def written(state: OrderState, **changes: object) -> Case:
    """The journal has the sale already, or something under its name."""
    intent = replace(sale().intent, **changes)  # type: ignore[arg-type]  # fields by name
    return ordered(sale(), record(intent, state, 0))


def tampered() -> Case:
    """The sale of a plan that is not the approved one any more."""
    case = sale()
    return replace(case, proposal=replace(case.proposal, price_collar_pct=Decimal(2)))


def unkeyed(case: Case) -> Case:
    return replace(case, capabilities=replace(case.capabilities, keyed=False))


NOBODY, LEFT = "Nobody has approved exactly this plan.", "has left before, or was written down otherwise"
APPROVALS = [
    row("G12", "no answer", lambda: replace(sale(), approval=None), NOBODY),
    *[
        row("G12", f"{kind}", lambda kind=kind: verdict(kind), NOBODY)
        for kind in Verdict
        if kind is not Verdict.APPROVED
    ],
    row("G12", "a yes to another plan", anothers_approval, NOBODY),
    row("G12", "a plan that was edited afterwards", tampered, NOBODY),
    row("G12", "an order of another plan", lambda: asking(sale(), plan="another"), "belongs to another plan"),
    row("G12", "run out", lambda: sealed(sale(), expires_at=NOW), "The approval has run out."),
    row("", "about to run out", lambda: sealed(sale(), expires_at=NOW + TICK)),
    row("G12", "other settings", lambda: replace(sale(), settings_fingerprint="others"), "have changed since"),
    row("G12", "another program", lambda: replace(sale(), code_version="1.1"), "have changed since"),
    row("G12", "no such line", lambda: asking(sale(), line=9), "is no line of the approved plan"),
    row("G12", "a person's line", lambda: edited(automatic=False), "is no line of the approved plan that may be sent"),
    row("G12", "one share more", lambda: asking(sale(), quantity=Shares.of(334)), "is for 334, and 333 were approved"),
    row("", "one share less", lambda: asking(sale(), quantity=Shares.of(332))),
    row("G12", "nothing ticked", forerunners, "carried out by hand come first"),
    row("G12", "one of two ticked", lambda: forerunners(7)),
    row("", "both ticked", lambda: forerunners(7, 8)),
    row(
        "",
        "it need not wait",
        lambda: with_lines(sale(), *LINES, replace(line(7, "work", BUY, "BND", 5), automatic=False)),
    ),
    *[
        row("G12", f"{state} before", lambda state=state: again(state), "was sent before")
        for state in (S.CANCELED, S.REJECTED, S.HUMAN)
    ],
    row("", "not placed before", lambda: again(S.NOT_PLACED)),
    row("", "another line before", lambda: again(S.CANCELED, 2)),
    *[row("", f"{state} just now", lambda state=state: written(state)) for state in (S.APPROVED, S.SENDING)],
    *[
        row("G12", f"{state} just now", lambda state=state: written(state), LEFT)
        for state in S
        if state not in {S.APPROVED, S.SENDING, S.UNKNOWN}
    ],
    row("", "of unknown fate, under a key", lambda: written(S.UNKNOWN)),
    row("G12", "of unknown fate, without a key", lambda: unkeyed(written(S.UNKNOWN)), LEFT),
    row("G12", "on its way, without a key", lambda: unkeyed(written(S.SENDING)), LEFT),
    row("G12", "of unknown fate, and another", lambda: written(S.UNKNOWN, quantity=Shares.of(1)), LEFT),
    row("G12", "written down otherwise", lambda: written(S.APPROVED, quantity=Shares.of(1)), LEFT),
    row("G12", "written down at another limit", lambda: written(S.APPROVED, limit_price=Decimal(1)), LEFT),
    row("", "written down with what the broker knew", lambda: written(S.APPROVED, baseline=("1", "2"))),
    row("", "what the broker knew came later", lambda: asking(written(S.APPROVED), baseline=("1", "2"))),
]


# --- G13: nothing else under way
def beside(account: str, side: Side, symbol: str, state: OrderState = S.ACKED, case: Case | None = None) -> Case:
    return ordered(case or sale(), record(stranger(account, side, symbol, 1), state))


def shown(account: str, side: Side, symbol: str) -> Case:
    """The broker shows an order that is none of ours."""
    order = OpenOrder(side=side, symbol=symbol, quantity=Shares.of(1))
    case = sale()
    if account == case.intent.account:
        return reread(case, open_orders=(order,))
    return replace(case, fresh=changed(case.fresh, account, open_orders=(order,)))


def shown_no_longer() -> Case:
    """An order of the account that was open as the run began."""
    order = OpenOrder(side=BUY, symbol="VTI", quantity=Shares.of(1))
    return replace(sale(), fresh=changed(sale().fresh, "ira", open_orders=(order,)))


def abroad(side: Side = BUY, symbol: str = "IXUS") -> Case:
    return beside("hers", side, symbol, case=trading("roth", SELL, "VXUS"))


OTHERS = [
    *[
        row(
            "G13",
            f"{state}",
            lambda state=state: beside("ira", SELL, "VTI", state),
            f"An order for VTI in ira is {state} already.",
        )
        for state in S
        if not state.is_final
    ],
    *[row("", f"{state}", lambda state=state: beside("ira", SELL, "VTI", state)) for state in S if state.is_final],
    row("", "the same elsewhere", lambda: beside("hers", SELL, "VTI")),
    row("", "something else", lambda: beside("ira", SELL, "BND")),
    row(
        "G13",
        "the other side",
        lambda: beside("ira", BUY, "VTI"),
        "ira has an order on the other side of VTI under way",
    ),
    row("G13", "the other side, the spouse", lambda: beside("hers", BUY, "VTI"), "hers has an order on the other"),
    row("", "the other side of something else", lambda: beside("hers", BUY, "BND")),
    row("", "the other side, finished", lambda: beside("hers", BUY, "VTI", S.FILLED)),
    row(
        "G13",
        "a finished one and a live one",
        lambda: beside("hers", BUY, "VTI", case=beside("ira", SELL, "VTI", S.EXPIRED)),
    ),
    row("G13", "the other side of a twin", abroad, "hers has an order on the other side of IXUS"),
    row("G7 G13", "the other side of an unknown fund", lambda: beside("hers", SELL, "BND", case=undefined())),
    row("", "a twin on the same side", lambda: abroad(SELL)),
    row(
        "G13",
        "shown by the broker",
        lambda: shown("ira", SELL, "VTI"),
        "The keeper of ira works on an order for VTI already",
    ),
    row("", "shown elsewhere", lambda: shown("hers", SELL, "VTI")),
    row("", "something else shown", lambda: shown("ira", SELL, "BND")),
    row("G13", "the other side shown", lambda: shown("ira", BUY, "VTI"), "works on an order on the other side of VTI"),
    row("G13", "the other side shown, the spouse", lambda: shown("joint", BUY, "VTI"), "The keeper of joint works on"),
    row("", "the other side of something else shown", lambda: shown("joint", BUY, "BND")),
    row("", "shown no longer", shown_no_longer),
]


# --- G14: clocks
def skewed(by: timedelta) -> Case:
    return quoting(replace(sale(), broker_at=NOW + by), at=NOW + by)


CLOCKS = [
    *[row("", f"differ by {n} seconds", lambda n=n: skewed(n * SECOND)) for n in (30, -30)],
    row("G14", "ahead of us", lambda: skewed(31 * SECOND), "Our clock and the broker's differ by 31 seconds"),
    row("G14", "behind us", lambda: skewed(-30 * SECOND - TICK), "differ by 30 seconds"),
    *[row("", f"drifted {n} seconds", lambda n=n: replace(sale(), wall_drift=n * SECOND)) for n in (5, -5)],
    row("G14", "jumped forward", lambda: replace(sale(), wall_drift=5 * SECOND + TICK), "jumped during the run"),
    row("G14", "jumped back", lambda: replace(sale(), wall_drift=-5 * SECOND - TICK), "jumped during the run"),
    row("", "a fact of this instant", lambda: replace(sale(), last_fact_at=NOW)),
    row("G14", "a fact of the future", lambda: replace(sale(), last_fact_at=NOW + TICK), "is behind the last entry"),
]


# --- G11: one world
DRY, PAPER, LIVE = Environment.DRY_RUN, Environment.PAPER, Environment.LIVE


def world(url: Environment, key: Environment, settings: Environment, plan: Environment, *, enabled: bool) -> Case:
    """The sale in these worlds; the plan was drawn for its own, and the keeper is of the address's."""
    case = sealed(sale(), environment=plan)
    worlds = Worlds(url=url, key=key, settings=settings, plan=plan, live_enabled=enabled)
    return replace(case, worlds=worlds, capabilities=replace(case.capabilities, environment=url))


WORLDS = [
    row("G11", "nothing is sent in a dry run", lambda: world(DRY, DRY, DRY, DRY, enabled=True), "In dry run nothing"),
    row(
        "G11",
        "live without a word",
        lambda: world(LIVE, LIVE, LIVE, LIVE, enabled=False),
        "Live orders are not enabled",
    ),
    row(
        "G11", "a live address", lambda: replace(sale(), worlds=replace(sale().worlds, url=LIVE)), "the address is live"
    ),
    row(
        "G11",
        "a plan that says live",
        lambda: replace(sale(), worlds=replace(sale().worlds, plan=LIVE)),
        "the plan live",
    ),
    row("G11", "a live plan in paper", lambda: sealed(sale(), environment=LIVE), "the plan was drawn for live trading"),
    row(
        "G11",
        "a live keeper in paper",
        lambda: replace(sale(), capabilities=replace(sale().capabilities, environment=LIVE)),
        "the keeper's is live",
    ),
]


@pytest.mark.parametrize("enabled", [False, True])
@pytest.mark.parametrize("worlds", list(product([PAPER, LIVE], repeat=4)), ids="-".join)
def test_only_one_world_passes(worlds: tuple[Environment, ...], enabled: bool) -> None:
    url, key, settings, plan = worlds
    passes = worlds == (PAPER,) * 4 or (worlds == (LIVE,) * 4 and enabled)

    judge("" if passes else "G11", lambda: world(url, key, settings, plan, enabled=enabled), "")


@pytest.mark.parametrize(("codes", "build", "says"), WORLDS)
def test_worlds(codes: str, build: Build, says: str) -> None:
    judge(codes, build, says)


@pytest.mark.parametrize(("codes", "build", "says"), PLACES)
def test_places(codes: str, build: Build, says: str) -> None:
    judge(codes, build, says)


@pytest.mark.parametrize(("codes", "build", "says"), HOURS)
def test_hours(codes: str, build: Build, says: str) -> None:
    judge(codes, build, says)


@pytest.mark.parametrize(("codes", "build", "says"), APPROVALS)
def test_approvals(codes: str, build: Build, says: str) -> None:
    judge(codes, build, says)


@pytest.mark.parametrize(("codes", "build", "says"), OTHERS)
def test_other_orders(codes: str, build: Build, says: str) -> None:
    judge(codes, build, says)


@pytest.mark.parametrize(("codes", "build", "says"), CLOCKS)
def test_clocks(codes: str, build: Build, says: str) -> None:
    judge(codes, build, says)


@pytest.mark.parametrize("build", SOUND, ids=lambda one: one.__name__)
def test_a_sound_case_passes(build: Build) -> None:
    assert check(build()) == ()


def test_the_lines_are_those_of_the_cases() -> None:
    assert [one.number for one in LINES][:CASH] == [1, 2, 3]
