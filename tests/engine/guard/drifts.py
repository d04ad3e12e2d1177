"""Changes something after a plan was approved, and looks whether the guard lets an order of it leave.

`python -m tests.engine.guard.drifts 10000` tries so many; `--seed` begins another series.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from bot.domain.approval import Verdict
from bot.domain.lots import Position
from bot.domain.money import Shares, Usd
from bot.domain.orders import OrderState
from bot.domain.readings import AccountReading
from bot.domain.snapshot import Holding, Side, Snapshot
from bot.engine.guard.case import Case
from bot.engine.guard.check import check
from tests.engine.guard.cases import (
    SOUND,
    changed,
    intent_of,
    line,
    lot,
    ordered,
    quoting,
    reading_of,
    record,
    reread,
    sealed,
    swap,
    with_lines,
)

Drift = Callable[[Random, Case], Case]


def _somebody(rng: Random, case: Case, change: Callable[[Holding], Holding]) -> Case:
    """One account changes: it is seen as the run begins, and in the last reading if it is the order's own."""
    before = rng.choice([one for one in case.fresh.holdings if one.account != "work"])
    after = change(before)
    fresh = changed(case.fresh, before.account, positions=after.positions, cash_settled=after.cash_settled)
    if before.account != case.intent.account:
        return replace(case, fresh=fresh)
    read = _reading(case, change)
    return replace(reread(case, held=read.held, cash_settled=read.cash_settled), fresh=fresh)


def _reading(case: Case, change: Callable[[Holding], Holding]) -> AccountReading:
    """The last reading after the change, which may have seen fills that the run's beginning has not."""
    positions = tuple(Position(symbol=one.symbol, lots=(lot(one.quantity.count),)) for one in case.reading.held)
    now = change(Holding(account=case.reading.account, cash_settled=case.reading.cash_settled, positions=positions))
    return reading_of(now)


def positions(rng: Random, case: Case) -> Case:
    """Shares come or go, or a new fund does."""
    count = Decimal(rng.choice([1, 3, 50, 800])) / rng.choice([1, 1_000])
    symbol = rng.choice(["VTI", "BND", "AGG"])
    gone = rng.random() < 0.5

    def change(held: Holding) -> Holding:
        before = held.position(symbol).quantity.count
        now = max(before - count, Decimal(0)) if gone and before else before + count
        others = tuple(one for one in held.positions if one.symbol != symbol)
        return replace(held, positions=(*others, Position(symbol=symbol, lots=(lot(now),))) if now else others)

    return _somebody(rng, case, change)


def lots(rng: Random, case: Case) -> Case:
    """As many shares in the taxable account, but others."""
    held = case.fresh.holding("taxable")
    which = rng.randrange(len(held.positions))
    by = Decimal(rng.choice([-20, -1, 1, 30])) / rng.choice([1, 10])
    worth = tuple(
        replace(one, cost_per_share=(one.cost_per_share or Decimal(0)) + by) for one in held.positions[which].lots
    )
    some = [*held.positions]
    some[which] = replace(some[which], lots=worth)
    return replace(case, fresh=changed(case.fresh, "taxable", positions=tuple(some)))


def less_cash(rng: Random, case: Case) -> Case:
    """Money has gone; more of it than rounding and fees explain."""
    less = Usd(rng.randint(1_500, 1_000_000))
    return _somebody(rng, case, lambda held: replace(held, cash_settled=held.cash_settled - less))


def settings(rng: Random, case: Case) -> Case:
    """The settings were edited."""
    return replace(case, settings_fingerprint=f"settings {rng.random()}")


def program(rng: Random, case: Case) -> Case:
    """The program was updated."""
    return replace(case, code_version=f"1.{rng.randint(1, 99)}")


def price(rng: Random, case: Case) -> Case:
    """The market has left the collar, and the order's limit with it."""
    assert case.quote is not None
    factor = 1 + Decimal(rng.choice([-1, 1]) * rng.randint(125, 3_000)) / 10_000
    limit = (case.intent.limit_price * factor).quantize(Decimal("0.01"))
    moved = quoting(case, bid=case.quote.bid * factor, ask=case.quote.ask * factor)
    return replace(moved, intent=replace(moved.intent, limit_price=limit))


def newer_plan(rng: Random, case: Case) -> Case:
    """A newer plan took the place of this one, or somebody or the clock ended it."""
    assert case.approval is not None
    verdict = rng.choice([one for one in Verdict if one is not Verdict.APPROVED])
    return replace(case, approval=replace(case.approval, verdict=verdict))


def other_plan(rng: Random, case: Case) -> Case:
    """The plan in the books is not the one that was approved."""
    lines = list(case.proposal.plan.lines)
    which = rng.randrange(len(lines))
    lines[which] = replace(lines[which], quantity=lines[which].quantity + Shares.of(rng.randint(1, 99)))
    return replace(case, proposal=replace(case.proposal, plan=replace(case.proposal.plan, lines=tuple(lines))))


def other_books(rng: Random, case: Case) -> Case:
    """The holdings in the books are not those that the plan was drawn for."""
    more = Usd(rng.randint(1, 1_000_000))
    planned = changed(case.planned, "joint", cash_settled=case.planned.holding("joint").cash_settled + more)
    return replace(case, planned=planned)


def too_late(rng: Random, case: Case) -> Case:
    """The approval has run out."""
    return sealed(case, expires_at=case.now - timedelta(seconds=rng.randint(0, 100_000)))


def own_fills(rng: Random, case: Case) -> Case:
    """Another line of the plan has filled in her account, in whole or in part, before this run or within it."""
    side, count = rng.choice([Side.BUY, Side.SELL]), rng.randint(1, 130)
    before = rng.random() < 0.5
    lines = (
        *case.proposal.plan.lines,
        line(9, "hers", side, "AGG" if rng.random() < 0.3 and side is Side.BUY else "BND", count),
    )
    if _clashes(case, lines[-1].symbol, side):
        return own_cash(rng, case)
    case = with_lines(case, *lines)
    filled = rng.randint(0, count)
    state = OrderState.FILLED if filled == count else OrderState.CANCELED
    minutes = rng.randint(7, 3_000) if before else 1
    bought = replace(intent_of(case.proposal, 9), limit_price=lines[-1].price)
    told = record(bought, state, filled, intended_at=case.now - timedelta(minutes=minutes))
    shown = before or rng.random() < 0.5
    fresh = _after(case.fresh, side, lines[-1].symbol, filled if shown else 0)
    return ordered(replace(case, fresh=fresh), told)


def _clashes(case: Case, symbol: str, side: Side) -> bool:
    """Whether the wash-sale rule or the day's limit would have a word in it."""
    return case.intent.symbol == symbol and side is not case.intent.side and case.intent.account == "taxable"


def _after(fresh: Snapshot, side: Side, symbol: str, filled: int) -> Snapshot:
    held = fresh.holding("hers")
    signed = Decimal(filled if side is Side.BUY else -filled)
    price = fresh.price(symbol) or Decimal(0)
    now = held.position(symbol).quantity.count + signed
    others = tuple(one for one in held.positions if one.symbol != symbol)
    cash = held.cash_settled - Usd.nearest(price * signed)
    return changed(
        fresh,
        "hers",
        positions=(*others, Position(symbol=symbol, lots=(lot(now),))) if now else others,
        cash_settled=cash,
    )


def own_cash(rng: Random, case: Case) -> Case:
    """More cash than was planned with, in any account."""
    more = Usd(rng.randint(1, 5_000_000))
    return _somebody(rng, case, lambda held: replace(held, cash_settled=held.cash_settled + more))


def first_leg(rng: Random, case: Case) -> Case:
    """The first leg of the swap has filled, settled or not, and the second is next."""
    del case
    return swap(settled=rng.random() < 0.5)


VOIDING: tuple[Drift, ...] = (
    positions, lots, less_cash, settings, program, price, newer_plan, other_plan, other_books, too_late,
)  # fmt: skip
HARMLESS: tuple[Drift, ...] = (own_fills, own_cash, first_leg)


def drift(seed: int) -> tuple[str, str]:
    """One change: its name, and what went wrong with it; empty when the guard judged it rightly."""
    rng = Random(seed)
    kind = rng.choice(VOIDING + HARMLESS)
    codes = " ".join(one.code for one in check(kind(rng, rng.choice(SOUND)())))
    if kind in HARMLESS:
        return kind.__name__, f"refused by {codes}" if codes else ""
    return kind.__name__, "" if codes else "let through"


def main(arguments: Sequence[str]) -> int:
    """Try and print; 1 when one was judged wrongly, else 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("drifts", type=int, nargs="?", default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    told = parser.parse_args(arguments)
    began = time.perf_counter()
    kinds, wrong = Counter[str](), []
    for seed in range(told.seed, told.seed + told.drifts):
        name, why = drift(seed)
        kinds[name] += 1
        wrong += [f"seed {seed}: {name} {why}"] if why else []
    sys.stdout.write("".join(f"{line}\n" for line in wrong[:20]))
    counted = ", ".join(f"{name} {kinds[name]:,}" for name in sorted(kinds))
    sys.stdout.write(
        f"{told.drifts:,} drifts in {time.perf_counter() - began:.0f} s: {len(wrong)} judged wrongly; {counted}\n"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
