"""A secret that is named in the settings and kept elsewhere: read only when asked for, shown never."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.errors import Fault, FixTheFile

LONGEST = 16 * 1024  # bytes
OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A reference to a secret: an environment variable (`env`) or a file.

    A relative file lies in `$CREDENTIALS_DIRECTORY` where that is set (systemd.exec, "Credentials"), else beside the
    settings. `reveal` is the one way to the secret itself.
    """

    source: str
    name: str
    settings: str
    place: str
    line: int = 0
    column: int = 0
    environ: Mapping[str, str] = field(repr=False, compare=False)

    def __str__(self) -> str:
        return "********"

    @property
    def reference(self) -> str:
        """Where the secret is kept, such as `env BROKERAGE_KEY`; never the secret."""
        return f"{self.source} {self.name}"

    def reveal(self) -> str:
        """The secret, without blanks or line ends around it.

        Raises:
            FixTheFile: with exit code 78 when it is missing, empty, unreadable, or open to other users.
        """
        found = self._from_environment() if self.source == "env" else self._from_file()
        secret = found.strip()
        if not secret:
            raise self._refused(f"the secret in {self.reference} is empty")
        if not secret.isascii() or not secret.isprintable():
            raise self._refused(f"the secret in {self.reference} holds characters that no key has")
        return secret

    def _from_environment(self) -> str:
        if self.name not in self.environ:
            raise self._refused(f"the environment variable {self.name} is not set", f"set {self.name} and try again")
        return self.environ[self.name]

    def _from_file(self) -> str:
        folder = self.environ.get("CREDENTIALS_DIRECTORY", "")
        path = Path(folder or Path(self.settings).parent) / self.name
        if folder and not path.exists():
            # LoadCredential=file:FOLDER hands over every file of a folder under this name, systemd.exec(5).
            path = Path(folder) / f"file_{self.name}"
        try:
            # Without O_NONBLOCK a pipe that lies there would be waited for.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, ValueError) as problem:
            why = getattr(problem, "strerror", None) or "its name is no file name"
            raise self._refused(f"the secret's file {self.name} cannot be read: {why}") from None
        try:
            self._check(os.fstat(descriptor), granted=bool(folder) and not Path(self.name).is_absolute())
            return os.read(descriptor, LONGEST).decode("utf-8", errors="replace")
        finally:
            os.close(descriptor)

    def _check(self, status: os.stat_result, *, granted: bool) -> None:
        if not stat.S_ISREG(status.st_mode):
            raise self._refused(f"the secret's file {self.name} is no ordinary file")
        # systemd grants a service user its credentials by an access list, which shows as a readable group.
        closed_to = OPEN_TO_OTHERS & ~stat.S_IRGRP if granted else OPEN_TO_OTHERS
        if status.st_mode & closed_to:
            raise self._refused(f"the secret's file {self.name} is open to other users", f"chmod 600 {self.name}")
        if status.st_size > LONGEST:
            raise self._refused(f"the secret's file {self.name} is too large for a secret")

    def _refused(self, message: str, hint: str = "") -> FixTheFile:
        fault = Fault(message=message, place=self.place, line=self.line, column=self.column, hint=hint)
        return FixTheFile(self.settings, (fault,), settings=True)
