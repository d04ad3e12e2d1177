"""However an export is spoilt, it ends as a value or as a refusal that upsets no terminal and tells no number."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random

import pytest

from adapters.brokers.statement.broker import StatementBroker
from adapters.brokers.statement.seed import read_lots
from bot.domain.errors import FixTheFile
from tests.fuzz.files import Today
from tests.fuzz.mutations import mutated

FILES = Path(__file__).parent / "data" / "statements"
SAMPLES = sorted(FILES.iterdir())
CASES = dict.fromkeys(("fidelity.csv", "vanguard.csv", "schwab.csv", "schwab_lots.csv", "lots.csv"), 2_000)
CASES["lots.yaml"] = 500  # YAML is read a tenth as fast
NUMBERS = {"fidelity.csv": ("Z00011111", "Z00033333"), "vanguard.csv": ("11112222", "33334444")}


def statement(ends: str) -> Callable[[Path], object]:
    return lambda path: StatementBroker(account="work", path=path, clock=Today(), account_ends=ends).read("work")


def lots(path: Path) -> object:
    return read_lots(path, account="work", today=date(2026, 3, 2))


READERS = {
    "fidelity.csv": statement("1111"),
    "vanguard.csv": statement("2222"),
    "schwab.csv": statement("5123"),
    "schwab_lots.csv": lots,
    "lots.csv": lots,
    "lots.yaml": lots,
}


def told(read: Callable[[Path], object], path: Path) -> str:
    """All that a refusal says; nothing for a value."""
    try:
        read(path)
    except FixTheFile as refusal:
        return "".join(f"{one.message or chr(0)}{one.place}{one.excerpt}{one.hint}" for one in refusal.faults) or "\0"
    return ""


@pytest.mark.parametrize("name", READERS)
def test_a_spoilt_file_is_read_or_refused(tmp_path: Path, name: str) -> None:
    sample = (FILES / name).read_bytes()
    others = [path.read_bytes() for path in SAMPLES]
    file = tmp_path / name
    refusals = 0
    for case in range(CASES[name]):
        file.write_bytes(mutated(Random(f"{name} {case}"), sample, others))
        words = told(READERS[name], file)
        assert words.isprintable(), (case, words)
        assert not any(number in words for number in NUMBERS.get(name, ())), (case, words)
        refusals += words != ""

    assert CASES[name] / 20 < refusals < CASES[name]
