"""Households drawn as a few lines of text, so that a test's docstring is its household.

    targets: stocks 60, bonds 40
    policy: taxable_sells losses_only, min_trade 500
    VTI: stocks 100 group=total-us           (class and price; also `untradable`, `taxable_only`, price `?`)
    BAL: stocks 60 bonds 40 at 25            (a fund of several classes)
    ira traditional: 40 VTI @80 since 2020-01-02 until 2026-03-03; cash 1000; menu VTI BND; sell 5 VTI
    old taxable unmanaged owner=spouse: ...  (also `manual`)
    history: 2026-01-31 sell 10 VTI in ira for -500; ...

Menus hold every fund in the order drawn unless they are given; prices are in dollars; the day is 2 March 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from decimal import Decimal

from bot.domain.household import Account, Household, Kind
from bot.domain.instruments import Instrument
from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.plan import Plan
from bot.domain.readings import HouseholdFile
from bot.domain.snapshot import Holding, OpenOrder, Side, Snapshot, Trade
from bot.domain.targets import Band, Policy, RebalanceTo, Routing, TaxableSells
from bot.engine.loop import draw

TODAY = date(2026, 3, 2)
LOT = re.compile(r"([\d.]+) (\w+)(?: @([\d.]+))?(?: since ([\d-]+))?(?: until ([\d-]+))?")
TRADE = re.compile(r"([\d-]+) (buy|sell) ([\d.]+) (\w+) in (\w+)(?: for (-?[\d.]+))?")
PREFERS = re.compile(r"(\w+) in ([\w/]+)")


def drawn(picture: str) -> HouseholdFile:
    """The household of a picture; the picture's first paragraph is a sentence for people and is skipped."""
    lines = [line.strip() for line in picture.partition("\n\n")[2].splitlines() if line.strip()]
    rows = [(head.split(), body.strip()) for head, _, body in (line.partition(":") for line in lines)]
    named = {head[0]: body for head, body in rows if len(head) == 1}
    funds = [(head[0], body) for head, body in rows if len(head) == 1 and head[0].isupper()]
    accounts = [(head, [part.strip() for part in body.split(";")]) for head, body in rows if len(head) > 1]
    menu = tuple(symbol for symbol, _ in funds)
    return HouseholdFile(
        household=Household(
            id="drawn",
            accounts=tuple(_account(head, parts, menu) for head, parts in accounts),
            instruments=tuple(_fund(symbol, body) for symbol, body in funds),
        ),
        policy=_policy(named),
        snapshot=Snapshot(
            as_of_on=TODAY,
            holdings=tuple(_holding(head[0], parts) for head, parts in accounts),
            prices=tuple((symbol, _price(body)) for symbol, body in funds),
            history=tuple(_history(named.get("history", ""))),
        ),
    )


def planned(picture: str) -> Plan:
    """The engine's plan for a drawn household."""
    file = drawn(picture)
    return draw(file.household, file.policy, file.snapshot)


def orders(plan: Plan) -> list[str]:
    """The plan's lines in short: `ira sell VTI 500`."""
    return [f"{ln.account} {ln.side.value} {ln.symbol} {ln.usd.plain.removesuffix('.00')}" for ln in plan.lines]


def codes(plan: Plan) -> set[str]:
    """What its owner is told."""
    return {note.code for note in plan.notes}


def _pairs(text: str) -> list[tuple[str, Decimal]]:
    return [(name, Decimal(number)) for name, number in re.findall(r"([a-z]\w*) ([\d.]+)", text)]


def _price(body: str) -> Decimal | None:
    price = body.partition(" at ")[2] or body.split(maxsplit=2)[1]
    return None if price == "?" else Decimal(price)


def _fund(symbol: str, body: str) -> Instrument:
    parts = _pairs(body.partition(" at ")[0]) if " at " in body else [(body.partition(" ")[0], Decimal(100))]
    group = re.search(r"group=([\w-]+)", body)
    return Instrument(
        symbol=symbol,
        exposure=tuple((name, percent / 100) for name, percent in parts),
        identical_group=group[1] if group else "",
        tradable="untradable" not in body,
        taxable_only="taxable_only" in body,
    )


def _policy(named: dict[str, str]) -> Policy:
    said = dict(pair.split() for pair in named.get("policy", "").split(", ") if pair)
    known = {field.name for field in fields(Policy)} | {"band"}
    assert set(said) <= known, f"unknown words: {set(said) - known}"
    points, percent = said.get("band", "5/25").split("/")
    return Policy(
        targets_pct=tuple(_pairs(named["targets"])),
        band=Band(absolute_pp=Decimal(points), relative_pct=Decimal(percent)),
        taxable_sells=TaxableSells(said.get("taxable_sells", "never")),
        fractional_shares=said.get("fractional_shares", "yes") == "yes",
        min_trade=Usd.of(said.get("min_trade", "0")),
        spend_unsettled_cash=said.get("spend_unsettled_cash", "no") == "yes",
        routing=Routing(said.get("routing", "lagging")),
        headroom_floor_pct=Decimal(said.get("headroom_floor_pct", "100")),
        rebalance_to=RebalanceTo(said.get("rebalance_to", "target")),
        deposit=Usd.of(said["deposit"]) if "deposit" in said else None,
        location_preference=tuple(
            (name, tuple(Kind(kind) for kind in kinds.split("/")))
            for name, kinds in PREFERS.findall(named.get("prefer", ""))
        ),
    )


def _account(head: list[str], parts: list[str], menu: tuple[str, ...]) -> Account:
    words = {part.split()[0]: part.split()[1:] for part in parts if part}
    return Account(
        id=head[0],
        kind=Kind(head[1]),
        owner="spouse" if "owner=spouse" in head else "self",
        managed="unmanaged" not in head,
        automatic="manual" not in head,
        menu=tuple(words["menu"]) if "menu" in words else menu,
        cash_buffer=Usd.of(words["buffer"][0]) if "buffer" in words else Usd(),
    )


def _holding(name: str, parts: list[str]) -> Holding:
    words = {part.split()[0]: part.split()[1:] for part in parts if part}
    lots: dict[str, list[TaxLot]] = {}
    for part in parts:
        if found := LOT.fullmatch(part):
            count, symbol, cost, since, until = found.groups()
            lot = TaxLot(
                quantity=Shares.of(count),
                cost_per_share=Decimal(cost) if cost else None,
                acquired_on=date.fromisoformat(since) if since else None,
                locked_until_on=date.fromisoformat(until) if until else None,
            )
            lots.setdefault(symbol, []).append(lot)
        else:
            assert not part or part.split()[0] in {"cash", "unsettled", "buffer", "menu", "buy", "sell"}, part
    return Holding(
        account=name,
        cash_settled=Usd.of(words["cash"][0]) if "cash" in words else Usd(),
        cash_unsettled=Usd.of(words["unsettled"][0]) if "unsettled" in words else Usd(),
        positions=tuple(Position(symbol=symbol, lots=tuple(some)) for symbol, some in lots.items()),
        open_orders=tuple(
            OpenOrder(side=Side(side), symbol=words[side][1], quantity=Shares.of(words[side][0]))
            for side in ("buy", "sell")
            if side in words
        ),
    )


def _history(text: str) -> Iterator[Trade]:
    for part in filter(None, (part.strip() for part in text.split(";"))):
        found = TRADE.fullmatch(part)
        assert found, part
        on, side, count, symbol, account, gain = found.groups()
        yield Trade(
            on=date.fromisoformat(on),
            account=account,
            owner="self",
            side=Side(side),
            symbol=symbol,
            quantity=Shares.of(count),
            realized_gain=Usd.of(gain or "0"),
        )
