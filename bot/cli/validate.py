"""`rebaloop validate`: the loop on paper, a cycle a session, and a report of what each plan came to."""

from __future__ import annotations

import json
from datetime import datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from bot.cli import options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.services.validation import Trial
    from bot.settings.settings import Settings

SESSIONS_A_MONTH = 21


@click.command()
@click.option("--simulator", is_flag=True, help="On simulated brokers and a made-up household, all cycles at once.")
@click.option("--cycles", type=click.IntRange(1, 250), default=10, show_default=True, help="With --simulator.")
@click.option("--seed", type=int, default=1, show_default=True, help="With --simulator: the real months behind it.")
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False), help="With --simulator: keep the files here.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@options.settings
def validate(
    settings: Path | None, cycles: int, seed: int, keep: Path | None, *, simulator: bool, as_json: bool
) -> int:
    """Trade between two near targets on your paper accounts, and hold each plan against what the broker then has.

    One cycle a session: start it once a day. Its plans need no further yes, and `rebaloop arm` counts the clean ones.
    Without paper accounts in the settings, or with --simulator, it runs on simulated brokers; those count for nothing.
    """
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.domain.errors import WrongUse  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    chosen = None if simulator else _paper(settings)
    if chosen is not None:
        return _on_paper(chosen, as_json=as_json)
    if keep and keep.exists() and any(keep.iterdir()):
        raise WrongUse(f"{keep} is not empty. Nothing was written.", next_step="rebaloop validate --keep NEW_FOLDER")
    with TemporaryDirectory(prefix="rebaloop-validate-") as scratch:
        trials = tuple(_simulated(keep or Path(scratch), cycles, seed))
    clean = len({one.on for one in trials if one.is_clean})
    return _report(trials, clean, cycles, "simulated brokers", as_json=as_json)


def _paper(explicit: Path | None) -> Settings | None:
    """The household's settings where it is one of paper accounts; None where there are no settings or it is not."""
    from bot.domain.errors import FixTheFile  # noqa: PLC0415 - keeps --help fast
    from bot.domain.plan import Environment  # noqa: PLC0415 - same
    from bot.wiring import settings_from  # noqa: PLC0415 - same

    try:
        found = settings_from(explicit)
    except FixTheFile:
        if explicit is not None:
            raise
        return None
    return found if found.mode is Environment.PAPER or explicit is not None else None


def _on_paper(settings: Settings, *, as_json: bool) -> int:
    from bot.services.arming import CYCLES, clean_cycles  # noqa: PLC0415 - keeps --help fast
    from bot.services.validation import one_cycle  # noqa: PLC0415 - same
    from bot.wiring import open_house  # noqa: PLC0415 - same

    with open_house(settings, writing=True) as house:
        trial = one_cycle(house)
        house.postbox.deliver()
        clean = len(clean_cycles(house.ledger))
    return _report((trial,), clean, CYCLES, "paper accounts", as_json=as_json)


def _simulated(folder: Path, cycles: int, seed: int) -> Iterator[Trial]:
    """So many cycles, one on each session, on the demo's household."""
    from bot.cli.theatre import CALENDAR, NEW_YORK, OPENING, build  # noqa: PLC0415 - keeps --help fast
    from bot.services.validation import one_cycle  # noqa: PLC0415 - same
    from bot.wiring import open_house, settings_from  # noqa: PLC0415 - same

    theatre = build(folder, seed=seed, days=2 * (cycles // SESSIONS_A_MONTH + 1))
    with theatre.broker:
        settings = settings_from(theatre.furnish(), {})
        on = OPENING
        for _ in range(cycles):
            theatre.broker.advance_to(datetime.combine(on, time(9, 45), NEW_YORK))
            theatre.log_in()
            with open_house(settings, writing=True) as house:
                yield one_cycle(house)
            on = CALENDAR.next_session(on).on


def _report(trials: Sequence[Trial], clean: int, wanted: int, where: str, *, as_json: bool) -> int:
    """Show it; 1 where a cycle was not as it should be."""
    from bot.cli.validate_view import show, summary  # noqa: PLC0415 - tables are for people

    if as_json:
        click.echo(json.dumps(summary(trials, clean, wanted, where)))
    else:
        show(trials, clean, wanted, where)
    return 0 if all(one.is_clean and not one.differences for one in trials) else 1
