"""Words for what the owner laid down and should be reminded of: earmarks, holds, fund rules, the glide path."""

from __future__ import annotations

from datetime import date, timedelta

from bot.domain.household import Account, Earmark, Household
from bot.domain.plan import Note
from bot.domain.snapshot import Side, Snapshot
from bot.domain.targets import Policy
from bot.engine import after_tax, fund_rules
from bot.engine.explain import dollars
from bot.engine.pie import Pie
from bot.engine.set_aside import due_amounts, is_due_soon
from bot.engine.wallets import Bans, price_of

SOON = timedelta(days=31)  # how early the next step of a glide path is announced


def reminders(household: Household, policy: Policy, snapshot: Snapshot, pie: Pie, bans: Bans) -> list[Note]:
    """Notes on what was laid down, each only where it matters today."""
    return [
        *_earmark_notes(household, policy, snapshot, pie),
        *_hold_notes(household, snapshot, pie),
        *_fund_notes(household, snapshot),
        *_fee_notes(household, bans),
        *_glide_notes(policy, snapshot.as_of_on),
        *after_tax.notes(household, policy),
    ]


# --- earmarks ---------------------------------------------------------------------------------------------------
def _earmark_notes(household: Household, policy: Policy, snapshot: Snapshot, pie: Pie) -> list[Note]:
    found = []
    for account in sorted(household.accounts, key=lambda a: a.id):
        mine = household.earmarks_of(account.id)
        if mine:
            found.append(_kept_note(account, mine, pie))
            found += _short_notes(household, policy, snapshot, pie, account)
            found += [_past_due_note(e) for e in mine if e.due_on is not None and e.due_on < snapshot.as_of_on]
    return found


def _kept_note(account: Account, mine: tuple[Earmark, ...], pie: Pie) -> Note:
    there = max(0, min(pie.settled[account.id], sum(earmark.amount.cents for earmark in mine)))
    parts = [f"{dollars(e.amount.cents)} for {e.purpose}{f' by {e.due_on}' if e.due_on else ''}" for e in mine]
    text = f"{account.id} sets aside {', '.join(parts)}; {dollars(there)} of it is there in settled cash."
    return Note(code="earmark", message=text)


def _short_notes(household: Household, policy: Policy, snapshot: Snapshot, pie: Pie, account: Account) -> list[Note]:
    """What falls due soon and is neither there nor raised by sales; in a taxable account nothing is sold for it."""
    soon, _ = due_amounts(household, policy, snapshot.as_of_on, account)
    aside = pie.asides[account.id]
    there = max(0, pie.settled[account.id])
    missing = soon - max(aside.owed, min(soon, there))
    if missing <= 0:
        return []
    mine = household.earmarks_of(account.id)
    short = next(e for e in mine if is_due_soon(policy, e, snapshot.as_of_on) and _is_short(mine, e, soon - missing))
    text = f"{dollars(missing)} is missing in {account.id} for {short.purpose}, due on {short.due_on}"
    if account.managed and account.kind.sheltered:
        text += ", and sales there cannot raise it; new money or a transfer would."
    else:
        text += "; nothing is sold there for it. New money there, or a transfer from another account, would cure it."
    coming = pie.projections[account.id].unsettled
    if coming > 0 and not aside.owed:
        text += f" {dollars(coming)} there has not settled yet."
    return [Note(code="earmark_short", message=text)]


def _is_short(mine: tuple[Earmark, ...], earmark: Earmark, there: int) -> bool:
    """Whether so many cents, given to what is due first, run out at this earmark."""
    upto = mine[: mine.index(earmark) + 1]
    return sum(e.amount.cents for e in upto) > there


def _past_due_note(earmark: Earmark) -> Note:
    text = (
        f"{dollars(earmark.amount.cents)} for {earmark.purpose} in {earmark.account} was due on {earmark.due_on}; "
        "it is kept until you remove it from the file."
    )
    return Note(code="earmark_past_due", message=text)


# --- holds and fund rules ---------------------------------------------------------------------------------------
def _hold_notes(household: Household, snapshot: Snapshot, pie: Pie) -> list[Note]:
    """One note for the whole household."""
    parts = []
    for account in sorted(household.accounts, key=lambda a: a.id):
        for symbol, lots in sorted(pie.projections[account.id].lots.items()):
            if lots and account.leaves_alone(household.instrument(symbol)):
                price = price_of(snapshot, symbol)
                cents = sum(lot.quantity.value(price).cents for lot in lots)
                parts.append(f"{symbol} in {account.id} ({dollars(cents)})")
    text = f"Counted and left alone: {', '.join(parts)}."
    return [Note(code="hold", message=text)] if parts else []


def _fund_notes(household: Household, snapshot: Snapshot) -> list[Note]:
    found = []
    for account in sorted(household.accounts, key=lambda a: a.id):
        holding = snapshot.holding(account.id)
        for symbol in sorted({*account.menu, *(p.symbol for p in holding.positions)} if account.managed else ()):
            instrument = household.instrument(symbol)
            sold_on = fund_rules.sold_lately(snapshot, account, instrument)
            if sold_on is not None and symbol in account.menu:
                free_on = sold_on + timedelta(days=instrument.no_rebuy_days + 1)
                text = (
                    f"{symbol} was sold in {account.id} on {sold_on}; its company takes no purchase before {free_on}."
                )
                found.append(Note(code="round_trip", message=text))
            lots = holding.position(symbol).lots if instrument.min_hold_days else ()
            days = [fund_rules.sellable_from(instrument, lot) for lot in lots]
            young = [day for day in days if day is not None and day > snapshot.as_of_on]
            if young:
                text = (
                    f"Some {symbol} in {account.id} is younger than its company asks; it may be sold from {max(young)}."
                )
                found.append(Note(code="min_hold", message=text))
    return found


def _fee_notes(household: Household, bans: Bans) -> list[Note]:
    found = []
    for account, symbol, side in sorted(bans.costly):
        text = (
            f"{'A purchase' if side is Side.BUY else 'A sale'} of {symbol} in {account} was left out: it would move "
            f"less than {fund_rules.FEE_TIMES} times its fee of {household.instrument(symbol).fee}."
        )
        found.append(Note(code="fee", message=text))
    return found


# --- the glide path ---------------------------------------------------------------------------------------------
def _glide_notes(policy: Policy, on: date) -> list[Note]:
    step = policy.next_step(on)
    if step is None or step.from_on - on > SOON:
        return []
    targets = ", ".join(f"{name} {percent.normalize():f}%" for name, percent in step.targets_pct)
    days = (step.from_on - on).days
    text = f"From {step.from_on} on, in {days} day{'' if days == 1 else 's'}, the targets are {targets}."
    return [Note(code="glide_path", message=text)]
