"""`rebaloop healthcheck`: 0 or 1 in an instant, without asking anybody."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.settings.settings import Settings


@click.command()
@click.option("--days", type=click.IntRange(1, 366), default=5, show_default=True, help="How old the last run may be.")
@options.settings
def healthcheck(days: int, settings: Path | None) -> int:
    """Exit code 0 when the books can be read, something has run lately and nothing is on fire; 1 otherwise.

    Nobody is asked over the network, and the ledger is not looked through: `rebaloop doctor` does both.
    """
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.domain.errors import RebaloopError  # noqa: PLC0415 - same
    from bot.wiring import settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    try:
        trouble = tuple(_trouble(settings_from(settings), timedelta(days=days)))
    except RebaloopError as problem:
        trouble = (problem.message,)
    for sentence in trouble:
        click.echo(sentence)
    if not trouble:
        click.echo("ok")
    return 1 if trouble else 0


def _trouble(settings: Settings, oldest: timedelta) -> Iterator[str]:
    """What is wrong, in sentences."""
    from adapters.clock import SystemClock  # noqa: PLC0415 - same
    from adapters.store.pulse import pulse_of  # noqa: PLC0415 - keeps --help fast
    from bot.plugs import halt_of, is_simulated  # noqa: PLC0415 - same

    pulse = pulse_of(settings.ledger)
    now = SystemClock().now()
    # A simulated broker keeps its own time, and asking for it would be a question over the network.
    if not is_simulated(settings) and (pulse.last_at is None or now - pulse.last_at > oldest):
        when = f"since {pulse.last_at:%Y-%m-%d %H:%M} UTC" if pulse.last_at else "yet"
        yield f"Nothing has run {when}."
    if pulse.lost_orders and not is_simulated(settings) and now - pulse.lost_since > timedelta(days=1):
        yield f"Nobody knows what became of {pulse.lost_orders} orders."
    if pulse.letters_lost:
        yield f"{pulse.letters_lost} letters never arrived."
    why = halt_of(settings).pulled()
    if why:
        yield f"Halted: {why}"
