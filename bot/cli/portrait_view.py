"""The portrait of a household as tables for a person."""

from __future__ import annotations

import re
from decimal import Decimal

from rich.table import Table

from bot.cli.portrait import HIDDEN, Portrait
from bot.cli.view import class_table, console, heading, percent, share, whole
from bot.domain.logins import local_words, login_words
from bot.domain.money import Usd
from bot.domain.snapshot import Holding

_AMOUNT = re.compile(r"(?<![\w:.-])-?\$?\d+(?:[\d,]*\d)?(?:\.\d+)?(?![\w:-])")  # no days, no times


def show(portrait: Portrait, *, incognito: bool) -> None:
    """Write it to the terminal."""
    out, plan = console(), portrait.plan
    pie = HIDDEN if incognito else whole(plan.pie)
    out.print(heading(plan.household, f"  {pie} in one pie, {plan.as_of_on}   mode {portrait.mode}"))
    if portrait.halted:
        out.print(f"HALTED: {portrait.halted}. Nothing is sent until: rebaloop resume")
    out.print(_accounts(portrait, incognito=incognito))
    out.print("")
    out.print(class_table(plan, after=False))
    if not incognito:
        out.print(f"Drift {whole(plan.drift_before)}; at best {whole(plan.drift_limit)} without a taxable gain.")
    for line in _words(portrait):
        out.print(_masked(line) if incognito else line)
    if portrait.waiting:
        names = ", ".join(portrait.waiting)
        out.print(f"Waiting for your word: {names}\nnext: rebaloop approve {portrait.waiting[-1]}")
    else:
        out.print("No plan waits.\nnext: rebaloop plan")


def _words(portrait: Portrait) -> list[str]:
    """Everything that is said in sentences: what to mend first, then notes, money, logins and dates."""
    lines = []
    for remark in sorted(portrait.snapshot.remarks, key=lambda remark: not remark.stops):
        word = "STOPPED" if remark.stops else "Mend"
        lines.append(f"{word}: {remark.message}" + (f"\n  {remark.mend}" if remark.mend else ""))
    lines += [f"Post: {sentence}\n  rebaloop letters" for sentence in portrait.post.sentences]
    lines += [f"Note: {n.message}" for n in portrait.plan.notes if n.code not in {"residual", "idle_cash"}]
    lines += [
        f"Arrived: {one.net} ({one.kind.value}{f' of {one.symbol}' if one.symbol else ''}) in {one.account}, {one.on}"
        for one in portrait.arrived
    ]
    lines += [
        f"Login {login.name}: lasts until {local_words(login.expires_at)}."
        for login in portrait.logins
        if not login_words(login, portrait.now)
    ]
    return lines + [f"On {on}: {what}." for on, what in portrait.dates if "login" not in what]


def _accounts(portrait: Portrait, *, incognito: bool) -> Table:
    """Each account with what it holds, how old that is, and its health."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("Account", "Kind", "Known", "Health"):
        table.add_column(name, no_wrap=True)
    table.add_column("Holds")
    for name in ("Pie",) if incognito else ("Settled", "Unsettled", "Total"):
        table.add_column(name, justify="right", no_wrap=True)
    for account in portrait.household.accounts:
        holding = portrait.snapshot.holding(account.id)
        worth = _worth(portrait, holding)
        total = Usd.total(worth.values()) + holding.cash
        mine = percent(share(total, portrait.plan.pie.dollars))
        amounts = (whole(holding.cash_settled), whole(holding.cash_unsettled), whole(total))
        shown = [symbol if incognito else f"{symbol} {whole(amount)}" for symbol, amount in sorted(worth.items())]
        table.add_row(
            account.id,
            account.kind.value,
            portrait.age(account.id),
            portrait.health(account.id),
            "  ".join(shown),
            *((mine,) if incognito else amounts),
        )
    return table


def _worth(portrait: Portrait, holding: Holding) -> dict[str, Usd]:
    return {p.symbol: p.quantity.value(portrait.snapshot.price(p.symbol) or Decimal(0)) for p in holding.positions}


def _masked(line: str) -> str:
    """A sentence whose dollars and counts are hidden; days stay."""
    return _AMOUNT.sub("...", line)
