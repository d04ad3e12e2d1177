"""`rebaloop letters`: what was written to the household, what became of it, and whether the mail server takes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import options

if TYPE_CHECKING:
    from adapters.mail.postbox import MailPostbox
    from bot.domain.post import Posted
    from bot.settings.settings import Settings

NEWEST = 20  # letters that are listed


@click.command()
@options.settings
@click.option("--send-test", is_flag=True, help="Send a test letter now, and say what the server answers.")
@click.option("--deliver", is_flag=True, help="Try all that waits now, however short ago it was tried.")
@click.option("--read", "number", type=int, metavar="NUMBER", help="Show one letter that was not sent.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per letter and line.")
def letters(settings: Path | None, *, send_test: bool, deliver: bool, number: int | None, as_json: bool) -> int:
    """List the letters that were written, and what became of each. Exit code 1 when some wait in vain or are lost."""
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.wiring import open_mail, settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    found = settings_from(settings)
    if found.mail is None and not (send_test or deliver):
        return _folder(found, number, as_json=as_json)
    if found.mail is None and not send_test:
        click.echo(f"Letters are files in {found.letters}: nothing waits to be delivered.")
        return 0
    with open_mail(found) as postbox:
        if number is not None:
            return _read(postbox, number)
        if send_test:
            return _send_test(postbox, found)
        if deliver:
            postbox.deliver(at_once=True)
        posted = postbox.posted()
        state = postbox.outbox_state()
    for one in posted if as_json else ():
        click.echo(json.dumps(_tree(one)))
    if not as_json:
        _show(posted)
    return 1 if state.sentences else 0


def _send_test(postbox: MailPostbox, settings: Settings) -> int:
    from bot.domain.letter import Letter  # noqa: PLC0415 - keeps --help fast

    words = f"This is a test of the mail of the household {settings.household.id}. Nothing is to be done.\n"
    letter = Letter(subject=f"[rebaloop {settings.mode.value.replace('_', ' ')}] A test letter", text=words)
    for answer in postbox.try_out(letter):
        click.echo(f"taken: {answer}")
    click.echo("Now look whether it has arrived, and not among the spam.")
    return 0


def _show(posted: tuple[Posted, ...]) -> None:
    """A table of the newest; what was sent is shown last and least."""
    from rich.table import Table  # noqa: PLC0415 - tables are for people

    from bot.cli.view import NEW_YORK, console  # noqa: PLC0415 - same

    out = console()
    if not posted:
        out.print("No letter was written yet.")
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("No", "Written", "State", "Tries", "Letter"):
        table.add_column(name, no_wrap=name != "Letter")
    for one in posted[-NEWEST:]:
        words = f"{one.subject}\n  to {one.recipient}" + (f": {one.answer}" if one.answer else "")
        at = f"{one.written_at.astimezone(NEW_YORK):%Y-%m-%d %H:%M}"
        table.add_row(str(one.number), at, one.fate.value, str(one.attempts), words)
    out.print(table)
    if len(posted) > NEWEST:
        out.print(f"{len(posted) - NEWEST} older ones are not shown; --json has them all.")


def _tree(one: Posted) -> dict[str, str | int]:
    return {
        "number": one.number,
        "subject": one.subject,
        "recipient": one.recipient,
        "written_at": one.written_at.isoformat(),
        "state": one.fate.value,
        "moved_at": one.moved_at.isoformat(),
        "attempts": one.attempts,
        "answer": one.answer,
    }


def _read(postbox: MailPostbox, number: int) -> int:
    from bot.domain.errors import WrongUse  # noqa: PLC0415 - keeps --help fast

    try:
        content = postbox.content(number)
    except KeyError:
        message = f"There is no letter {number} here; what was sent is in your mailbox alone."
        raise WrongUse(message, next_step="rebaloop letters") from None
    _show_content(content)
    return 0


def _show_content(content: bytes) -> None:
    """The words of a message, without anything that could upset a terminal."""
    from email import message_from_bytes  # noqa: PLC0415 - only who reads a letter needs it
    from email.policy import default  # noqa: PLC0415 - same

    message = message_from_bytes(content, policy=default)
    body = message.get_body(("plain",))
    text = f"{message['Subject']}\n\n{body.get_content() if body else ''}"
    click.echo("".join(sign if sign.isprintable() or sign == "\n" else "" for sign in text).rstrip())


def _folder(settings: Settings, number: int | None, *, as_json: bool) -> int:
    """The same of a folder, where every letter has arrived; its number is its place in time."""
    from bot.domain.errors import WrongUse  # noqa: PLC0415 - keeps --help fast

    files = sorted(settings.letters.glob("*.eml"))
    if number is not None:
        if not 0 < number <= len(files):
            raise WrongUse(f"There is no letter {number}.", next_step="rebaloop letters")
        _show_content(files[number - 1].read_bytes())
        return 0
    for at, file in enumerate(files, 1):
        click.echo(json.dumps({"number": at, "file": file.name}) if as_json else f"{at:>4}  {_subject(file)}")
    if not as_json:
        click.echo(f"{len(files)} letters in {settings.letters}")
    return 0


def _subject(file: Path) -> str:
    from email import message_from_bytes  # noqa: PLC0415 - only a folder's list needs it
    from email.policy import default  # noqa: PLC0415 - same

    found = str(message_from_bytes(file.read_bytes(), policy=default)["Subject"])
    return f"{file.stem}  {''.join(sign for sign in found if sign.isprintable())}"
