"""Another process at the post: `python -m tests.adapters.mail.at_work VERB LEDGER PORT [BYTES]`."""

from __future__ import annotations

import resource
import sys
from datetime import timedelta
from itertools import count
from pathlib import Path

from adapters.clock import SystemClock
from adapters.mail.postbox import MailPostbox
from adapters.mail.server import MailServer, Security
from adapters.store.outbox import Outbox
from bot.domain.errors import RebaloopError
from bot.domain.letter import Letter
from tests.adapters.store.at_work import heard, say


class Witness(Outbox):
    """Stops between the server's word that it has the letter, and the note of it in the books."""

    def tried(self, *_: object, **__: object) -> None:
        say("taken")
        heard()


def postbox(outbox: Outbox, port: str) -> MailPostbox:
    """Plain mail to a server on this machine."""
    server = MailServer(
        sender="bot@home.example",
        recipients=("ann@home.example",),
        host="127.0.0.1",
        port=int(port),
        security=Security.NONE,
        patience=timedelta(seconds=10),
    )
    return MailPostbox(outbox, server, SystemClock())


def deliver(path: Path, port: str, _: str) -> None:
    """One round, begun on a word."""
    with Outbox(path) as outbox:
        say("ready")
        heard()
        postbox(outbox, port).deliver()
        say("done")


def die(path: Path, port: str, _: str) -> None:
    """A round that stands still once its first letter was taken."""
    with Witness(path) as outbox:
        postbox(outbox, port).deliver()


def write(path: Path, port: str, largest_file: str) -> None:
    """Write letters for ever, each said once it is kept; stop with our own error where the disk is full."""
    with Outbox(path) as outbox:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest_file), int(largest_file)))
        for number in count(1):
            try:
                postbox(outbox, port).send(Letter(subject=f"letter {number}", text="x" * 2000))
            except RebaloopError as problem:
                say(f"{type(problem).__name__}: {problem}")
                return
            say(f"letter {number}")


VERBS = {verb.__name__: verb for verb in (deliver, die, write)}

if __name__ == "__main__":
    VERBS[sys.argv[1]](Path(sys.argv[2]), sys.argv[3], sys.argv[4])
