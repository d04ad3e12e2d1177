"""The letter that asks for a yes: what should be done and why, what it costs, what was refused, and how to answer."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.household import Household
from bot.domain.letter import Letter, LetterLink, Picture
from bot.domain.plan import Plan, Proposal
from bot.letters.chart import pie_chart
from bot.letters.drift import DriftRow, drift_table
from bot.letters.rendering import rendered
from bot.letters.sheet import AccountOrders, OrderRow, Sheet, plan_sheet
from bot.letters.words import bullets, clean, paragraphs, subject, wrapped


def plan_letter(
    proposal: Proposal,
    household: Household,
    *,
    links: tuple[LetterLink, ...] = (),
    sessions: int = 0,
    automatic: bool = False,
) -> Letter:
    """The plan with a button for each person whose yes is needed; without `links` a command stands in its place.

    `sessions`: how many market sessions an approval may take, 0 where that is not to be told. `automatic`: nobody is
    asked, and the letter says so.
    """
    sheet = plan_sheet(proposal, household, sessions=sessions)
    sheet = _unasked(sheet) if automatic else sheet
    pictures = chart_of(proposal.plan, sheet.drift)
    return Letter(
        subject=subject(proposal.environment, f"{sheet.title} ({proposal.plan_id})"),
        text=_text(sheet, links),
        html=rendered("plan.html.j2", sheet=sheet, links=links, pictures=pictures),
        pictures=pictures,
    )


def _unasked(sheet: Sheet) -> Sheet:
    """The same plan, approved already: with no command and no code there is nothing to answer."""
    expiry = (
        "Approved automatically, as your settings want it in paper mode: nobody is asked, and the orders leave in the "
        "next market session. To stop them: rebaloop halt. Your settings say `automatic: paper` under `approval:`."
    )
    title = f"Approved automatically: {sheet.title.removeprefix('Approve ')}"
    return replace(sheet, title=title, expiry=expiry, command="", code="")


def chart_of(plan: Plan, rows: tuple[DriftRow, ...]) -> tuple[Picture, ...]:
    """The pie as one picture, where it can be drawn."""
    png = pie_chart(plan)
    shares = "; ".join(f"{row.name} {row.now} now, {row.after} after, target {row.target}" for row in rows)
    return (Picture(name="chart", png=png, alt=f"The household by class: {shares}."),) if png else ()


def _text(sheet: Sheet, links: tuple[LetterLink, ...]) -> str:
    return paragraphs(
        [
            wrapped(sheet.why),
            wrapped(sheet.tax),
            drift_table(sheet.drift, sheet.drift_before, sheet.drift_after),
            *(account_text(one) for one in sheet.orders),
            *(by_hand_text(one) for one in sheet.by_hand),
            bullets("Not proposed:", [one.sentence for one in sheet.not_proposed]),
            bullets("To know:", sheet.told),
            wrapped(sheet.headroom) if sheet.headroom else "",
            wrapped(sheet.proof),
            wrapped(f"Mode: {sheet.mode_words}"),
            *_answer(sheet, links),
        ]
    )


def account_text(one: AccountOrders) -> str:
    """The orders of one account, under its name and its owner."""
    return "\n".join([f"{_whose(one)}:", *(_order(row) for row in one.orders)])


def _whose(one: AccountOrders) -> str:
    return f"{one.account} ({one.kind}, of {one.owner})" if one.kind else one.account


def _order(row: OrderRow) -> str:
    head = f"  {row.number}. {row.side.upper()} {row.quantity} {row.symbol}, about {row.about}"
    wait = f" {row.waits}" if row.waits else ""
    return f"{head}\n{wrapped(f'{row.lever}: {row.reason}.{wait}', indent='     ')}"


def by_hand_text(one: AccountOrders) -> str:
    """A check-list of the orders of one account that are left to a person."""
    boxes = [
        f"  [ ] {row.number}. {one.account}: {row.side} {row.quantity} {row.symbol}, about {row.about}\n"
        + wrapped(f"{row.reason}.", indent="         ")
        + f"\n         then: {row.tick}"
        for row in one.orders
    ]
    return "\n".join([f"For your own hands, {_whose(one)}:", *boxes])


def _answer(sheet: Sheet, links: tuple[LetterLink, ...]) -> list[str]:
    if not sheet.command:
        return [wrapped(sheet.expiry)]
    pages = [f"  {link.url}" if len(links) == 1 else f"  {clean(link.person)}: {link.url}" for link in links]
    ways = ["\n".join(["Review and approve:", *pages, wrapped("This opens a page; nothing is sent by opening it.")])]
    terminal = "The same in a terminal:" if links else "In a terminal:"
    command = f"{terminal}\n\n  {sheet.command}\n\nIt asks for these four letters: {sheet.code}"
    return [wrapped(sheet.expiry), *(ways if links else []), command]
