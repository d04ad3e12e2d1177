"""Logins in the settings: who opens which account, without a number or a key ever standing there."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.complaint import render
from bot.domain.errors import FixTheFile
from bot.domain.plan import Environment
from bot.settings.hosts import SCHWAB
from bot.settings.loading import load_settings
from bot.settings.settings import SchwabConnection, SchwabLogin, Settings, StatementConnection

SMALL = """\
id: smith
policy: {targets_pct: {stocks: 60, bonds: 40}}
securities:
  VTI: {class: stocks}
  BND: {class: bonds}
logins:
  ann:
    broker: schwab
    credentials: {app_key: {env: ANN_KEY}, app_secret: {file: ann.secret}}
    token: ann.token.json
accounts:
  - id: joint
    kind: taxable
    broker: schwab
    login: ann
    number: {env: JOINT_NUMBER}
    menu: [VTI, BND]
    lots: lots/joint.csv
  - {id: work, kind: 401k, broker: statement, file: work.csv, account_ends: "4321"}
"""


def small(folder: Path, old: str = "", new: str = "") -> Settings:
    assert old in SMALL
    path = folder / "household.yaml"
    path.write_text(SMALL.replace(old, new, 1) if old else SMALL, encoding="utf-8")
    return load_settings(path, {"ANN_KEY": "the-key", "JOINT_NUMBER": "11112222"})


def refused(folder: Path, old: str, new: str) -> FixTheFile:
    with pytest.raises(FixTheFile) as caught:
        small(folder, old, new)
    assert caught.value.exit_code == 78
    return caught.value


def ann(settings: Settings) -> SchwabLogin:
    return settings.login("ann")


def test_a_login_is_named_once_and_opens_accounts_by_number(tmp_path: Path) -> None:
    settings = small(tmp_path)
    joint = settings.connection("joint")

    assert isinstance(joint, SchwabConnection)
    assert (joint.login, joint.number.reveal()) == ("ann", "11112222")
    assert joint.lots == tmp_path / "lots/joint.csv"
    assert (ann(settings).app_key.reveal(), ann(settings).token) == ("the-key", tmp_path / "ann.token.json")
    assert settings.household.account("joint").automatic


def test_what_is_absent_of_a_login_is_the_real_service(tmp_path: Path) -> None:
    login = ann(small(tmp_path))

    assert (login.host, login.callback_url) == (SCHWAB, "https://127.0.0.1:8182")


def test_a_statement_of_several_accounts_is_read_for_one(tmp_path: Path) -> None:
    work = small(tmp_path).connection("work")

    assert isinstance(work, StatementConnection)
    assert work.account_ends == "4321"


def test_an_account_whose_login_nobody_described_is_refused_at_its_line(tmp_path: Path) -> None:
    (found,) = refused(tmp_path, "login: ann", "login: anne").faults

    assert (found.place, found.line, found.hint) == ("accounts[0].login", 15, "did you mean `ann`?")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("number: {env: JOINT_NUMBER}", "number: 33334444"),
        ("number: {env: JOINT_NUMBER}", 'number: "33334444"'),
        ("{env: ANN_KEY}", "33334444"),
        ("{file: ann.secret}", "33334444"),
    ],
)
def test_a_number_or_a_key_in_the_file_is_refused_and_not_repeated(tmp_path: Path, old: str, new: str) -> None:
    problem = refused(tmp_path, old, new)

    assert "33334444" not in str(problem)
    assert "33334444" not in render(problem)
    assert "{env: NAME}" in problem.faults[0].hint


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://127.0.0.1", True),
        ("https://127.0.0.1:8182/", True),
        ("http://127.0.0.1:8182", False),
        ("https://example.com", False),
        ("https://127.0.0.1:8182/?x=1", False),
    ],
)
def test_a_login_comes_back_to_this_machine_over_https(tmp_path: Path, address: str, *, allowed: bool) -> None:
    new = f"token: ann.token.json\n    callback_url: {address}"
    if allowed:
        assert ann(small(tmp_path, "token: ann.token.json", new)).callback_url == address
    else:
        assert refused(tmp_path, "token: ann.token.json", new).faults[0].place == "logins.ann.callback_url"


@pytest.mark.parametrize("host", ["https://api.schwabapi.com.evil.org", "http://api.schwabapi.com", "https://10.0.0.1"])
def test_every_other_host_is_refused(tmp_path: Path, host: str) -> None:
    problem = refused(tmp_path, "broker: schwab\n    cred", f"broker: schwab\n    host: {host}\n    cred")

    assert problem.faults[0].place == "logins.ann.host"


def test_a_broker_on_this_machine_is_allowed(tmp_path: Path) -> None:
    host = "http://127.0.0.1:8700"
    settings = small(tmp_path, "broker: schwab\n    cred", f"broker: schwab\n    host: {host}\n    cred")

    assert ann(settings).host == host


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("login: ann", "login: bob"),
        ("env: JOINT_NUMBER", "env: OTHER_NUMBER"),
        ("env: ANN_KEY", "env: BOB_KEY"),
        ("    token: ann", "    host: http://127.0.0.1:8700\n    token: ann"),
        ('"4321"', '"1234"'),
    ],
)
def test_an_approval_ends_when_an_account_is_reached_another_way(tmp_path: Path, old: str, new: str) -> None:
    before = small(tmp_path).fingerprint
    if new == "login: bob":
        changed = SMALL.replace("  ann:\n", "  bob:\n").replace(old, new)
        (tmp_path / "other.yaml").write_text(changed, encoding="utf-8")
        after = load_settings(tmp_path / "other.yaml", {}).fingerprint
    else:
        after = small(tmp_path, old, new).fingerprint

    assert after != before


def test_a_real_account_at_schwab_gets_no_orders_in_paper_mode(tmp_path: Path) -> None:
    (found,) = refused(tmp_path, "id: smith\n", "id: smith\nmode: paper\n").faults

    assert found.place == "accounts[0].login"
    assert "no paper" in found.message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id: joint\n", "id: joint\n    role: instructed\n"),
        ("broker: schwab\n    cred", "broker: schwab\n    host: http://127.0.0.1:8700\n    cred"),
    ],
)
def test_paper_mode_goes_with_hands_and_with_simulated_brokers(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "household.yaml"
    path.write_text("mode: paper\n" + SMALL.replace(old, new, 1), encoding="utf-8")

    assert load_settings(path, {}).mode is Environment.PAPER
