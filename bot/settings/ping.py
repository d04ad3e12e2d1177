"""The words of the settings about pings: who is told that a run began, ended well or failed."""

from __future__ import annotations

from collections.abc import Callable

from adapters.files.models import Part
from adapters.files.tree import Keys
from bot.settings.reference import Reference
from bot.settings.secret import Secret


class PingPart(Part):
    """Where runs are told of; whoever knows the address can speak in our name, so it is kept like a key."""

    url: Reference


def ping_of(part: PingPart | None, secret: Callable[[Keys, tuple[str, str]], Secret]) -> Secret | None:
    """The address as a secret; None where nobody is told."""
    return None if part is None else secret(("ping", "url"), part.url)
