"""The sandbox: a broker that stays, a household's files beside it, and every command at its doorstep."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.doors.stage import Terminal

ROOT = Path(__file__).parents[2]


def test_each_enter_moves_time_to_the_next_payday_or_dividend(rebaloop: Terminal, tmp_path: Path) -> None:
    said = rebaloop("sandbox", tmp_path / "box", typed="\n\n")

    assert said.code == 0
    assert "Mon 2026-03-02 09:45 New York: The markets have moved" in said.out
    assert "Fri 2026-03-13 09:45 New York: Payday" in said.out
    assert "Thu 2026-03-26 09:45 New York: Dividends" in said.out
    assert said.out.endswith("Its books are gone, the files stay.\n")


def test_it_does_not_write_into_a_folder_that_holds_something(rebaloop: Terminal, tmp_path: Path) -> None:
    (tmp_path / "household.yaml").write_text("mine")

    said = rebaloop("sandbox", tmp_path)

    assert said.code == 2
    assert "is not empty. Nothing was written." in said.err
    assert (tmp_path / "household.yaml").read_text() == "mine"


def test_another_terminal_can_use_it(rebaloop: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = subprocess.Popen(
        [sys.executable, "-u", "-m", "bot", "sandbox", str(tmp_path / "box")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with box:
        assert box.stdin is not None
        assert box.stdout is not None
        said = list(iter(box.stdout.readline, "\n"))
        export = next(line for line in box.stdout if "export" in line)
        monkeypatch.setenv("REBALOOP_SETTINGS", export.strip().partition("=")[2])

        planned = rebaloop("plan", "--json")
        approved = rebaloop("approve", planned.only["plan"], "--yes")
        sent = rebaloop("run", "--json")
        box.communicate()

    assert "A simulated broker runs at http://127.0.0.1:" in said[-1]
    assert (planned.code, approved.code, sent.code, box.returncode) == (3, 0, 0, 0)
    assert sent.only["outcome"] == "carried_out"
