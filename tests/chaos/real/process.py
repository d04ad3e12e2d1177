"""One run as a process: forked from a parent that has loaded everything, and ended or stopped where it is told to."""

from __future__ import annotations

import os
import signal
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from adapters.store.ledger import SqliteLedger
from adapters.store.lock import single_instance
from bot.domain.approval import Approval
from bot.domain.errors import RebaloopError
from bot.domain.facts import Fact
from bot.services import cycle
from bot.services.points import listening, reach
from tests.chaos.real.home import Home

BROKEN = 99  # an exit code: something that is no RebaloopError
LONGEST = 60  # seconds after which a process is taken to hang
COMMITS = ("before_commit", "within_commit", "after_commit")


class Frail(SqliteLedger):
    """The real ledger, which says when it begins to write, when it has written, and when that is on the disk."""

    def record(self, fact: Fact) -> None:
        reach("before_commit")
        super().record(fact)
        reach("after_commit")

    def decide(self, approval: Approval) -> bool:
        reach("before_commit")
        done = super().decide(approval)
        reach("after_commit")
        return done

    def _add(self, fact: Fact, plan: str) -> None:
        super()._add(fact, plan)
        reach("within_commit")


@dataclass(frozen=True)
class Struck:
    """The signal that a process sends to itself when it reaches a point for the n-th time."""

    signal: signal.Signals
    point: str
    nth: int

    def listener(self) -> Callable[[str], None]:
        reached: Counter[str] = Counter()

        def listen(point: str) -> None:
            reached[point] += 1
            if (point, reached[point]) == (self.point, self.nth):
                os.kill(os.getpid(), self.signal)

        return listen


NEVER = Struck(signal.SIGCONT, "", 0)


class Process:
    """A process that makes one run of a household, and does not outlive its context."""

    def __init__(self, home: Home, struck: Struck = NEVER) -> None:
        self._words = home.folder / "last-words"
        self._words.unlink(missing_ok=True)
        self._is_over = False
        self.id = os.fork()
        if not self.id:
            _run(home, struck, self._words)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._is_over:  # the story was broken off, and a stopped process would wait for ever
            self.send(signal.SIGKILL)
            self.fate()

    def fate(self) -> int | None:
        """Wait for its exit code, or the negative number of the signal that ended it; None when it was stopped."""
        _, status = os.waitpid(self.id, os.WUNTRACED)
        self._is_over = not os.WIFSTOPPED(status)
        return os.waitstatus_to_exitcode(status) if self._is_over else None

    def send(self, what: signal.Signals) -> None:
        """Send it a signal: it is there until `fate` has told how it ended."""
        os.kill(self.id, what)

    @property
    def last_words(self) -> str:
        """Why it gave up, where it could say."""
        return self._words.read_text(encoding="utf-8") if self._words.exists() else ""


def _run(home: Home, struck: Struck, words: Path) -> NoReturn:
    signal.alarm(LONGEST)
    home.page.worker = os.getpid()
    try:
        code = _one_run(home, struck, words)
    except BaseException:  # noqa: BLE001 - a process that was forked must not run on into its parent's code
        words.write_text(traceback.format_exc(), encoding="utf-8")
        code = BROKEN
    os._exit(code)


def _one_run(home: Home, struck: Struck, words: Path) -> int:
    try:
        with single_instance(home.ledger), Frail(home.ledger) as ledger, listening(struck.listener()):
            cycle.run(home.house(ledger))
    except RebaloopError as problem:
        words.write_text(f"{type(problem).__name__}: {problem.message}", encoding="utf-8")
        return problem.exit_code
    return 0
