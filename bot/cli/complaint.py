"""Shows every mistake of a file the way a compiler does: where, the line itself, a caret, a hint."""

from __future__ import annotations

import re

from bot.domain.errors import Fault, FixTheFile

MOST = 25  # beyond that, nobody reads on
SETTINGS = 78  # the exit code for bad settings
WIDTH = 100  # columns of a terminal that an excerpt may fill

_TOKEN = re.compile(r"\"[^\"]*\"|'[^']*'|(?:[^\s,:\[\]{}]|:(?=[^\s,\[\]{}]))+")


def render(problem: FixTheFile) -> str:
    """All mistakes of a file as text without a final line end; the last line counts them."""
    faults = problem.faults
    blocks = [_block(problem.file, fault) for fault in faults[:MOST]]
    if len(faults) > MOST:
        blocks.append(f"... and {len(faults) - MOST} more")
    count = "1 error" if len(faults) == 1 else f"{len(faults)} errors"
    is_there = problem.exit_code == SETTINGS and (faults[0].place or faults[0].line)
    again = f" Check again with: rebaloop config check {problem.file}" if is_there else ""
    return "\n".join([*blocks, f"{count} in {problem.file}. Nothing was done.{again}"])


def _block(file: str, fault: Fault) -> str:
    name = f"`{fault.place}`: " if fault.place else ""
    spot = f"{file}:{fault.line}:{fault.column}" if fault.line else file
    lines = [f"error: {name}{fault.message}", f"  --> {spot}"]
    if fault.excerpt and fault.line and fault.column:
        lines += _pointer(fault)
    if fault.hint:
        lines.append(f"  help: {fault.hint}")
    return "\n".join(lines)


def _pointer(fault: Fault) -> list[str]:
    """The line with a caret under the mistake; a long line is cut so that the mistake stays in sight."""
    start = max(0, fault.column - 1 - WIDTH // 2)
    shown = fault.excerpt[start : start + WIDTH].rstrip()
    column = fault.column - 1 - start
    token = _TOKEN.match(shown, min(column, len(shown)))
    carets = "^" * (len(token.group()) if token else 1)
    number = f"  {fault.line} | "
    gutter = " " * (len(number) - 2) + "| "
    return [f"{number}{shown}", f"{gutter}{' ' * column}{carets}"]
