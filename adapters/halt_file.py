"""The emergency brake as a file beside the ledger: where it lies, nothing is sent."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from bot.domain.errors import NotAllowed, TryLater

NAME = "HALT"
LONGEST = 2000  # bytes of its reason that are read
NO_REASON = "nobody wrote down why"


class HaltFile:
    """A `bot.ports.Brake`. Anything of that name that is not certainly absent counts: a folder, a link, an error."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def pulled(self) -> str:
        """The words in the file, or what is wrong with it; empty only where nothing of that name is there."""
        try:
            status = os.lstat(self._path)
        except FileNotFoundError:
            return "" if self._path.parent.is_dir() else f"the folder of {NAME} is not there"
        except OSError as problem:
            return f"{NAME} cannot be looked at ({problem.strerror})"
        if not stat.S_ISREG(status.st_mode):
            return f"{NAME} is there, and is no ordinary file"
        try:
            with self._path.open("rb") as file:
                words = " ".join(file.read(LONGEST).decode("utf-8", errors="replace").split())
        except OSError as problem:
            return f"{NAME} cannot be read ({problem.strerror})"
        return words or NO_REASON

    def pull(self, why: str) -> None:
        """Write the file, or add a line to it; on the disk when this returns.

        Raises:
            TryLater: when it cannot be written.
        """
        line = " ".join(why.split()) or NO_REASON
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
            try:
                os.write(descriptor, f"{line}\n".encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as problem:
            if not self.pulled():
                raise TryLater(f"{NAME} cannot be written: {problem.strerror}") from None

    def release(self) -> bool:
        """Take the file away.

        Raises:
            NotAllowed: for anything that is not the file we wrote.
        """
        if not self.pulled():
            return False
        try:
            self._path.unlink()
        except OSError as problem:
            message = f"{self._path.name} cannot be taken away: {problem.strerror}."
            raise NotAllowed(message, next_step=f"look at {self._path.name} beside the ledger") from None
        return True
