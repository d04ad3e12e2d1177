"""Seeded days of faults, crashes and an owner who trades: nothing is sent twice, lost, made up or left over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.machine import quiet
from tests.chaos.prefab import a_folder
from tests.chaos.run import add_up, main
from tests.chaos.schedule import KINDS, play, play_all

ROOT = Path(__file__).resolve().parents[2]
EVERY_DAY, PARTS = 2_000, 8  # schedules of each kind; a night's run plays more: `make chaos`
SEED = 17


@pytest.fixture
def folder() -> Iterator[Path]:
    with quiet(), a_folder() as path:
        yield path


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", KINDS)
def test_everyday_schedules_end_well(kind: str, part: int, folder: Path) -> None:
    size = EVERY_DAY // PARTS
    total, failed = play_all(range(part * size, (part + 1) * size), kind, folder)

    assert [(one.seed, one.wrongs) for one in failed] == [], (
        f"python -m tests.chaos.run 1 --kind {kind} --replay --seed"
    )
    assert total["intents"] >= size
    assert total["crashes"] >= size // 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_is_played_the_same_way_to_the_byte(kind: str, folder: Path) -> None:
    tapes: list[list[str]] = [[], []]
    for tape in tapes:
        play(SEED, kind, folder, tape=tape)

    assert "\n".join(tapes[0]).encode() == "\n".join(tapes[1]).encode()
    assert len(tapes[0]) > 10


def test_another_process_replays_a_seed_to_the_byte(folder: Path) -> None:
    """Neither the order of sets nor the address of anything comes into it."""
    command = [sys.executable, "-m", "tests.chaos.run", "1", "--kind", "unkeyed", "--seed", str(SEED), "--replay"]
    said = [
        subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    tape: list[str] = []
    play(SEED, "unkeyed", folder, tape=tape)

    assert said[0] == said[1] == ("\n".join(tape) + "\n").encode()


def test_a_seed_does_not_depend_on_those_played_before_it(folder: Path) -> None:
    alone, after_others = play(SEED, "keyed", folder), [play(seed, "keyed", folder) for seed in (3, 4, SEED)][-1]

    assert alone == after_others


def test_a_tally_adds_runs_up(folder: Path) -> None:
    tally = folder / "tally.json"
    for _ in range(2):
        add_up(tally, {"keyed": Counter(schedules=3, intents=5)})

    assert json.loads(tally.read_text(encoding="utf-8")) == {"keyed": {"intents": 10, "schedules": 6}}


def test_a_run_tells_of_its_schedules(capfd: pytest.CaptureFixture[str], folder: Path) -> None:
    code = main(["2", "--kind", "keyed", "--jobs", "1", "--tally", str(folder / "tally.json")])

    said = capfd.readouterr().out
    assert code == 0
    assert "keyed: 2 schedules" in said
    assert "0 double, 0 untracked, 0 phantom, 0 stuck" in said
