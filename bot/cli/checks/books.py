"""The books: whether the ledger is whole, what stops all sending, what was left undone, and whose plans they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from adapters.store.condition import examine
from adapters.store.due_book import SqliteDueBook
from adapters.store.gate import SqliteGate
from bot.cli.checks.finding import Finding, Machine, fail, ok, unseen, warn
from bot.domain.approval import Verdict
from bot.domain.errors import RebaloopError, WrongUse
from bot.domain.facts import AccountAccepted, Reconciled
from bot.domain.orders import OrderState
from bot.domain.schedule import DueRecord, DueState
from bot.plugs import halt_of
from bot.services.barrier import barrier
from bot.services.errand import LOST
from bot.services.gate import owners
from bot.services.terms import new_york_date
from bot.wiring import open_ledger, outbox_state, pause_of, time_of

if TYPE_CHECKING:
    from bot.ports import Ledger
    from bot.settings.settings import Settings

LATELY = timedelta(days=60)
SILENT = 5  # days without a sign of any run: longer than the longest weekend
STUCK = timedelta(hours=1)
LEFT = ("due dates", "orders", "books", "environment", "post", "page")


def look_at_books(settings: Settings, machine: Machine) -> Iterator[Finding]:
    """The ledger's file first; of what is in it nothing can be said while it is damaged."""
    condition = _ledger(settings)
    yield condition
    yield _brake(settings)
    if condition.state == "fail":
        yield from (unseen(check, "ledger") for check in LEFT)
        return
    now = _now(settings)
    if now is None:
        yield from (unseen(check, "accounts") for check in LEFT[:2])
    else:
        yield _due_dates(settings, now)
        with open_ledger(settings) as ledger:
            yield _orders(ledger, machine, now)
    with open_ledger(settings) as ledger:
        yield _compared(ledger)
        yield _environment(ledger, settings)
        yield _post(settings)
        yield _page(SqliteGate(ledger), settings)


def _ledger(settings: Settings) -> Finding:
    path = settings.ledger
    try:
        found = examine(path)
    except WrongUse:
        return ok("ledger", f"{path} does not exist yet; the first run makes it")
    except RebaloopError as problem:
        return fail("ledger", problem.message, problem.next_step)
    if found.trouble:
        newer = found.schema > found.known_schema
        return fail("ledger", f"{path}: {found.trouble}", "update rebaloop" if newer else "rebaloop restore FILE")
    older = "" if found.schema == found.known_schema else f" (the next run brings it to {found.known_schema})"
    return ok("ledger", f"{path} is whole: {found.facts} facts, schema {found.schema}{older}")


def _brake(settings: Settings) -> Finding:
    why = halt_of(settings).pulled() if settings.ledger.parent.exists() else ""
    if why:
        return warn("brake", f"halted, nothing is sent: {why}", "rebaloop resume")
    until, now = pause_of(settings).until(), _now(settings)
    if until is not None and (now is None or new_york_date(now) < until):
        when = "for ever: PAUSE cannot be read" if until == date.max else f"until {until}"
        return warn("brake", f"paused {when}", "rebaloop resume")
    return ok("brake", "not pulled")


def _due_dates(settings: Settings, now: datetime) -> Finding:
    today = new_york_date(now)
    with SqliteDueBook(settings.ledger) as book:
        begun, records = book.begun_on(), book.records(today - LATELY)
    if begun is None:
        return ok("due dates", "nothing has looked at them yet: start `rebaloop serve`, or the timer")
    overdue = [one for one in records if _is_overdue(one, now)]
    if overdue:
        one = overdue[0]
        name = f"{one.due.kind.value.replace('_', ' ')} {one.due.name}".strip()
        return fail("due dates", f"{name} of {one.due.on} was begun and is not over", "rebaloop run --due")
    last = max((new_york_date(one.moved_at) for one in records), default=begun)
    if (today - last).days > SILENT:
        return fail("due dates", f"nothing has looked at them since {last}", "systemctl status rebaloop")
    return ok("due dates", f"served up to {last}")


def _is_overdue(record: DueRecord, now: datetime) -> bool:
    if record.state is DueState.CLAIMED:
        return now - record.moved_at > STUCK
    return record.state is DueState.WAITING and record.again_at is not None and now - record.again_at > STUCK * 24 * 4


def _orders(ledger: Ledger, machine: Machine, now: datetime) -> Finding:
    orders = ledger.orders()
    lost = [one for one in orders if one.state in LOST and now >= barrier(one.intended_at, machine.calendar)]
    if lost:
        words = f"nobody knows what became of {len(lost)} orders, the first for {lost[0].intent.symbol}"
        return fail("orders", words, "rebaloop run")
    left = [one for one in orders if one.state is OrderState.HUMAN and now - one.intended_at < LATELY]
    if left:
        words = f"{len(left)} orders were left to you, the last for {left[-1].intent.symbol}"
        return warn("orders", f"{words}: look at them at your broker", "rebaloop history")
    return ok("orders", f"{len(orders)}, the fate of each is known")


def _compared(ledger: Ledger) -> Finding:
    last = next(iter(islice(ledger.latest(Reconciled), 1)), None)
    breaks = [] if last is None else [one for one in last.breaks if not _is_accepted(one.account, last.at, ledger)]
    if breaks:
        return fail("books", f"books and broker disagree: {breaks[0].message}", f"rebaloop accept {breaks[0].account}")
    return ok("books", "they agreed with the brokers when they were last compared" if last else "not compared yet")


def _is_accepted(account: str, since: datetime, ledger: Ledger) -> bool:
    return any(fact.account == account and fact.at >= since for fact in ledger.latest(AccountAccepted))


def _environment(ledger: Ledger, settings: Settings) -> Finding:
    """Plans of another mode that wait or are approved. Their guard stops them; their owner should know before."""
    open_verdicts = (None, Verdict.APPROVED)
    for proposal, approval in reversed(ledger.proposals()):
        verdict = approval.verdict if approval else None
        orders = ledger.orders(plan=proposal.fingerprint)
        unsent = not orders or any(not one.state.is_final for one in orders)
        if verdict in open_verdicts and unsent and proposal.environment is not settings.mode:
            words = (
                f"{proposal.plan_id} was drawn in {proposal.environment.value}, the settings say {settings.mode.value}"
            )
            return fail("environment", words, f"rebaloop reject {proposal.plan_id}")
    return ok("environment", f"{settings.mode.value}, in the settings and in the books")


def _post(settings: Settings) -> Finding:
    sentences = outbox_state(settings).sentences
    if sentences:
        return warn("post", " ".join(sentences), "rebaloop letters")
    return ok("post", "nothing waits in vain")


def _page(gate: SqliteGate, settings: Settings) -> Finding:
    people = owners(settings.household)
    needed = people if settings.approval.each_owner else people[:1] if settings.page else ()
    missing = [person for person in needed if gate.passphrase(person) is None]
    if missing:
        return fail(
            "page", f"{', '.join(missing)} cannot say yes without a passphrase", f"rebaloop passphrase {missing[0]}"
        )
    if settings.page is None:
        return ok("page", "none is asked for; no port is opened")
    return ok("page", f"{settings.page.url}; everybody who decides has a passphrase")


def _now(settings: Settings) -> datetime | None:
    """The household's time; None where a simulated broker that keeps it does not answer."""
    try:
        return time_of(settings).now()
    except RebaloopError:
        return None
