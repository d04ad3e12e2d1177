"""The front door: help that costs nothing, hints for slips, and no word of an unforeseen error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.main import COMMANDS, main
from bot.cli.trouble import explain
from bot.domain.errors import TryLater
from tests.doors.stage import Terminal

ROOT = Path(__file__).parents[2]
SEED = ROOT / "tests/scenarios/cases/seed-1m-shift.json"
HEAVY = ("pandas", "numpy", "matplotlib", "schwab", "alpaca", "pydantic", "holidays", "rich", "requests", "sqlite3")
ALL_HELP = f"""
import sys
from bot.cli.main import COMMANDS, main
for words in ([], ["--help"], ["-h"], ["--version"], *([name, "--help"] for name in COMMANDS)):
    try:
        main(words)
    except SystemExit as left:
        print("left:", words, left.code, file=sys.stderr)
print("loaded:", *(name for name in {HEAVY!r} if name in sys.modules), file=sys.stderr)
"""


def python(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """A process of its own at the root of the project."""
    return subprocess.run(
        [sys.executable, "-W", "error", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_no_help_page_loads_a_heavy_library() -> None:
    run = python("-c", ALL_HELP)

    *left, loaded = run.stderr.splitlines()[-(len(COMMANDS) + 4) :]
    assert loaded == "loaded:", run.stderr
    assert all(line.endswith(" 0") for line in left[1:]), run.stderr


def test_the_module_answers_in_a_process_of_its_own() -> None:
    run = python("-m", "bot", "plan", "--household", SEED, "--json")

    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.count("\n") == 1


def test_a_reader_that_stops_reading_is_no_error() -> None:
    run = subprocess.run(  # noqa: S602 - a pipe is what is tested, and every word of it is ours
        f"{sys.executable} -m bot plan --household {SEED.parent} --json | head -c 10",
        shell=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert "Traceback" not in run.stderr
    assert "BrokenPipe" not in run.stderr


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_a_help_page(rebaloop: Terminal, command: str) -> None:
    said = rebaloop(command, "--help")

    assert said.code == 0
    assert said.out.startswith(f"Usage: rebaloop {command}")


def test_the_front_page_lists_every_command(rebaloop: Terminal) -> None:
    said = rebaloop("--help")

    assert said.code == 0
    assert all(f"\n  {command} " in said.out for command in COMMANDS)


def test_the_version_is_told(rebaloop: Terminal) -> None:
    said = rebaloop("--version")

    assert said.code == 0
    assert said.out.startswith("rebaloop")


def test_an_unknown_command_is_exit_2_with_a_hint(rebaloop: Terminal) -> None:
    said = rebaloop("pan")

    assert (said.code, said.out) == (2, "")
    assert "Did you mean 'plan'?" in said.err
    assert "rebaloop --help" in said.err


def test_a_command_like_no_other_is_exit_2_too(rebaloop: Terminal) -> None:
    assert rebaloop("xyzzy").code == 2


def test_an_unforeseen_error_shows_its_kind_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    code = explain(ValueError("the key is PKCANARY7QX2"))

    told = capsys.readouterr()
    assert code == 1
    assert "ValueError" in told.err
    assert "PKCANARY7QX2" not in told.out + told.err
    assert "--debug" in told.err


def test_an_error_of_ours_is_a_sentence_and_the_next_step(capsys: pytest.CaptureFixture[str]) -> None:
    code = explain(TryLater("The broker sleeps.", next_step="wait"))

    assert code == 75
    assert capsys.readouterr().err == "error: The broker sleeps.\nnext: wait\n"


def test_a_sentence_with_terminal_escapes_is_made_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    explain(TryLater("The broker \x1b[2Jsleeps.", next_step="\x07wait"))

    assert capsys.readouterr().err == "error: The broker ?[2Jsleeps.\nnext: ?wait\n"


def test_an_unforeseen_error_leaves_no_traceback(rebaloop: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("json.dumps", _breaks)

    said = rebaloop("plan", "--household", SEED, "--json")

    assert said.code == 1
    assert "Traceback" not in said.err
    assert "PKCANARY7QX2" not in said.err


def test_debug_shows_where_an_unforeseen_error_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("json.dumps", _breaks)

    with pytest.raises(ZeroDivisionError):
        main(["--debug", "plan", "--household", str(SEED), "--json"])


def _breaks(*_: object, **__: object) -> str:
    raise ZeroDivisionError("PKCANARY7QX2")
