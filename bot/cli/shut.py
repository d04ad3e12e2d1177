"""A house that cannot even be opened: its owner hears of it by letter, as of a run that failed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from bot.domain.errors import FixTheFile, LogIn, NotAllowed

if TYPE_CHECKING:
    from bot.settings.settings import Settings


@contextmanager
def telling_if_shut(settings: Settings) -> Iterator[None]:
    """Around the opening alone: what only a person can mend is told once a day, and raised again."""
    try:
        yield
    except (FixTheFile, LogIn, NotAllowed) as problem:
        from bot.letters.alarms import trouble_letter  # noqa: PLC0415 - keeps --help fast
        from bot.services.trouble import tell_once_a_day  # noqa: PLC0415 - same
        from bot.wiring import open_post  # noqa: PLC0415 - same

        with suppress(Exception), open_post(settings) as post:  # the first error is the one that counts
            tell_once_a_day(trouble_letter(problem, settings.mode), **post)
            post["postbox"].deliver()
        raise
