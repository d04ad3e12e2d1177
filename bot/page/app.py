"""The page as one application: its rooms behind their addresses, and the doorway before all of them."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.domain.errors import RebaloopError, TryLater
from bot.page.doorway import Doorway
from bot.page.home import Home
from bot.page.pace import Pace, Turnstile
from bot.page.paper import ICON, REFUSALS, refused
from bot.page.plans import Plans
from bot.page.rooms import Rooms
from bot.page.visits import Visits
from bot.ports import Clock

_log = structlog.get_logger()


def create_app(
    rooms: Rooms,
    *,
    origins: Sequence[str],
    stopwatch: Clock,
    pace: Pace | None = None,
    behind_proxy: bool = False,
) -> ASGIApp:
    """The whole page. `origins` are the addresses under which it is known, `stopwatch` measures visits and pace.

    GET and HEAD change nothing anywhere; a form changes something only when it was sent from the page that showed it.
    """
    visits = Visits(stopwatch)
    plans, home = Plans(rooms, visits), Home(rooms, visits)
    rooms_of_the_house = Starlette(
        routes=[
            Route("/", home.show),
            Route("/login", home.enter, methods=["POST"]),
            Route("/leave", home.leave, methods=["POST"]),
            Route("/history", home.history),
            Route("/stop", home.stop, methods=["GET", "POST"]),
            Route("/a/{token}", plans.show),
            Route("/a/{token}/yes", plans.approve, methods=["POST"]),
            Route("/a/{token}/no", plans.reject, methods=["POST"]),
            Route("/a/{token}/done", plans.done, methods=["POST"]),
            Route("/a/{token}/stop", plans.stop, methods=["POST"]),
            Route("/icon.svg", _icon),
            Route("/healthz", _alive),
        ],
        exception_handlers={HTTPException: _missing, RebaloopError: _trouble},
    )
    rooms_of_the_house.router.redirect_slashes = False
    turnstile = Turnstile(pace or Pace(), stopwatch)
    return Doorway(rooms_of_the_house, origins=origins, turnstile=turnstile, behind_proxy=behind_proxy)


def _icon(_: Request) -> Response:
    return Response(ICON, media_type="image/svg+xml")


def _alive(_: Request) -> Response:
    return PlainTextResponse("ok\n")


def _missing(_: Request, problem: Exception) -> Response:
    status = problem.status_code if isinstance(problem, HTTPException) else 500
    return refused(status if status in REFUSALS else 400)


def _trouble(_: Request, problem: Exception) -> Response:
    """What stops a command as well; what exactly is for its owner's log, not for whoever looks at the page."""
    _log.warning("page.trouble", kind=type(problem).__name__, why=getattr(problem, "message", ""))
    return refused(503 if isinstance(problem, TryLater) else 500)
