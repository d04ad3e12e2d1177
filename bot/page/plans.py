"""The plan behind a link: it is shown to whoever holds the link, and goes ahead by a passphrase alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from bot.domain.approval import Verdict
from bot.domain.errors import NoSuchPlan, WrongUse
from bot.domain.gate import Ticket, TicketState
from bot.domain.plan import Environment
from bot.letters.sheet import plan_sheet
from bot.letters.words import clean, fate, moment
from bot.page.asking import LETTER, Asking
from bot.page.paper import refused
from bot.page.rooms import Room, Rooms
from bot.page.visits import Visits
from bot.services.approve import tick
from bot.services.gate import behind, halt_all, say_no, say_yes
from bot.services.passphrases import identify
from bot.services.preconditions import ticked_legs

BY = "page"
STALE = (
    "This page had lain open for too long, or was opened again elsewhere. Nothing was changed: please send it again."
)
UNDECIDED = (TicketState.WAITING, TicketState.CONSENTED, TicketState.LOCKED)
LONGEST_TOKEN = 100


@dataclass(frozen=True, slots=True)
class Plans:
    """Everything below `/a/{token}`.

    Whatever moves a plan forward, a yes or a tick, wants the passphrase; whatever stops it, a no or a halt, wants none.
    """

    rooms: Rooms
    visits: Visits

    def show(self, request: Request) -> Response:
        """The plan, and what may be done with it."""
        token = token_of(request)
        with self.rooms.open() as room:
            try:
                ticket = behind(token, room.clock, room.ledger, room.gate)
            except NoSuchPlan:
                return refused(404)
            return _page(self._asking(request, token), room, ticket)

    def approve(self, request: Request) -> Response:
        """Yes."""

        def yes(room: Room, token: str, fields: dict[str, str]) -> None:
            said = fields.get("passphrase", "")
            say_yes(token=token, passphrase=said, by=BY, clock=room.clock, ledger=room.ledger, gate=room.gate)

        return self._answer(request, yes)

    def reject(self, request: Request) -> Response:
        """No."""

        def no(room: Room, token: str, fields: dict[str, str]) -> None:  # noqa: ARG001 - a no needs nothing more
            say_no(token=token, by=BY, clock=room.clock, ledger=room.ledger, gate=room.gate)

        return self._answer(request, no)

    def stop(self, request: Request) -> Response:
        """No to everything, and nothing is sent any more."""

        def halt(room: Room, token: str, fields: dict[str, str]) -> None:  # noqa: ARG001 - same
            halt_all(token=token, by=BY, clock=room.clock, ledger=room.ledger, gate=room.gate, brake=room.brake)

        return self._answer(request, halt)

    def done(self, request: Request) -> Response:
        """Somebody's hands have carried out these lines."""
        return self._answer(request, _tick_off)

    def _answer(self, request: Request, act: Callable[[Room, str, dict[str, str]], None]) -> Response:
        token = token_of(request)
        asking = self._asking(request, token)
        with self.rooms.open() as room:
            try:
                ticket = behind(token, room.clock, room.ledger, room.gate)
                if not asking.is_ours:
                    return _page(asking, room, ticket, alert=STALE, status=403)
                act(room, token, asking.fields)
            except NoSuchPlan:
                return refused(404)
            except WrongUse as problem:
                ticket = behind(token, room.clock, room.ledger, room.gate)
                again = {TicketState.WAITING} if act is not _tick_off else {TicketState.APPROVED}
                status = 429 if ticket.state is TicketState.LOCKED else 403 if ticket.state in again else 409
                return _page(asking, room, ticket, alert=problem.message, status=status)
        return asking.again()

    def _asking(self, request: Request, token: str) -> Asking:
        return Asking(request, self.visits, LETTER, f"/a/{token}")


def token_of(request: Request) -> str:
    """The token in the path; empty for what is too long to be one."""
    token = str(request.path_params["token"])
    return token if len(token) <= LONGEST_TOKEN else ""


def _tick_off(room: Room, token: str, fields: dict[str, str]) -> None:
    ticket = behind(token, room.clock, room.ledger, room.gate)
    if ticket.state is not TicketState.APPROVED:
        raise WrongUse("Orders are ticked off once the plan is approved. Nothing was changed.")
    lines = [line.number for line in ticket.proposal.plan.lines if fields.get(f"leg{line.number}") == "on"]
    if not lines:
        raise WrongUse("No order was ticked. Nothing was changed.")
    said = fields.get("passphrase", "")
    identify(person=ticket.person, passphrase=said, by=BY, clock=room.clock, ledger=room.ledger, gate=room.gate)
    for line in lines:
        tick(plan_id=ticket.proposal.plan_id, line=line, clock=room.clock, ledger=room.ledger)


def _page(asking: Asking, room: Room, ticket: Ticket, *, alert: str = "", status: int = 200) -> Response:
    proposal, undecided = ticket.proposal, ticket.state in UNDECIDED
    ticked = ticked_legs(proposal, room.ledger)
    shown = plan_sheet(proposal, room.household, ticked=ticked if ticket.state is TicketState.APPROVED else ())
    asks = ticket.state is TicketState.WAITING and proposal.environment is not Environment.DRY_RUN
    may_tick = ticket.state is TicketState.APPROVED and bool(shown.by_hand)
    forms = [name for name, shows in (("yes", asks), ("no", undecided), ("done", may_tick)) if shows]
    if room.clock.now() < proposal.expires_at:
        forms.append("stop")
    return asking.page(
        "plan",
        status,
        forms=tuple(forms),
        title=shown.title if undecided else f"Plan {ticket.state.value}",
        sheet=shown,
        state=ticket.state.value,
        why=clean(ticket.why),
        person=clean(ticket.person),
        said_yes=[clean(one) for one in ticket.said_yes],
        missing=[clean(one) for one in ticket.missing if one != ticket.person],
        has_passphrase=room.gate.passphrase(ticket.person) is not None,
        until=moment(ticket.until) if ticket.until else "",
        halted=clean(room.brake.pulled()),
        fates=[fate(order) for order in room.ledger.orders(plan=proposal.fingerprint)],
        approved=ticket.state.value == Verdict.APPROVED.value,
        alert=alert,
    )
