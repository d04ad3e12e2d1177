"""Files: who may read and change them, and whether every secret can be read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.cli.checks.finding import Finding, Machine, fail, ok, warn
from bot.domain.errors import FixTheFile
from bot.settings.secret import Secret
from bot.settings.settings import AlpacaConnection, SchwabConnection, Settings, StatementConnection

READABLE, WRITABLE = stat.S_IRWXG | stat.S_IRWXO, stat.S_IWGRP | stat.S_IWOTH
LITTLE, TOO_LITTLE = 500, 50  # megabytes


def look_at_files(settings: Settings, machine: Machine) -> Iterator[Finding]:
    """Settings file, secrets, the folder of the ledger with what lies in it, letters, and room for more."""
    yield _settings_file(settings.file)
    yield _secrets(settings)
    yield _state(settings)
    yield _letters(settings)
    yield _disk(settings, machine)


def _settings_file(path: Path) -> Finding:
    if _mode(path) & WRITABLE:
        return fail("settings file", f"others may change {path}", f"chmod go-w {path}")
    return ok("settings file", f"{path}; nobody else may change it")


def _secrets(settings: Settings) -> Finding:
    faults = []
    named = list(secrets_of(settings))
    for secret in named:
        try:
            secret.reveal()
        except FixTheFile as problem:
            faults.append(problem)
    if faults:
        first = faults[0].faults[0]
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        return fail("secrets", f"{first.message}{more}", first.hint or f"see {first.place} in {settings.file}")
    return ok("secrets", f"{len(named)} secrets can be read, by nobody else" if named else "none are needed")


def secrets_of(settings: Settings) -> Iterator[Secret]:
    """Every secret that the settings name."""
    for one in settings.connections:
        match one:
            case AlpacaConnection():
                yield from (one.key_id, one.secret_key)
            case SchwabConnection():
                yield one.number
            case StatementConnection():
                pass
    for login in settings.logins:
        yield from (login.app_key, login.app_secret)
    if settings.mail is not None and settings.mail.password is not None:
        yield settings.mail.password
    if settings.ping is not None:
        yield settings.ping


def _state(settings: Settings) -> Finding:
    folder = settings.ledger.parent
    if folder.exists() and _mode(folder) & WRITABLE:
        return fail("state", f"others may put files into {folder}, the folder of the ledger", f"chmod 700 {folder}")
    if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
        return fail("state", f"{folder}, the folder of the ledger, cannot be written by this user", f"ls -ld {folder}")
    for path in _kept(settings):
        if _mode(path) & READABLE:
            return fail("state", f"others may read {path}", f"chmod 600 {path}")
    for login in settings.logins:
        place = login.token.parent
        if place.exists() and not os.access(place, os.W_OK | os.X_OK):
            mend = f"name a file in {folder} as `token:` of the login"
            return fail("state", f"the tokens of `{login.name}` are renewed, and {place} cannot be written", mend)
    return ok("state", f"{folder}; ledger and tokens are for this user alone")


def _kept(settings: Settings) -> Iterable[Path]:
    ledger = settings.ledger
    names = (ledger, *(ledger.with_name(f"{ledger.name}{end}") for end in ("-wal", "-shm")))
    return [path for path in (*names, *(login.token for login in settings.logins)) if path.exists()]


def _letters(settings: Settings) -> Finding:
    folder = settings.letters
    if settings.mail is not None:
        return ok("letters", "they leave as mail")
    if folder.exists() and _mode(folder) & READABLE:
        return fail("letters", f"others may read the letters in {folder}", f"chmod 700 {folder}")
    if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
        return fail("letters", f"{folder} cannot be written by this user", f"ls -ld {folder}")
    return ok("letters", f"files in {folder}")


def _disk(settings: Settings, machine: Machine) -> Finding:
    free = machine.free_megabytes(settings.ledger.parent)
    words = f"{free} MB are free beside the ledger"
    if free < TOO_LITTLE:
        return fail("disk", f"{words}; nothing is sent without room for the books", f"df -h {settings.ledger.parent}")
    if free < LITTLE:
        return warn("disk", words, f"df -h {settings.ledger.parent}")
    return ok("disk", words)


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0
