"""A pause from trading as a file beside the ledger, and the brake that counts it while it lasts."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.domain.errors import TryLater
from bot.ports import Brake, Clock, Pause

NAME = "PAUSE"
LONGEST = 2000  # bytes that are read
FOR_EVER = date.max
NEW_YORK = ZoneInfo("America/New_York")


class PauseFile:
    """A `bot.ports.Pause`: its first line is the day on which it ends, the rest is why."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def until(self) -> date | None:
        """The day on which it ends. A file that cannot be read, or does not begin with a day, pauses for ever."""
        try:
            with self._path.open("rb") as file:
                words = file.read(LONGEST).decode("utf-8", errors="replace").split()
        except FileNotFoundError:
            return None
        except OSError:
            return FOR_EVER
        try:
            return date.fromisoformat(words[0]) if words else FOR_EVER
        except ValueError:
            return FOR_EVER

    def begin(self, until: date, why: str) -> None:
        """Write the file whole and durably; an earlier pause is replaced.

        Raises:
            TryLater: when it cannot be written.
        """
        draft = self._path.with_name(f"{NAME}.draft")
        try:
            with draft.open("w", encoding="utf-8") as file:
                file.write(f"{until.isoformat()}\n{' '.join(why.split())}\n")
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
            _make_durable(self._path.parent)
        except OSError as problem:
            raise TryLater(f"{NAME} cannot be written: {problem.strerror}") from None

    def end(self) -> bool:
        """Take the file away; TryLater when it cannot be."""
        try:
            self._path.unlink()
        except FileNotFoundError:
            return False
        except OSError as problem:
            raise TryLater(f"{NAME} cannot be taken away: {problem.strerror}") from None
        return True


class PausableBrake:
    """A `bot.ports.Brake` that is also pulled while a pause lasts, by whatever clock the household lives."""

    def __init__(self, brake: Brake, pause: Pause, clock: Clock) -> None:
        self._brake = brake
        self._pause = pause
        self._clock = clock

    def pulled(self) -> str:
        """Why nothing is sent: the brake's own reason first."""
        why = self._brake.pulled()
        if why:
            return why
        until = self._pause.until()
        if until is None or self._clock.now().astimezone(NEW_YORK).date() >= until:
            return ""
        return f"{NAME} cannot be read" if until == FOR_EVER else f"paused until {until}"

    def pull(self, why: str) -> None:
        """Pull the brake; a pause goes on beside it."""
        self._brake.pull(why)

    def release(self) -> bool:
        """End both."""
        released = self._brake.release()
        return self._pause.end() or released


def _make_durable(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
