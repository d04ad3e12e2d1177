"""Opens a text file that a person wrote, within limits of size, kind and encoding."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path

from adapters.files.tree import printable
from bot.domain.errors import Fault, FixTheFile

LARGEST = 16 * 1024 * 1024  # bytes; a household with ten thousand lots needs about one


def read_text(path: Path, *, largest: int = LARGEST) -> str:
    """The text of a UTF-8 file without its byte order mark.

    Raises:
        FixTheFile: when it is missing, unreadable, no file, larger than `largest` bytes, empty or not UTF-8.
    """
    content = _content(path, largest)
    try:
        text = content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as problem:
        skipped = len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0
        offset = problem.start + skipped
        raise refused(path, f"is not UTF-8 text: byte {offset} cannot be read", "save it as UTF-8") from None
    if not text.strip():
        raise refused(path, "is empty")
    return text


def refused(path: Path, message: str, hint: str = "") -> FixTheFile:
    """The refusal of a whole file."""
    return FixTheFile(printable(str(path), 400), (Fault(message=f"the file {message}", hint=hint),))


def _content(path: Path, largest: int) -> bytes:
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if stat.S_ISREG(status.st_mode) and status.st_size > largest:
                raise _too_large(path, largest)
            content = file.read(largest + 1)
    except FileNotFoundError:
        raise refused(path, "does not exist", "check its name") from None
    except PermissionError:
        raise refused(path, "may not be read", "give its reader the right to read it") from None
    except IsADirectoryError:
        raise refused(path, "is a folder") from None
    except (OSError, ValueError) as problem:  # ValueError: a null byte in the name
        why = problem.strerror if isinstance(problem, OSError) and problem.strerror else "its name is no file name"
        raise refused(path, f"cannot be opened: {why}") from None
    if len(content) > largest:
        raise _too_large(path, largest)
    return content


def _too_large(path: Path, largest: int) -> FixTheFile:
    return refused(path, f"is larger than {largest // (1024 * 1024)} MiB", "is it the right file?")
