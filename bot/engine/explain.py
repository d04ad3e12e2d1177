"""Words for what the engine decided: the reason of each order, what its owner must know, what would cure the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from bot.domain.household import Household
from bot.domain.money import Usd
from bot.domain.plan import Certificate, Headroom, Lever, Note
from bot.domain.snapshot import Side, Snapshot
from bot.domain.targets import Policy, Routing
from bot.engine.orders import Draft
from bot.engine.pie import Pie
from bot.engine.routing import belonging
from bot.engine.wash_sales import WINDOW, group_of

HUNDRED = Decimal(100)


def dollars(cents: int) -> str:
    """Whole dollars for a sentence, e.g. ``$12,630``; cents where there is less than a dollar."""
    if 0 < abs(cents) < 100:
        return str(Usd(cents))
    rounded = (abs(cents) + 50) // 100
    return f"-${rounded:,}" if cents < 0 else f"${rounded:,}"


def place(pie: Pie, c: int, worth: Sequence[int]) -> str:
    """Where a class stands, e.g. ``bonds are $100,000 under goal``."""
    off = worth[c] - pie.goal[c]
    name = pie.classes[c]
    verb = "are" if name.endswith("s") else "is"
    if not off:
        return f"{name} {verb} at goal"
    return f"{name} {verb} {dollars(abs(off))} {'over' if off > 0 else 'under'} goal"


def reason(pie: Pie, policy: Policy, draft: Draft, lever: Lever) -> str:
    """Why this order, in one sentence."""
    account = pie.wallets[draft.wallet].account
    where = " and ".join(place(pie, pie.classes.index(name), pie.worth) for name, _ in draft.by_class)
    off = _off(pie, draft)
    if draft.side is Side.SELL:
        return _why_sell(pie, draft, lever, where, off)
    if lever is Lever.LOCATION and policy.routing is Routing.ADAPTIVE and not _belongs(pie, policy, draft):
        return (
            f"if what belongs into a {account.kind} account rose by {policy.headroom_floor_pct:f}%, the shelters could "
            f"not answer any more, so new money buys {draft.asset_class}; {where}"
        )
    if lever is Lever.LOCATION:
        return f"new money buys what belongs into a {account.kind} account; {where}"
    if lever is Lever.CASH:
        return f"{where}; new money goes there first" if off < 0 else f"{where}; a swap elsewhere makes up for it"
    if off >= 0:
        return f"takes up the sale in {account.id}; {where}, and another account sells what this one buys"
    return f"{where}; paid by the sale in {account.id}"


def _belongs(pie: Pie, policy: Policy, draft: Draft) -> bool:
    wallet = pie.wallets[draft.wallet]
    buyable = [c for c, name in enumerate(pie.classes) if name in wallet.buys and pie.goal[c] > 0]
    return pie.classes.index(draft.asset_class) in belonging(pie, policy, wallet, buyable)


def _off(pie: Pie, draft: Draft) -> int:
    """How far the class of an order is over its goal; of several classes each counts by its share of the order."""
    off = [(pie.worth[c] - pie.goal[c], part) for name, part in draft.by_class for c in [pie.classes.index(name)]]
    return sum(cents * part for cents, part in off) // draft.cents if draft.exposure and draft.cents else off[0][0]


def _why_sell(pie: Pie, draft: Draft, lever: Lever, where: str, off: int) -> str:
    wallet = pie.wallets[draft.wallet]
    if wallet.debt:
        owes = "owes" if wallet.settled < 0 else "raises what its earmarks need soon:"
        return f"{wallet.account.id} {owes} {dollars(wallet.owes)} of cash; {where}"
    if lever is Lever.LOSS:
        return f"{where}; these lots stand below their cost, so selling them realises no gain"
    if lever is Lever.CASH:
        return f"a money fund is cash, and {where}"
    if off <= 0:
        return f"{where}, but selling here makes room for what no other account can buy (a chain of swaps)"
    return f"{where}; selling inside {wallet.account.id} realises no taxable gain"


def certificate_sentence(certificate: Certificate) -> str:
    """The proof of the limit as a sentence."""
    if not certificate.classes:
        return "Target can be reached today without a taxable gain."
    if certificate.weights:
        return _weighted_sentence(certificate)
    names = " and ".join(certificate.classes)
    verb = "need" if len(certificate.classes) > 1 or names.endswith("s") else "needs"
    return (
        f"{names} {verb} {dollars(certificate.goal.cents)}; {dollars(certificate.fixed.cents)} are there and stay, and "
        f"at most {dollars(certificate.movable.cents)} can lie there in the accounts that may trade today: "
        f"{dollars(certificate.shortfall.cents)} short cannot be avoided without realising a gain."
    )


def _weighted_sentence(certificate: Certificate) -> str:
    """The same where funds of several classes may trade, so that a class counts in part."""
    counted = [
        f"{name} {'in full' if weight == certificate.whole else f'at {Decimal(100 * weight) / certificate.whole:.1f}%'}"
        for name, weight in certificate.weights
    ]
    return (
        f"Count {', '.join(counted)}, and no other class: the goals come to {dollars(certificate.goal.cents)}; "
        f"{dollars(certificate.fixed.cents)} of that are there and stay, and at most "
        f"{dollars(certificate.movable.cents)} can lie there in the accounts that may trade today: "
        f"{dollars(certificate.shortfall.cents)} short cannot be avoided without realising a gain."
    )


def headroom_sentence(rooms: Sequence[Headroom]) -> str:
    """How far prices may jump before the loop gets stuck, e.g. ``a 38% fall or a 55% rise of stocks``."""
    if not rooms or all(not room.fall_pct and room.rise_pct == 0 for room in rooms):
        return ""
    parts = []
    for room in rooms:
        fall = "any fall" if room.fall_pct == HUNDRED else f"a {room.fall_pct:.0f}% fall"
        rise = "any rise" if room.rise_pct is None else f"a {room.rise_pct:.0f}% rise"
        if room.gradual_rise_pct is not None and room.rise_pct != 0:
            rise += f" ({room.gradual_rise_pct:.0f}% if it comes slowly)"
        parts.append(f"{fall} or {rise} of {room.asset_class}")
    return f"The shelters could absorb a sudden move of one class: {'; '.join(parts)}."


def notes(household: Household, policy: Policy, snapshot: Snapshot, pie: Pie, worth: Sequence[int]) -> list[Note]:
    """What the owner must be told whatever is traded."""
    return [
        *_routing_notes(policy),
        *_cash_notes(household, policy, pie),
        *_lock_notes(household, pie),
        *_wash_notes(household, snapshot, pie),
        *_fund_notes(household, snapshot),
        *_idle_notes(pie, worth),
    ]


def _routing_notes(policy: Policy) -> list[Note]:
    if policy.routing is not Routing.ADAPTIVE:
        return []
    text = (
        f"New taxable money buys what belongs there as long as that could still rise by {policy.headroom_floor_pct:f}% "
        "overnight and trades inside the shelters alone would bring the household back into its bands; after that it "
        "buys what would then be missing."
    )
    return [Note(code="adaptive_routing", message=text)]


def _cash_notes(household: Household, policy: Policy, pie: Pie) -> list[Note]:
    found = []
    for account in sorted(household.accounts, key=lambda a: a.id):
        projection = pie.projections[account.id]
        if projection.unsettled > 0 and account.managed and not policy.spend_unsettled_cash:
            text = f"{dollars(projection.unsettled)} in {account.id} has not settled yet and is not spent today."
            found.append(Note(code="unsettled_cash", message=text))
        if projection.settled < 0:
            cure = "sales there raise it" if account.kind.sheltered and account.managed else "only you can cure it"
            text = f"{account.id} owes {dollars(-projection.settled)} of cash; {cure}."
            found.append(Note(code="negative_cash", message=text))
    return found


def _lock_notes(household: Household, pie: Pie) -> list[Note]:
    found = []
    for account in sorted(household.accounts, key=lambda a: a.id):
        for symbol, pile in sorted(pie.piles[account.id].items()):
            if account.managed and pile.locked:
                until = max(lot.locked_until_on for lot in pile.locked if lot.locked_until_on is not None)
                text = (
                    f"{symbol} in {account.id} was bought with money that has not settled; selling it before "
                    f"{until} would be a good-faith violation."
                )
                found.append(Note(code="good_faith_lock", message=text))
    return found


def _wash_notes(household: Household, snapshot: Snapshot, pie: Pie) -> list[Note]:
    found = []
    for group, sold_on in sorted(pie.blocks.items()):
        menus = {symbol for account in household.accounts if account.managed for symbol in account.menu}
        symbols = sorted(symbol for symbol in menus if group_of(household, symbol) == group)
        if symbols:
            free_on = sold_on + WINDOW + timedelta(days=1)
            text = (
                f"{', '.join(symbols)} may not be bought in any account before {free_on}: it was sold at a loss on "
                f"{sold_on} (day {(snapshot.as_of_on - sold_on).days} of 30), and a purchase would wash that loss out."
            )
            found.append(Note(code="wash_sale_block", message=text))
    return found


def _fund_notes(household: Household, snapshot: Snapshot) -> list[Note]:
    found = []
    for account in sorted(household.accounts, key=lambda a: a.id):
        for position in snapshot.holding(account.id).positions:
            fund = household.instrument(position.symbol)
            stays = not account.kind.sheltered or not fund.tradable
            if account.managed and fund.single_class is None and position.quantity and stays:
                text = f"{position.symbol} in {account.id} holds several classes; it is counted by them and not sold."
                found.append(Note(code="fund_of_several_classes", message=text))
    return found


def _idle_notes(pie: Pie, worth: Sequence[int]) -> list[Note]:
    over = worth[pie.cash] - pie.goal[pie.cash]
    free = sum(wallet.free for wallet in pie.wallets)
    if over > 0 and free >= over and pie.worth[pie.cash] == worth[pie.cash]:
        text = f"{dollars(over)} of cash stays idle: nothing that lags may be bought where it lies."
        return [Note(code="idle_cash", message=text)]
    return []
