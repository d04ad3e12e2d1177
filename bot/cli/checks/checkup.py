"""Everything that the doctor looks at, in order."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from adapters.calendar import ExchangeCalendar
from adapters.clock import SystemClock
from adapters.machine import exposure, free_megabytes
from bot.cli.checks.books import look_at_books
from bot.cli.checks.files import look_at_files
from bot.cli.checks.finding import Finding, Machine, State, fail, ok
from bot.cli.checks.post import look_at_the_post
from bot.cli.checks.world import look_at_the_calendar, look_at_the_unit, look_at_the_world
from bot.domain.errors import FixTheFile
from bot.services.terms import new_york_date
from bot.settings.settings import Settings
from bot.wiring import settings_from

FIRST = ("settings", "secrets", "ledger")  # no house can be opened without them


def this_machine() -> Machine:
    """The machine that we run on."""
    return Machine(calendar=ExchangeCalendar(), free_megabytes=free_megabytes, exposure=exposure)


def check_up(
    explicit: Path | None, machine: Machine, *, mail: bool, environ: Mapping[str, str] = os.environ
) -> Sequence[Finding]:
    """One finding for each line; without sound settings only what needs none. `mail` sends a test letter."""
    try:
        settings = settings_from(explicit, environ)
    except FixTheFile as problem:
        return (fail("settings", problem.message, "rebaloop config check"), *_alone(machine))
    count = f"{len(settings.household.accounts)} accounts"
    found = [
        ok("settings", f"{settings.file}: {count}, mode {settings.mode.value}"),
        *_of(settings, machine, mail=mail),
    ]
    return (*found, *_alone(machine))


def _of(settings: Settings, machine: Machine, *, mail: bool) -> list[Finding]:
    found = [*look_at_files(settings, machine), *look_at_books(settings, machine)]
    blocked = next((one.check for one in found if one.check in FIRST and one.state is State.FAIL), "")
    return [*found, *look_at_the_post(settings, send=mail), *look_at_the_world(settings, blocked)]


def _alone(machine: Machine) -> tuple[Finding, ...]:
    today = new_york_date(SystemClock().now())
    return (look_at_the_calendar(machine, today), look_at_the_unit(machine))
