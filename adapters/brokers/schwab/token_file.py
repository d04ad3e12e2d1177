"""The file that holds a login's tokens: never half written, never open to others, changed by one process at a time."""

from __future__ import annotations

import fcntl
import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from bot.domain.errors import Fault, FixTheFile, LogIn, TryLater

LARGEST = 64 * 1024  # bytes
ROOM = b" " * (16 * 1024)  # a token takes about 2 kB
OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO
LATEST = 32_503_680_000  # the year 3000, in seconds since 1970


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredToken:
    """A login's tokens as schwab-py keeps them; `creation_timestamp` is the login's instant, in seconds since 1970."""

    creation_timestamp: int
    token: Mapping[str, object] = field(repr=False)

    @classmethod
    def of(cls, tree: object) -> StoredToken:
        """From parsed JSON; ValueError where a part is missing."""
        parts = tree if isinstance(tree, dict) else {}
        created, token = parts.get("creation_timestamp"), parts.get("token")
        if isinstance(created, bool) or not isinstance(created, int | Decimal) or not 0 < created < LATEST:
            raise ValueError("no creation_timestamp")
        if not isinstance(token, dict):
            raise ValueError("no token")
        for name in ("access_token", "refresh_token"):
            if not isinstance(token.get(name), str) or not token[name]:
                raise ValueError(f"no {name}")
        if str(token.get("token_type", "Bearer")).lower() != "bearer":
            raise ValueError("no bearer token")
        expires = token.get("expires_at")
        if expires is not None and not (isinstance(expires, int | Decimal) and 0 < expires < LATEST):
            raise ValueError("no instant in expires_at")
        return cls(creation_timestamp=int(created), token=token)

    @property
    def access_token(self) -> str:
        """What opens the accounts, for half an hour."""
        return str(self.token["access_token"])

    @property
    def refresh_token(self) -> str:
        """What gets a new access token, for seven days from the login."""
        return str(self.token["refresh_token"])

    @property
    def logged_in_at(self) -> datetime:
        """When a person last logged in, in UTC."""
        return datetime.fromtimestamp(self.creation_timestamp, UTC)

    def written(self) -> bytes:
        """The file's content."""
        tree = {"creation_timestamp": self.creation_timestamp, "token": dict(self.token)}
        return json.dumps(tree, default=str).encode()


class TokenFile:
    """The token file of one login. A lock beside it (`NAME.lock`) keeps two processes from renewing at once."""

    def __init__(self, path: Path, *, login: str) -> None:
        self._path = path.resolve()
        self._login = login
        self._command = f"rebaloop login {login}"

    def load(self) -> StoredToken:
        """The tokens as they are on the disk now.

        Raises:
            LogIn: when there is no file, or not a whole one.
            FixTheFile: with exit code 78 when other users could read it.
        """
        try:
            content = self._content()
            return StoredToken.of(json.loads(content, parse_float=Decimal))
        except FileNotFoundError:
            raise LogIn(f"{self._login}: nobody has logged in yet.", next_step=self._command) from None
        except OSError as problem:
            message = f"{self._login}: the token file cannot be read: {problem.strerror}."
            raise LogIn(message, next_step=self._command) from None
        except (ValueError, RecursionError):
            raise LogIn(f"{self._login}: the token file holds no whole token.", next_step=self._command) from None

    def check_modes(self) -> None:
        """FixTheFile when the file is there and other users could read it."""
        try:
            self._check(self._path.stat())
        except OSError:
            return

    @contextmanager
    def rewriting(self) -> Iterator[Callable[[StoredToken], None]]:
        """The file for this process alone; the function writes a new token in place of the old one.

        The room for it is taken on the disk beforehand, so that no token is asked for that could not be kept. The old
        token stays until the new one is wholly on the disk.

        Raises:
            TryLater: when there is no room, or the folder cannot be written; the old token is untouched.
        """
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise self._no_room(problem) from None
        try:
            draft = self._reserved(lock)
            try:
                yield lambda stored: self._keep(draft, stored)
            finally:
                os.close(draft)
                self._draft.unlink(missing_ok=True)
        finally:
            os.close(lock)

    @property
    def _draft(self) -> Path:
        return self._path.with_name(f".{self._path.name}.draft")

    def _reserved(self, lock: int) -> int:
        """The draft, open, with room in it; whoever holds the lock is the only one who has it."""
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._draft.unlink(missing_ok=True)
            draft = os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise self._no_room(problem) from None
        try:
            _write(draft, ROOM)
        except OSError as problem:
            os.close(draft)
            self._draft.unlink(missing_ok=True)
            raise self._no_room(problem) from None
        return draft

    def _keep(self, draft: int, stored: StoredToken) -> None:
        assert self._draft.exists(), "what was renamed is the token file itself and is not written into"
        try:
            _write(draft, stored.written())
            self._draft.rename(self._path)
            _make_durable(self._path.parent)
        except OSError as problem:
            raise self._no_room(problem) from None

    def _content(self) -> bytes:
        # Without O_NONBLOCK a pipe that lies there would be waited for.
        descriptor = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            self._check(os.fstat(descriptor))
            return os.read(descriptor, LARGEST)
        finally:
            os.close(descriptor)

    def _check(self, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            raise self._wrong("is no ordinary file")
        if status.st_mode & OPEN_TO_OTHERS:
            raise self._wrong("is open to other users", hint=f"chmod 600 {self._path.name}")

    def _wrong(self, what: str, hint: str = "") -> FixTheFile:
        fault = Fault(message=f"the token file of the login `{self._login}` {what}", hint=hint)
        return FixTheFile(str(self._path), (fault,), settings=True)

    def _no_room(self, problem: OSError) -> TryLater:
        return TryLater(
            f"{self._login}: a new token cannot be kept ({problem.strerror}); the old one is untouched.",
            next_step=f"make room for {self._path.name} and let its folder be written, then try again",
        )


def _write(descriptor: int, content: bytes) -> None:
    """Make this the whole content of an open file, in place, on the disk."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    os.ftruncate(descriptor, len(content))
    os.fsync(descriptor)


def _make_durable(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
