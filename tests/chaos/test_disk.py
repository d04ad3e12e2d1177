"""A disk that fails at any write of a run: nothing is posted that the ledger would not remember."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from adapters.store.ledger import SqliteLedger
from bot.domain.orders import Intent, OrderState, Submission
from tests.chaos.hazards import Hazards
from tests.chaos.keeper import Keeper
from tests.chaos.machine import Flavour, Machine, quiet
from tests.chaos.prefab import SHAPES, a_folder
from tests.chaos.schedule import AFTER_CLOSE
from tests.chaos.stations import Stations
from tests.chaos.truth import DAY, HOUR, OPENS
from tests.chaos.verdict import wrongs

SHAPE = SHAPES[1]
TROUBLES = {"full": sqlite3.SQLITE_FULL, "broken": sqlite3.SQLITE_IOERR_FSYNC}
WORDS = {"full": "database or disk is full", "broken": "disk I/O error"}


class FailingConnection:
    """A connection of which one statement that writes fails, and rolls back, as SQLite does."""

    def __init__(self, inner: sqlite3.Connection, left: int, trouble: str) -> None:
        self._inner = inner
        self._trouble = trouble
        self.left = left

    @property
    def in_transaction(self) -> bool:
        return self._inner.in_transaction

    def execute(self, query: str, *values: object) -> sqlite3.Cursor:
        if query.startswith(("BEGIN", "INSERT", "UPDATE", "COMMIT")):
            self.left -= 1
            if self.left == 0:
                if self._inner.in_transaction:
                    self._inner.execute("ROLLBACK")
                problem = sqlite3.OperationalError(WORDS[self._trouble])
                problem.sqlite_errorcode = TROUBLES[self._trouble]
                raise problem
        return self._inner.execute(query, *values)  # type: ignore[arg-type]  # handed on as they came

    def close(self) -> None:
        self._inner.close()


class FailingLedger(SqliteLedger):
    """The n-th write statement of the first process fails."""

    fails_at = 0
    trouble = "full"
    statements = 0

    def __init__(self, path: Path, *, patience_ms: int) -> None:
        super().__init__(path, patience_ms=patience_ms)
        self._connection = FailingConnection(self._connection, type(self).fails_at, type(self).trouble)  # type: ignore[assignment]  # all that the ledger uses

    def close(self) -> None:
        type(self).statements = -self._connection.left  # type: ignore[attr-defined]  # see above
        type(self).fails_at = 0
        super().close()


class WitnessKeeper(Keeper):
    """Looks into the file, through a connection of its own, whenever an order arrives."""

    path: Path

    def submit(self, intent: Intent) -> Submission:
        with SqliteLedger(self.path) as ledger:
            written = [order for order in ledger.orders() if order.intent == intent]
        assert [order.state for order in written] == [OrderState.SENDING]
        return super().submit(intent)


def a_machine(folder: Path, ledger: type[SqliteLedger], *, keyed: bool) -> Machine:
    keeper = type("Witness", (WitnessKeeper,), {"path": folder / "ledger.sqlite"})
    world = SHAPE.world(Random(1), OPENS + HOUR, calm=True)
    flavour = Flavour(stations=Stations(), keeper=keeper, ledger=ledger)
    return Machine(path=folder / "ledger.sqlite", world=world, shape=SHAPE, keyed=keyed, flavour=flavour)


@pytest.fixture
def folder() -> Iterator[Path]:
    with quiet(), a_folder() as path:
        yield path


def a_run(machine: Machine) -> str:
    return machine.run(Hazards(rng=machine.world.rng))


@pytest.mark.parametrize("trouble", sorted(TROUBLES))
@pytest.mark.parametrize("keyed", [True, False])
def test_whichever_write_fails_nothing_is_posted_that_is_not_written_down(
    trouble: str, folder: Path, *, keyed: bool
) -> None:

    class Counting(FailingLedger):
        """Its own count of statements."""

    a_run(a_machine(folder, Counting, keyed=keyed))
    assert Counting.statements > 30

    for n in range(1, Counting.statements + 1):
        machine = a_machine(folder, type("Failing", (FailingLedger,), {"fails_at": n, "trouble": trouble}), keyed=keyed)
        assert "could not be read or written" in a_run(machine), n
        a_run(machine)
        machine.world.go_to(2 * DAY + AFTER_CLOSE)
        a_run(machine)
        assert machine.troubles == [], n
        assert wrongs(machine.world, SHAPE, machine.journal(), keyed=keyed) == [], n


@pytest.mark.parametrize("room", [1, 4_096, 16_384, 40_000, 70_000, 100_000, 140_000, 200_000])
def test_a_file_that_may_not_grow_any_more_posts_nothing_unwritten(room: int, folder: Path) -> None:
    """A real process under RLIMIT_FSIZE: every write beyond `room` bytes of a file fails (EFBIG)."""
    machine = a_machine(folder, SqliteLedger, keyed=False)
    child = os.fork()
    if not child:
        _die_of_a_full_disk(machine, room)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    posts, troubles = divmod(code, 10)
    assert troubles == 0
    written = [order for order in machine.journal() if order.state is not OrderState.APPROVED]
    assert posts <= len(written)


def _die_of_a_full_disk(machine: Machine, room: int) -> None:
    """Run, and leave with ten times the number of POSTs and the number of what was not foreseen."""
    try:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        a_run(machine)
        os._exit(10 * sum(machine.world.posts.values()) + len(machine.troubles))
    except BaseException:  # noqa: BLE001 - a process that was forked must not run on into its parent's code
        os._exit(9)
