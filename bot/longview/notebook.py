"""A notebook of finished pieces, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import asdict
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.domain.errors import WrongUse
from bot.longview.crowd import Question, Side, pieces
from bot.longview.life import Life

Json = dict[str, Any]


def answered(
    question: Question,
    executor: Executor | None = None,
    notebook: Path | None = None,
    told: Callable[[], None] | None = None,
) -> list[Side]:
    """All paths of a question in their order; `told` is called after every piece.

    Raises:
        WrongUse: where the notebook belongs to another question.
    """
    known = _read(notebook, question) if notebook is not None else []
    found = list[Side]()
    for done in known:
        found += done
        if told:
            told()
    for done in pieces(question, range(len(known), question.pieces), executor):
        found += done
        if notebook is not None:
            _write(notebook, [[_plain(side) for side in done]])
        if told:
            told()
    return found


def _title(question: Question) -> str:
    return sha256(repr(question).encode()).hexdigest()


def _read(notebook: Path, question: Question) -> list[tuple[Side, ...]]:
    """The pieces that stand in the notebook; a half-written line at its end is struck off."""
    if not notebook.exists():
        _write(notebook, [{"question": _title(question)}])
        return []
    whole = notebook.read_bytes()
    kept = whole[: whole.rfind(b"\n") + 1]
    lines = [json.loads(line, parse_float=Decimal) for line in kept.splitlines()]
    if not lines or lines[0] != {"question": _title(question)}:
        raise WrongUse(
            f"{notebook} was begun for other accounts, ways or years.", next_step="name another file for --resume"
        )
    if len(kept) < len(whole):
        notebook.write_bytes(kept)
    return [tuple(_side(side) for side in line) for line in lines[1:]]


def _write(notebook: Path, lines: Iterator[object] | list[Any]) -> None:
    with notebook.open("a", encoding="utf-8") as page:
        for line in lines:
            page.write(json.dumps(line, separators=(",", ":")) + "\n")


def _plain(side: Side) -> Json:
    return {"lives": [asdict(life) for life in side.lives], "matches": [asdict(life) for life in side.matches]}


def _side(plain: Json) -> Side:
    return Side(lives=tuple(map(_life, plain["lives"])), matches=tuple(map(_life, plain["matches"])))


def _life(plain: Json) -> Life:
    return Life(**plain | {name: tuple(plain[name]) for name in ("taxes", "steps")})
