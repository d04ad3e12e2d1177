"""Whether what should be told outside can be told: by mail, and to whoever watches over the timers."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.ping import allowed
from bot.cli.checks.finding import Finding, fail, ok, warn
from bot.domain.errors import FixTheFile, RebaloopError
from bot.domain.letter import Letter
from bot.settings.settings import Settings
from bot.wiring import open_mail


def look_at_the_post(settings: Settings, *, send: bool) -> Iterator[Finding]:
    """Mail, with a test letter where `send` says so, and the address of pings."""
    yield _mail(settings, send=send)
    yield _ping(settings)


def _mail(settings: Settings, *, send: bool) -> Finding:
    if settings.mail is None:
        return ok("mail", f"not asked for; letters are files in {settings.letters}")
    if not send:
        return ok("mail", f"through {settings.mail.host}; `rebaloop doctor --mail` sends a test letter")
    words = f"This is a test of the mail of the household {settings.household.id}. Nothing is to be done.\n"
    letter = Letter(subject=f"[rebaloop {settings.mode.value.replace('_', ' ')}] A test letter", text=words)
    try:
        with open_mail(settings) as postbox:
            answers = postbox.try_out(letter)
    except RebaloopError as problem:
        return fail("mail", problem.message, problem.next_step or "rebaloop letters --send-test")
    return ok("mail", f"{settings.mail.host} took {len(answers)} test letters: see whether they arrived")


def _ping(settings: Settings) -> Finding:
    if settings.ping is None:
        return ok("ping", "nobody is told of runs")
    try:
        parts = allowed(settings.ping.reveal())
    except FixTheFile:
        return ok("ping", "its address is among the secrets that cannot be read")
    if parts is None:
        return warn("ping", "its address is neither https nor on this machine: nobody is told of runs", "see `ping:`")
    return ok("ping", f"{parts.hostname} is told of every run")
