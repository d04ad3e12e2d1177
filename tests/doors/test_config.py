"""`rebaloop config`: sound or not, and every value with where it comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings.effective import effective_values
from tests.doors.stage import Terminal
from tests.doors.test_settings import EXAMPLE, SMALL, fault, refused, small


def values(path: Path, environ: dict[str, str] | None = None) -> dict[str, tuple[str, str]]:
    """Key -> (value, origin)."""
    return {one.key: (one.text, one.origin) for one in effective_values(path, environ or {})}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Small settings."""
    path = tmp_path / "household.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_a_sound_file_is_said_to_be_sound(rebaloop: Terminal, file: Path) -> None:
    said = rebaloop("config", "check", file)

    assert said.code == 0
    assert "is sound: 2 accounts, stocks, bonds, mode dry_run." in said.out


def test_a_wrong_file_is_shown_with_its_caret(rebaloop: Terminal, file: Path) -> None:
    file.write_text(SMALL.replace("kind: taxable", "kind: taxible"), encoding="utf-8")

    said = rebaloop("config", "check", file)

    assert (said.code, said.out) == (78, "")
    assert (
        f"  --> {file}:8:11\n  8 |     kind: taxible\n    |           ^^^^^^^\n  help: did you mean `taxable`?"
        in said.err
    )
    assert f"Check again with: rebaloop config check {file}" in said.err


def test_the_settings_that_would_be_used_are_checked_where_none_are_named(
    rebaloop: Terminal, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REBALOOP_SETTINGS", str(file))

    assert str(file) in rebaloop("config", "check").out


def test_a_value_of_the_file_has_its_line(file: Path) -> None:
    assert values(file)["accounts[0].kind"] == ("taxable", "household.yaml:8")
    assert values(file)["policy.targets_pct"] == ("{stocks: 60, bonds: 40}", "household.yaml:2")


def test_a_value_that_nobody_said_is_a_default(file: Path) -> None:
    shown = values(file)

    assert shown["mode"] == ("dry_run", "default")
    assert shown["limits.order_pct"] == ("15", "default")
    assert shown["schedule.sweep"] == ("second tuesday", "default")


def test_a_value_of_the_environment_names_its_variable(file: Path) -> None:
    shown = values(file, {"REBALOOP_MODE": "paper", "REBALOOP_LETTERS": ""})

    assert shown["mode"] == ("paper", "environment REBALOOP_MODE")
    assert shown["letters"] == ("letters", "default")


def test_a_secret_is_masked_and_its_keeper_named(file: Path) -> None:
    kept = file.with_name("brokerage.secret")
    kept.write_text("hunter2", encoding="utf-8")
    kept.chmod(0o600)

    shown = values(file, {"BROKERAGE_KEY": "hunter3"})

    assert shown["accounts[0].credentials.key_id"] == ("********", "environment BROKERAGE_KEY")
    assert shown["accounts[0].credentials.secret_key"] == ("********", "file brokerage.secret")
    assert "hunter" not in repr(shown)


def test_a_secret_in_systemd_s_folder_is_a_credential(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "brokerage.secret").write_text("hunter2", encoding="utf-8")
    (folder / "brokerage.secret").chmod(0o440)

    shown = values(file, {"CREDENTIALS_DIRECTORY": str(folder)})

    assert shown["accounts[0].credentials.secret_key"] == ("********", "credential brokerage.secret")


def test_a_secret_that_is_not_there_says_so(file: Path) -> None:
    text, _ = values(file)["accounts[0].credentials.key_id"]

    assert text == "not usable: the environment variable BROKERAGE_KEY is not set"


def test_show_prints_every_value_with_its_origin(rebaloop: Terminal) -> None:
    said = rebaloop("config", "show", EXAMPLE)

    number = EXAMPLE.read_text(encoding="utf-8").partition("  order_pct: 15")[0].count("\n") + 1
    shown = [line.split() for line in said.out.splitlines()]
    assert ["limits.order_pct", "15", f"household.example.yaml:{number}"] in shown


def test_show_speaks_json_too(rebaloop: Terminal, file: Path) -> None:
    said = rebaloop("config", "show", file, "--json")

    assert {"key": "id", "value": "smith", "origin": "household.yaml:1"} in said.objects


def test_a_slip_in_a_variable_s_name_is_refused(tmp_path: Path) -> None:
    found = fault(tmp_path, environ={"REBALOOP_MODES": "paper"})

    assert (found.place, found.hint) == ("REBALOOP_MODES", "did you mean `REBALOOP_MODE`?")


def test_a_variable_of_another_matter_is_left_alone(tmp_path: Path) -> None:
    assert small(tmp_path, environ={"REBALOOP_BACKUP_FOLDER": "/srv"}).mode.value == "dry_run"


def test_all_that_is_wrong_in_the_environment_is_named(tmp_path: Path) -> None:
    found = refused(tmp_path, environ={"REBALOOP_LETERS": "x", "REBALOOP_LEGDER": "y"}).faults

    assert {one.place for one in found} == {"REBALOOP_LETERS", "REBALOOP_LEGDER"}
