"""A run that fails writes to its owner, and leaves with the exit code that it always had."""

from __future__ import annotations

from email import message_from_string, policy
from pathlib import Path

import pytest

from tests.doors.stage import Home, Terminal, a_broker, an_account, build


def subjects(home: Home) -> list[str]:
    return [str(message_from_string(letter, policy=policy.default)["Subject"]) for letter in home.letters]


def spoil(home: Home) -> None:
    """Give the rollover a key that its broker does not accept."""
    (home.folder / "rollover-secret.key").write_text("an-older-secret", encoding="ascii")


def test_a_key_that_is_not_accepted_is_told_once_and_stays_exit_4(rebaloop: Terminal, home: Home) -> None:
    spoil(home)

    codes = [rebaloop("run").code, rebaloop("run").code]

    assert codes == [4, 4]
    (subject,) = subjects(home)
    assert subject.startswith("[rebaloop paper] A broker wants you to log in: rollover: Alpaca does not accept the key")
    assert b"an-older-secret" not in home.written()


def test_a_broker_that_is_down_is_told_and_stays_exit_75(rebaloop: Terminal, tmp_path: Path) -> None:
    kinds = {"rollover": "traditional", "roth": "roth"}
    with a_broker(an_account("rollover", {"VTI": 2000})) as up:
        with a_broker(an_account("roth", {"VTI": 100})) as gone:
            home = build(tmp_path, [up, gone], {"stocks": 60, "bonds": 40}, kinds)
        said = rebaloop("run", "--settings", home.settings)

    assert said.code == 75
    assert [subject.partition(": ")[0] for subject in subjects(home)] == ["[rebaloop paper] A run could not finish"]


def test_a_statement_that_is_wrong_is_told_and_stays_exit_65(rebaloop: Terminal, home: Home) -> None:
    (home.folder / "work.csv").write_text("nonsense\n", encoding="utf-8")
    work = {"id": "work", "kind": "401k", "broker": "statement", "file": "work.csv", "managed": False}
    home.change(accounts=[*home.tree["accounts"], work])

    said = rebaloop("run")

    assert said.code == 65
    assert [subject.partition(": ")[0] for subject in subjects(home)] == ["[rebaloop paper] A file needs mending"]


def test_what_keeps_the_house_from_opening_is_told_too(rebaloop: Terminal, home: Home) -> None:
    brokerage, *others = home.tree["accounts"]
    home.change(accounts=[brokerage | {"lots": "lots.csv"}, *others])
    (home.folder / "lots.csv").write_text("nonsense\n", encoding="utf-8")

    said = rebaloop("run")

    assert said.code == 65
    assert [subject.partition(": ")[0] for subject in subjects(home)] == ["[rebaloop paper] A file needs mending"]


@pytest.mark.parametrize("command", ["plan", "status"])
def test_a_command_that_somebody_typed_writes_no_letter(rebaloop: Terminal, home: Home, command: str) -> None:
    spoil(home)

    assert rebaloop(command).code == 4
    assert home.letters == []


def test_where_no_letter_can_be_written_the_first_error_is_still_the_one(rebaloop: Terminal, home: Home) -> None:
    spoil(home)
    (home.folder / "letters").write_text("a file where the folder should be", encoding="utf-8")

    said = rebaloop("run")

    assert said.code == 4
    assert "error: rollover: Alpaca does not accept the key" in said.err
