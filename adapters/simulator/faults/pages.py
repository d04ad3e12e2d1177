"""Lists that repeat, skip or never end; an answer that is no list is left alone.

A list goes page by page when its reader names the last id it has seen as `page_token` (Alpaca's account activities);
any other list is one page.
"""

from dataclasses import replace

from adapters.simulator.faults.fault import Turn
from adapters.simulator.wire import Answer, Json, Request

CURSOR = "page_token"
PAGED = "/activities"


def doubled(turn: Turn) -> Answer:
    """Every row comes twice."""
    rows = _rows(turn.answer)
    return replace(turn.answer, body=[*rows, *rows]) if rows else turn.answer


def shortened(turn: Turn) -> Answer:
    """The last row is lost, so that a full page looks like the end."""
    rows = _rows(turn.answer)
    return replace(turn.answer, body=rows[:-1]) if rows else turn.answer


def skipped(turn: Turn) -> Answer:
    """This page is lost: the one after it comes in its place, nothing where there is none."""
    rows = _rows(turn.answer)
    last = rows[-1] if rows else None
    if not isinstance(last, dict):
        return turn.answer
    if PAGED not in turn.request.path:
        return replace(turn.answer, body=[])
    return turn.ask(_at(turn.request, str(last["id"])))


def repeated(turn: Turn) -> Answer:
    """The page before comes once more."""
    return turn.answer if turn.previous is None else turn.ask(turn.previous)


def looping(turn: Turn) -> Answer:
    """The first page comes, whichever was asked for."""
    return turn.ask(_at(turn.request, None)) if CURSOR in turn.request.query else turn.answer


def _rows(answer: Answer) -> list[Json]:
    return answer.body if isinstance(answer.body, list) else []


def _at(request: Request, token: str | None) -> Request:
    query = {name: value for name, value in request.query.items() if name != CURSOR}
    return replace(request, query=query if token is None else {**query, CURSOR: token})
