"""What must hold of any plan, each promise as a function that yields a sentence for every way in which it is broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bot.domain.canonical import canonical_json
from bot.domain.household import Kind
from bot.domain.instruments import CASH
from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.plan import Plan, PlanLine
from bot.domain.readings import HouseholdFile
from bot.domain.snapshot import Holding, Side
from bot.domain.targets import TaxableSells
from bot.engine.loop import draw
from tests.engine import days, oracles

Broken = Iterator[str]


def plan_of(file: HouseholdFile) -> Plan:
    """The engine's plan for this household."""
    return draw(file.household, file.policy, file.snapshot)


def arithmetic(file: HouseholdFile, plan: Plan, known: oracles.Facts) -> Broken:
    """The figures of the plan follow from the household and from its own lines."""
    before = {line.asset_class: line.before.cents for line in plan.classes}
    after = {line.asset_class: line.after.cents for line in plan.classes}
    goal = {line.asset_class: line.goal.cents for line in plan.classes}
    if (plan.pie.cents, goal, before) != (known.total, known.goal, dict(known.worth)):
        yield f"pie {plan.pie}, goals {goal}, before {before}; wanted {known}"
    if after != _moved(file, known, plan.lines):
        yield f"after {after}, but the lines lead to {_moved(file, known, plan.lines)}"
    if (plan.drift_before.cents, plan.drift_after.cents) != (known.drift(before), known.drift(after)):
        yield "drift before or after is not the sum of the distances"
    for line in plan.lines:
        if abs(line.quantity.value(line.price).cents - line.usd.cents) > 0:
            yield f"{line.quantity} x {line.price} is not {line.usd}"


def _moved(file: HouseholdFile, known: oracles.Facts, lines: tuple[PlanLine, ...]) -> dict[str, int]:
    worth = dict(known.worth)
    for line in lines:
        account, cents = file.household.account(line.account), line.usd.cents
        # a purchase counts rounded up, a sale down
        came = (
            -oracles.counted(file, account, -cents) if line.side is Side.BUY else -oracles.counted(file, account, cents)
        )
        worth[line.asset_class] += came
        worth[CASH] -= came
    return worth


def limit(file: HouseholdFile, plan: Plan, known: oracles.Facts) -> Broken:
    """The limit is what trying all sets gives, its certificate proves it, and no plan lies below it."""
    least = oracles.limit(file)
    if plan.drift_limit.cents != least:
        yield f"limit {plan.drift_limit}, by enumeration {Usd(least)}"
    if plan.drift_after < plan.drift_limit:
        yield f"drift {plan.drift_after} below the limit {plan.drift_limit}"
    proof = plan.certificate
    if 2 * proof.shortfall.cents != plan.drift_limit.cents or bool(proof.classes) != bool(plan.drift_limit):
        yield f"the certificate {proof} does not prove {plan.drift_limit}"
    if not known.contested and proof.classes and oracles.shortfall(known, proof.classes) != proof.shortfall.cents:
        yield f"the certificate {proof} is not T - G - f of its classes"


def at_the_limit(file: HouseholdFile, plan: Plan, known: oracles.Facts) -> Broken:
    """With bands of zero, fractions and no minimum trade, the plan reaches the limit."""
    if plan.drift_after != plan.drift_limit:
        yield f"drift {plan.drift_after} stays above the limit {plan.drift_limit}"


def sales(file: HouseholdFile, plan: Plan, known: oracles.Facts) -> Broken:
    """Nothing is sold that is locked, on sale already, not ours to trade, or that would realise a gain."""
    if plan.tax or plan.realized_gain.cents > 0:
        yield f"realises {plan.realized_gain}, tax {plan.tax}"
    for line in plan.lines:
        if line.side is Side.SELL:
            account, fund = file.household.account(line.account), file.household.instrument(line.symbol)
            if line.quantity.count > _free_shares(file, line):
                yield f"{line.account} sells {line.quantity} {line.symbol}, {_free_shares(file, line)} are free"
            if not account.managed or not fund.tradable or fund.single_class is None:
                yield f"{line.account} sells {line.symbol}, which is not to be traded"
            losses = file.policy.taxable_sells is TaxableSells.LOSSES_ONLY
            if account.kind is Kind.TAXABLE and not fund.is_cash and not losses:
                yield f"{line.account} sells {line.symbol} in taxable"


def _free_shares(file: HouseholdFile, line: PlanLine) -> Decimal:
    """What may be sold of a symbol at most: unlocked and not on sale already; in taxable only lots without a gain."""
    today, holding = file.snapshot.as_of_on, file.snapshot.holding(line.account)
    taxable = file.household.account(line.account).kind is Kind.TAXABLE
    on_sale = sum(
        (o.quantity.count for o in holding.open_orders if o.side is Side.SELL and o.symbol == line.symbol), Decimal(0)
    )
    lots = holding.position(line.symbol).lots
    good = [
        lot.quantity.count
        for lot in lots
        if not lot.is_locked(today) and not (taxable and (lot.cost_per_share or Decimal(0)) < line.price)
    ]
    return min(sum(good, Decimal(0)), sum((lot.quantity.count for lot in lots), Decimal(0)) - on_sale)


def purchases(file: HouseholdFile, plan: Plan, known: oracles.Facts) -> Broken:
    """Only what the menu allows is bought: tradable, of one class, with a price, not blocked, not sold at a loss."""
    blocked = days.blocked(file)
    sold = {
        file.household.instrument(line.symbol).identical_group
        for line in plan.lines
        if line.side is Side.SELL
        and file.household.account(line.account).kind is Kind.TAXABLE
        and line.asset_class != CASH
    }
    for line in plan.lines:
        if line.side is Side.BUY:
            account, fund = file.household.account(line.account), file.household.instrument(line.symbol)
            if not account.managed or line.symbol not in account.menu or not fund.tradable or fund.is_cash:
                yield f"{line.account} buys {line.symbol}, which it may not"
            if fund.taxable_only and account.kind.sheltered:
                yield f"{line.account} buys {line.symbol}, which belongs into taxable"
            if fund.identical_group in blocked | sold:
                yield f"{line.account} buys {line.symbol} and washes a loss out"


def cash(file: HouseholdFile, plan: Plan, known: oracles.Facts) -> Broken:
    """Each account pays for its own buys, keeps its buffer, and a shelter's debt is cured as far as can be."""
    after = dict(plan.cash_after)
    whole = not file.policy.fractional_shares
    for purse in known.purses:
        mine = [line for line in plan.lines if line.account == purse.id]
        bought = sum(line.usd.cents for line in mine if line.side is Side.BUY)
        sold = sum(line.usd.cents for line in mine if line.side is Side.SELL)
        if bought > max(0, purse.free - purse.debt + sold):
            yield f"{purse.id} buys {Usd(bought)} with {Usd(purse.free)} of cash, {Usd(sold)} of sales"
        if sold < purse.debt and not (whole and sold + _whole_shares_left(file, purse, mine) < purse.debt):
            yield f"{purse.id} still owes {Usd(purse.debt - sold)}"
        ends = purse.settled + sold - bought
        spent = purse.unsettled if file.policy.spend_unsettled_cash else 0
        if after[purse.id].cents != (min(0, ends + spent) if ends < 0 <= purse.settled else ends):
            yield f"{purse.id} ends with {after[purse.id]}"
        short = min(purse.kept, purse.settled) - ends - spent
        if bought and short > 0:
            yield f"{purse.id} buys and ends {Usd(short)} below its buffer"


def _whole_shares_left(file: HouseholdFile, purse: oracles.Purse, mine: list[PlanLine]) -> int:
    """What whole shares an account could still have sold, in cents."""
    sold: Counter[str] = Counter()
    for line in mine:
        if line.side is Side.SELL:
            sold[line.symbol] += line.usd.cents
    left = 0
    for symbol, cents in purse.sellable.items():
        price = file.snapshot.price(symbol)
        assert price is not None
        left += int((cents - sold[symbol] + 1) / (price * 100)) * int(price * 100)
    return left


def order_of_lines(file: HouseholdFile, plan: Plan, known: oracles.Facts) -> Broken:
    """Lines are numbered from 1; an account's sells stand before its buys, and no symbol goes both ways in it."""
    if [line.number for line in plan.lines] != list(range(1, len(plan.lines) + 1)):
        yield "the lines are not numbered 1..n"
    for account in {line.account for line in plan.lines}:
        mine = [line for line in plan.lines if line.account == account]
        if [line.side for line in mine] != sorted((line.side for line in mine), reverse=True):
            yield f"{account}: a buy stands before a sell"
        if len({line.symbol for line in mine}) < len(mine):
            yield f"{account}: a symbol is traded twice"


def purpose(file: HouseholdFile, plan: Plan, known: oracles.Facts) -> Broken:
    """A plan strictly lowers drift, unless a debt must be cured."""
    if plan.lines and plan.drift_after >= plan.drift_before and not any(purse.debt for purse in known.purses):
        yield f"drift goes from {plan.drift_before} to {plan.drift_after}"


def standing_alone(file: HouseholdFile, plan: Plan, known: oracles.Facts) -> Broken:
    """The automatic lines that do not wait lower drift by themselves."""
    alone = tuple(line for line in plan.lines if line.automatic and not line.after_manual)
    waiting = [line for line in plan.lines if line not in alone]
    if not waiting or not alone or any(purse.debt for purse in known.purses):
        return
    if known.drift(_moved(file, known, alone)) >= known.drift(dict(known.worth)):
        yield f"the automatic part {alone} does not lower drift by itself"


def without_loose_ends(file: HouseholdFile) -> HouseholdFile:
    """The same household without open orders and buffers: a buffer that was not full takes from the pie once it is."""
    household = replace(
        file.household, accounts=tuple(replace(account, cash_buffer=Usd()) for account in file.household.accounts)
    )
    holdings = tuple(replace(holding, open_orders=()) for holding in file.snapshot.holdings)
    return replace(file, household=household, snapshot=replace(file.snapshot, holdings=holdings))


def without_cash(file: HouseholdFile) -> HouseholdFile:
    """The same household without any cash, money funds and open orders."""
    money = {fund.symbol for fund in file.household.instruments if fund.is_cash}
    holdings = tuple(
        Holding(account=holding.account, positions=tuple(p for p in holding.positions if p.symbol not in money))
        for holding in file.snapshot.holdings
    )
    return replace(file, snapshot=replace(file.snapshot, holdings=holdings))


def nothing_more_to_do(file: HouseholdFile, plan: Plan) -> Broken:
    """Once the orders have filled, the next plan has none, but for single cents that rounding left."""
    again = plan_of(filled(file, plan))
    if sum(line.usd.cents for line in again.lines) > 10:
        yield f"after {_brief(plan)} comes {_brief(again)}"


def _brief(plan: Plan) -> list[str]:
    return [f"{line.account} {line.side.value} {line.symbol} {line.usd}" for line in plan.lines]


def filled(file: HouseholdFile, plan: Plan) -> HouseholdFile:
    """The same household once the plan's orders have filled and settled as planned; what was bought is locked today."""
    holdings = tuple(_filled(file, holding, plan) for holding in file.snapshot.holdings)
    return replace(file, snapshot=replace(file.snapshot, holdings=holdings))


def _filled(file: HouseholdFile, holding: Holding, plan: Plan) -> Holding:
    mine = [line for line in plan.lines if line.account == holding.account]
    lots = {position.symbol: list(position.lots) for position in holding.positions}
    settled = holding.cash_settled
    for line in sorted(mine, key=lambda line: line.side is Side.BUY):
        if line.side is Side.SELL:
            settled += line.usd
            lots[line.symbol] = _without(file, holding, line)
        else:
            settled -= line.usd
            cost = line.price
            lots.setdefault(line.symbol, []).append(
                TaxLot(
                    quantity=line.quantity,
                    cost_per_share=cost,
                    acquired_on=file.snapshot.as_of_on,
                    locked_until_on=file.snapshot.as_of_on + timedelta(days=1),
                )
            )
    positions = tuple(Position(symbol=symbol, lots=tuple(rest)) for symbol, rest in lots.items())
    return replace(holding, cash_settled=settled, positions=positions)


def _without(file: HouseholdFile, holding: Holding, line: PlanLine) -> list[TaxLot]:
    """What is left of a position: unlocked lots go, those without any gain first."""
    count, kept = line.quantity.count, []
    today = file.snapshot.as_of_on
    lots = sorted(
        holding.position(line.symbol).lots,
        key=lambda lot: (lot.is_locked(today), lot.cost_per_share != line.price, canonical_json(lot)),
    )
    for lot in lots:
        gone = min(count, lot.quantity.count)
        count -= gone
        if gone < lot.quantity.count:
            kept.append(replace(lot, quantity=Shares(lot.quantity.count - gone)))
    return kept


FOR_ANY_POLICY = (arithmetic, limit, sales, purchases, cash, order_of_lines, purpose, standing_alone)
