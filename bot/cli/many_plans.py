"""The plans of very many households of a folder: drawn by a crew, written line by line in the order of names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

from bot.domain.errors import WrongUse
from bot.longview.crowd import in_order

PIECE = 20  # households of one task
ENDINGS = (".json", ".yaml", ".yml")
Told = tuple[str, bool]  # the answer as one line of JSON, and whether the household was refused


def plan_folder(
    folder: Path, executor: Executor | None, answers: Path | None, echo: Callable[[str], None], step: Callable[[], None]
) -> bool:
    """Plan every household of a folder; True where one was refused. Memory does not grow with their number.

    The files are read where the plans are drawn: a cluster's workers see the folder under the same name. With `answers`
    the lines go into that file, and a run that was stopped goes on after the last whole line.

    Raises:
        WrongUse: for a folder without households, or answers that belong to another one.
    """
    names = sorted(file.name for file in folder.iterdir() if file.suffix in ENDINGS and file.name[:1] != ".")
    if not names:
        raise WrongUse(f"There is no household in {folder}.")
    done = _already(folder, names, answers) if answers is not None else 0
    pieces = (names[at : at + PIECE] for at in range(done, len(names), PIECE))
    work = in_order(executor, (partial(planned, str(folder), piece) for piece in pieces))
    if answers is None:
        return _write(work, echo, step)
    with answers.open("a", encoding="utf-8") as page:
        return _write(work, partial(_line, page), step)


def _write(work: Iterator[list[Told]], write: Callable[[str], None], step: Callable[[], None]) -> bool:
    refused = False
    for told in work:
        for line, bad in told:
            write(line)
            refused = refused or bad
        step()
    return refused


def _line(page: TextIO, line: str) -> None:
    page.write(f"{line}\n")


def _already(folder: Path, names: Sequence[str], answers: Path) -> int:
    """The households whose answers stand in the file; a half-written line at its end is struck off."""
    if not answers.exists():
        return 0
    count = whole = 0
    first = b""
    with answers.open("rb") as page:
        for line in page:
            if not line.endswith(b"\n"):
                break
            first = first or line
            count, whole = count + 1, whole + len(line)
    with answers.open("rb+") as page:
        page.truncate(whole)
    if count and (count > len(names) or planned(str(folder), names[:1])[0][0] != first.decode().rstrip("\n")):
        raise WrongUse(f"{answers} holds the answers of other households.", next_step="name another file for --answers")
    return count


def planned(folder: str, names: Sequence[str]) -> list[Told]:
    """One task: the answers for some files of a folder."""
    from adapters.files.household_file import read_household_files  # noqa: PLC0415 - workers alone need it
    from bot.cli.answer import answer, refusal  # noqa: PLC0415 - same
    from bot.domain.errors import RebaloopError  # noqa: PLC0415 - same
    from bot.engine.loop import draw  # noqa: PLC0415 - same
    from bot.engine.tax.naive import with_deferral  # noqa: PLC0415 - same

    told = []
    for name in names:
        read = next(islice(read_household_files(Path(folder, name)), 1))
        day = read.outcome
        try:
            if isinstance(day, RebaloopError):
                raise day
            plan = with_deferral(draw(day.household, day.policy, day.snapshot), day.household, day.policy, day.snapshot)
            told.append((json.dumps(answer(plan)), False))
        except RebaloopError as problem:
            told.append((json.dumps(refusal(read.id, problem)), True))
    return told
