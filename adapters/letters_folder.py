"""A postbox that is a folder: every letter becomes a file that a mail program can open."""

from __future__ import annotations

import os
from datetime import UTC
from email.policy import SMTP
from itertools import count
from pathlib import Path

from adapters.mail.message import message_of
from bot.domain.errors import TryLater
from bot.domain.letter import Letter
from bot.domain.post import OutboxState
from bot.ports import Clock


class LettersFolder:
    """A `bot.ports.Postbox` that writes `20260302T143000Z-001.eml` and so on into a folder of its own (0700, 0600)."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def send(self, letter: Letter) -> None:
        """Write one letter: whole and on the disk when this returns; TryLater otherwise, and never half a letter."""
        at = self._clock.now().astimezone(UTC)
        content = message_of(letter, at).as_bytes(policy=SMTP)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._post(f"{at:%Y%m%dT%H%M%SZ}", content)
        except OSError as problem:
            raise TryLater(f"The letter could not be written to {self._folder}: {problem.strerror}.") from problem

    def deliver(self) -> None:
        """A letter in the folder has arrived."""

    def outbox_state(self) -> OutboxState:
        """Nothing ever waits in a folder."""
        return OutboxState()

    def _post(self, stem: str, content: bytes) -> None:
        """Take the first free number: whoever made the draft of a name is the only one who may give it away."""
        for number in count(1):
            draft = self._folder / f".{stem}-{number:03}.draft"
            final = self._folder / f"{stem}-{number:03}.eml"
            try:
                handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            if final.exists():
                os.close(handle)
                draft.unlink()
                continue
            _deliver(handle, content, draft, final)
            return


def _deliver(handle: int, content: bytes, draft: Path, final: Path) -> None:
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(final)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _make_durable(final.parent)


def _make_durable(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
