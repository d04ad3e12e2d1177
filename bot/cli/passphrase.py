"""`rebaloop passphrase`: what a person has to know to say yes where others could read the letter."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import options


@click.command()
@click.argument("person", required=False)
@options.settings
def passphrase(person: str | None, settings: Path | None) -> None:
    """Choose the passphrase of PERSON, an owner of one of the accounts; without a name that of the household's owner.

    It is asked for without being shown, or read from standard input as one line. Only a digest of it is kept. What too
    many wrong ones had locked is open again.
    """
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.cli.hidden import ask_passphrase  # noqa: PLC0415 - same
    from bot.domain.errors import WrongUse  # noqa: PLC0415 - same
    from bot.services.gate import owners  # noqa: PLC0415 - same
    from bot.services.passphrases import set_passphrase  # noqa: PLC0415 - same
    from bot.wiring import open_house, settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    chosen = settings_from(settings)
    people = owners(chosen.household)
    wanted = people[0] if person is None else person
    if wanted not in people:
        raise WrongUse(f"No account belongs to {wanted!r}. The owners are: {', '.join(people)}.")
    phrase = ask_passphrase(wanted, twice=True)
    with open_house(chosen) as house:
        assert house.gate is not None
        set_passphrase(person=wanted, phrase=phrase, clock=house.clock, ledger=house.ledger, gate=house.gate)
    click.echo(f"The passphrase of {wanted} is set.")
