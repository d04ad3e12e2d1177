"""The household for those who live in it: behind a passphrase, since it shows every amount."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from bot.domain.approval import Approval
from bot.domain.errors import NotAllowed, WrongUse
from bot.domain.facts import SnapshotTaken
from bot.domain.money import Usd
from bot.domain.orders import OrderRecord
from bot.domain.plan import Proposal
from bot.letters.sheet import plan_sheet
from bot.letters.words import clean, count, fate, mode, moment
from bot.page.asking import HOUSE, Asking
from bot.page.figures import since, whole
from bot.page.plans import BY, STALE
from bot.page.portrait import Portrait, portrait
from bot.page.rooms import Room, Rooms
from bot.page.visits import Visits
from bot.services.gate import reject_all
from bot.services.passphrases import identify
from bot.services.terms import new_york_date

OTHER_HOUSEHOLD = "The settings describe other accounts or funds than the last look found: run rebaloop run."


@dataclass(frozen=True, slots=True)
class Home:
    """The household page, its history and the way out; all of it after a passphrase, and for half an hour."""

    rooms: Rooms
    visits: Visits

    def show(self, request: Request) -> Response:
        """One pie, the plan that waits, the days to come, and whether all is well."""
        asking = self._asking(request)
        with self.rooms.open() as room:
            if not self._inside(asking):
                return _login(asking, room)
            return _household(asking, room)

    def history(self, request: Request) -> Response:
        """Every plan, the newest first."""
        asking = self._asking(request)
        with self.rooms.open() as room:
            if not self._inside(asking):
                return _login(asking, room)
            rows = history(room)
            deferred = Usd.total(row.deferred_cents for row in rows if row.counts)
            return asking.page("history", forms=("leave",), frame=_frame(room), rows=rows, deferred=whole(deferred))

    def enter(self, request: Request) -> Response:
        """A passphrase opens the house."""
        asking = self._asking(request)
        person = asking.fields.get("person", "")
        with self.rooms.open() as room:
            if not asking.is_ours:
                return _login(asking, room, alert=STALE, status=403)
            if person not in room.people:
                return _login(asking, room, alert="Nobody of that name owns an account here.", status=403)
            said = asking.fields.get("passphrase", "")
            try:
                identify(person=person, passphrase=said, by=BY, clock=room.clock, ledger=room.ledger, gate=room.gate)
            except WrongUse as problem:
                return _login(asking, room, alert=problem.message, status=403)
        answer = asking.again()
        asking.hand_out(answer, self.visits.let_in(person))
        return answer

    def leave(self, request: Request) -> Response:
        """The visit is over; whoever looks next has to know the passphrase."""
        asking = self._asking(request)
        answer = asking.again()
        if asking.is_ours:
            self.visits.leave(asking.cookie)
            asking.take_back(answer)
        return answer

    def stop(self, request: Request) -> Response:
        """Ask, and then reject everything and halt."""
        asking = self._asking(request)
        person = self.visits.person(asking.cookie)
        with self.rooms.open() as room:
            if not person:
                return _login(asking, room)
            if request.method != "POST":
                return asking.page("stop", forms=("stop", "leave"), frame=_frame(room), alert="")
            if not asking.is_ours:
                return asking.page("stop", 403, forms=("stop", "leave"), frame=_frame(room), alert=STALE)
            reject_all(by=f"{BY}:{person}", clock=room.clock, ledger=room.ledger, brake=room.brake)
        return asking.again()

    def _asking(self, request: Request) -> Asking:
        return Asking(request, self.visits, HOUSE, "/")

    def _inside(self, asking: Asking) -> bool:
        return bool(self.visits.person(asking.cookie))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One plan of the history; `counts`: it was carried out, at least in part, so that its tax was deferred."""

    plan_id: str
    on: str
    mode: str
    verdict: str
    why: str
    orders: str
    deferred: str
    deferred_cents: Usd
    counts: bool
    fates: tuple[str, ...]


def history(room: Room) -> tuple[PlanRow, ...]:
    """Every plan with what was said of it and what became of its orders, the newest first."""
    orders: dict[str, list[OrderRecord]] = {}
    for order in room.ledger.orders():
        orders.setdefault(order.intent.plan, []).append(order)
    found = [_row(one, verdict, orders.get(one.fingerprint, [])) for one, verdict in room.ledger.proposals()]
    return tuple(reversed(found))


def _row(proposal: Proposal, approval: Approval | None, orders: list[OrderRecord]) -> PlanRow:
    return PlanRow(
        plan_id=proposal.plan_id,
        on=proposal.plan.as_of_on.isoformat(),
        mode=mode(proposal.environment),
        verdict=approval.verdict.value if approval else "waiting",
        why=clean(approval.why) if approval else "",
        orders=count(len(proposal.plan.lines), "order"),
        deferred=whole(proposal.plan.tax_deferred),
        deferred_cents=proposal.plan.tax_deferred,
        counts=any(order.filled for order in orders),
        fates=tuple(fate(order) for order in orders),
    )


def _login(asking: Asking, room: Room, *, alert: str = "", status: int = 200) -> Response:
    ready = any(room.gate.passphrase(person) is not None for person in room.people)
    return asking.page("login", status, forms=("login",), people=room.people, ready=ready, alert=alert)


def _frame(room: Room) -> dict[str, str]:
    """What stands on every page of the house."""
    return {
        "household": clean(room.household.id),
        "mode": mode(room.environment),
        "halted": clean(room.brake.pulled()),
    }


def _household(asking: Asking, room: Room) -> Response:
    now = room.clock.now()
    picture, trouble = _portrait(room)
    waiting = [one for one, verdict in room.ledger.proposals() if verdict is None and one.expires_at > now]
    looked_at = picture.taken_at if picture else None
    return asking.page(
        "household",
        forms=("leave",),
        frame=_frame(room),
        picture=picture,
        trouble=trouble,
        looked=f"{moment(looked_at)}, {since(looked_at, now)}" if looked_at else "",
        plans=[plan_sheet(one, room.household) for one in waiting],
        recent=history(room)[:3],
        dates=[(f"{on:%a %Y-%m-%d}", clean(what)) for on, what in _dates(room, waiting)],
        health=_health(room, picture),
    )


def _portrait(room: Room) -> tuple[Portrait | None, str]:
    """The household at the last look, and why it cannot be shown where it cannot."""
    taken = next(iter(room.ledger.latest(SnapshotTaken)), None)
    if taken is None:
        return None, "Nobody has looked at the accounts yet: run rebaloop run."
    try:
        return portrait(room.household, room.policy, taken.snapshot), ""
    except (KeyError, ValueError):
        return None, OTHER_HOUSEHOLD
    except NotAllowed as problem:
        return None, clean(problem.message)


def _dates(room: Room, waiting: list[Proposal]) -> list[tuple[date, str]]:
    expiring = [(new_york_date(one.expires_at), f"{one.plan_id} expires") for one in waiting]
    return sorted([*room.dates(), *expiring])


def _health(room: Room, picture: Portrait | None) -> list[tuple[str, str, str]]:
    """What is looked after, whether it is well, and a sentence: (name, `well` or `ill`, sentence)."""
    rows = [
        ("Brake", "ill", f"Pulled: {clean(why)}. Nothing is sent until somebody types rebaloop resume.")
        if (why := room.brake.pulled())
        else ("Brake", "well", "Not pulled.")
    ]
    remarks = picture.remarks if picture else ()
    logins = [one for one in remarks if one.code == "login_ends"]
    rows += [("Login", "ill", clean(one.message)) for one in logins] or [("Logins", "well", "None ends soon.")]
    others = [one for one in remarks if one.code != "login_ends"]
    rows += [(clean(one.account) or "Household", "ill", clean(one.message)) for one in others] or [
        ("Accounts", "well", "All were read, and nothing wants mending.")
    ]
    rows += [("Letters", "ill", clean(line)) for line in room.letters()] or [("Letters", "well", "None is stuck.")]
    return rows
