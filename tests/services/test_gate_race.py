"""Of forty yeses at once exactly one counts, from threads and from processes."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from adapters.store.gate import SqliteGate
from adapters.store.ledger import SqliteLedger
from bot.domain.errors import WrongUse
from bot.domain.facts import ConsentGiven, GateLocked, PassphraseRefused, PlanDecided
from bot.services.gate import say_yes
from tests.architecture.tree import ROOT
from tests.fakes.clock import FakeClock
from tests.services.gate_stage import PHRASES, GateStage
from tests.services.stage import MONDAY_10_00

PATIENCE_MS = 60_000
AT_ONCE = 40
PROGRAM = """
import sys
from pathlib import Path
from tests.services.test_gate_race import tries
print("ready", flush=True)
phrase, *tokens = sys.stdin.read().split("\\n")
print(sum(tries(Path(sys.argv[1]), token, phrase) for token in tokens), flush=True)
"""


def tries(path: Path, token: str, phrase: str) -> bool:
    """One yes on a connection of its own; whether it counted."""
    with SqliteLedger(path, patience_ms=PATIENCE_MS) as ledger:
        try:
            say_yes(
                token=token,
                passphrase=phrase,
                by="page",
                clock=FakeClock(MONDAY_10_00),
                ledger=ledger,
                gate=SqliteGate(ledger),
            )
        except WrongUse:
            return False
        return True


def crowd(path: Path, tokens: list[str], phrase: str) -> int:
    """All of them at once; how many counted."""
    start = Barrier(len(tokens))

    def one(token: str) -> bool:
        start.wait()
        return tries(path, token, phrase)

    with ThreadPoolExecutor(len(tokens)) as pool:
        return sum(pool.map(one, tokens))


def count(path: Path, *kinds: type) -> list[int]:
    """How many facts of each kind there are."""
    with SqliteLedger(path) as ledger:
        facts = list(ledger.facts())
    return [sum(isinstance(fact, kind) for fact in facts) for kind in kinds]


def furnished(folder: Path, letters: int) -> tuple[Path, list[str]]:
    """A plan that waits, and a link to it in each of so many letters."""
    stage = GateStage(folder)
    stage.choose()
    plan = stage.proposed()
    tokens = [stage.links(plan)["self"] for _ in range(letters)]
    stage.ledger.close()
    return folder / "ledger.db", tokens


def test_of_forty_yeses_on_one_link_one_counts(tmp_path: Path) -> None:
    path, (token,) = furnished(tmp_path, 1)

    assert crowd(path, [token] * AT_ONCE, PHRASES["self"]) == 1
    assert count(path, ConsentGiven, PlanDecided, PassphraseRefused) == [1, 1, 0]


def test_of_forty_yeses_on_forty_links_to_one_plan_one_counts(tmp_path: Path) -> None:
    path, tokens = furnished(tmp_path, AT_ONCE)

    assert crowd(path, tokens, PHRASES["self"]) == 1
    assert count(path, ConsentGiven, PlanDecided) == [1, 1]


def test_of_forty_yeses_from_four_processes_one_counts(tmp_path: Path) -> None:
    path, (token,) = furnished(tmp_path, 1)
    words = "\n".join([PHRASES["self"], *[token] * (AT_ONCE // 4)])
    others = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for other in others:
        assert other.stdout is not None
        while other.stdout.readline() != "ready\n":
            assert other.poll() is None
    for other in others:
        assert other.stdin is not None
        other.stdin.write(words)
        other.stdin.close()
        other.stdin = None
    counted = [int(other.communicate()[0].split()[-1]) for other in others]

    assert sum(counted) == 1
    assert count(path, ConsentGiven, PlanDecided) == [1, 1]


def test_a_crowd_of_wrong_ones_tries_no_more_than_the_patience_of_the_gate(tmp_path: Path) -> None:
    path, tokens = furnished(tmp_path, AT_ONCE)

    assert crowd(path, tokens, "wrong wrong wrong") == 0
    assert count(path, PassphraseRefused, GateLocked, ConsentGiven) == [5, 1, 0]
