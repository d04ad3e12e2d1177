"""The settings of a household are found, read exactly, and refused with every mistake at once."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from bot.cli.complaint import render
from bot.domain.errors import Fault, FixTheFile
from bot.domain.household import Kind
from bot.domain.money import Usd
from bot.domain.plan import Environment
from bot.settings.hosts import PAPER, PAPER_PRICES, allowed_host
from bot.settings.loading import find_settings, load_settings
from bot.settings.settings import AlpacaConnection, Settings, StatementConnection

EXAMPLE = Path(__file__).resolve().parents[2] / "config" / "household.example.yaml"

SMALL = """\
id: smith
policy: {targets_pct: {stocks: 60, bonds: 40}}
securities:
  VTI: {class: stocks}
  BND: {class: bonds}
accounts:
  - id: brokerage
    kind: taxable
    broker: alpaca
    host: http://127.0.0.1:8700
    credentials:
      key_id: {env: BROKERAGE_KEY}
      secret_key: {file: brokerage.secret}
    menu: [VTI, BND]
  - {id: work, kind: 401k, broker: statement, file: work.csv}
"""


def small(folder: Path, *, old: str = "", new: str = "", environ: Mapping[str, str] | None = None) -> Settings:
    """Small settings with one piece replaced."""
    assert old in SMALL
    path = folder / "household.yaml"
    path.write_text(SMALL.replace(old, new, 1) if old else SMALL + new, encoding="utf-8")
    return load_settings(path, environ or {})


def refused(folder: Path, *, old: str = "", new: str = "", environ: Mapping[str, str] | None = None) -> FixTheFile:
    """The refusal of small settings with one piece replaced."""
    with pytest.raises(FixTheFile) as caught:
        small(folder, old=old, new=new, environ=environ)
    assert caught.value.exit_code == 78
    return caught.value


def fault(folder: Path, *, old: str = "", new: str = "", environ: Mapping[str, str] | None = None) -> Fault:
    """The one mistake of small settings with one piece replaced."""
    (only,) = refused(folder, old=old, new=new, environ=environ).faults
    return only


def brokerage(settings: Settings) -> AlpacaConnection:
    """The connection of the account at Alpaca."""
    connection = settings.connection("brokerage")
    assert isinstance(connection, AlpacaConnection)
    return connection


def test_the_example_is_valid() -> None:
    settings = load_settings(EXAMPLE, {"BROKERAGE_KEY": "made-up"})

    assert settings.mode is Environment.DRY_RUN
    assert settings.policy.min_trade == Usd.of(50)
    assert settings.prices == (("TRUST2045", Decimal("31.42")),)
    assert brokerage(settings).host == PAPER
    assert brokerage(settings).data_host == PAPER_PRICES
    assert brokerage(settings).key_id.reveal() == "made-up"


def test_a_statement_s_orders_are_carried_out_by_a_person(tmp_path: Path) -> None:
    settings = small(tmp_path)

    assert settings.connection("work") == StatementConnection(account="work", file=tmp_path / "work.csv")
    assert not settings.household.account("work").automatic
    assert settings.household.account("work").kind is Kind.WORKPLACE
    assert settings.household.account("brokerage").automatic


def test_what_is_absent_is_safe(tmp_path: Path) -> None:
    settings = small(tmp_path)

    assert settings.mode is Environment.DRY_RUN
    assert settings.approval.expires_sessions == 3
    assert settings.approval.price_collar_pct == 1
    assert settings.ledger == tmp_path / "ledger.sqlite3"
    assert settings.letters == tmp_path / "letters"


def test_a_broker_on_this_machine_quotes_its_own_prices(tmp_path: Path) -> None:
    assert brokerage(small(tmp_path)).data_host == "http://127.0.0.1:8700"


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("id: smith", "id: smith\nmodes: paper", "modes"),
        ("id: smith", "id: smith\nmode: papper", "mode"),
        ("bonds: 40}", "bonds: 39}", "policy.targets_pct"),
        ("class: bonds", "clas: bonds, class: bonds", "securities.BND.clas"),
        ("class: bonds", "class: bonds, price: 0", "securities.BND.price"),
        ("menu: [VTI, BND]", "menu: [VTI, BDN]", "accounts[0].menu[1]"),
        ("menu: [VTI, BND]", "cash_settled: 5", "accounts[0].cash_settled"),
        ("id: work", "id: brokerage", "accounts[1].id"),
        ("broker: statement", "broker: schwob", "accounts[1].broker"),
        ("broker: statement, ", "", "accounts[1].broker"),
        ("file: work.csv", "host: http://127.0.0.1", "accounts[1].host"),
        ("file: work.csv", "file: 5", "accounts[1].file"),
        ("key_id: {env: BROKERAGE_KEY}", "key_id: {env: A, file: B}", "accounts[0].credentials.key_id"),
        ("key_id: {env: BROKERAGE_KEY}", "key_id: {env: A-B}", "accounts[0].credentials.key_id"),
        ("key_id: {env: BROKERAGE_KEY}", "key: {env: A}", "accounts[0].credentials.key"),
        ("", "approval: {expires_sessions: 0}", "approval.expires_sessions"),
        ("", "approval: {expires_sessions: '3'}", "approval.expires_sessions"),
        ("", "approval: {price_collar_pct: 0}", "approval.price_collar_pct"),
        ("", "ledger: ''", "ledger"),
        (
            "http://127.0.0.1:8700",
            "http://127.0.0.1:8700\n    data_host: https://data.alpaca.markets",
            "accounts[0].data_host",
        ),
    ],
)
def test_a_mistake_is_refused_at_its_line(tmp_path: Path, old: str, new: str, place: str) -> None:
    found = {fault.place: fault for fault in refused(tmp_path, old=old, new=new).faults}

    assert found[place].line > 0


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    new = "kind: taxible\n    menu: [GLD]\n    broker: alpaca\n    host: https://api.alpaca.markets\n    x: 1"

    faults = refused(tmp_path, old="kind: taxable\n    broker: alpaca\n    host: http://127.0.0.1:8700", new=new).faults

    assert {fault.place for fault in faults} >= {"accounts[0].kind", "accounts[0].host", "accounts[0].x"}


REAL, OVER_THERE = "https://api.alpaca.markets", "http://127.0.0.1:8700"


@pytest.mark.parametrize("mode", ["dry_run", "paper"])
def test_the_host_of_real_money_is_spoken_to_in_live_mode_alone(tmp_path: Path, mode: str) -> None:
    found = fault(tmp_path, old=OVER_THERE, new=REAL, environ={"REBALOOP_MODE": mode})

    assert (found.place, found.line) == ("accounts[0].host", 10)
    assert "moves real money" in found.message


@pytest.mark.parametrize(
    ("new", "place"), [(f"host: {PAPER}", "accounts[0].host"), ("cash_buffer: 5", "accounts[0].broker")]
)
def test_live_mode_does_not_go_with_the_paper_service(tmp_path: Path, new: str, place: str) -> None:
    found = fault(tmp_path, old=f"host: {OVER_THERE}", new=new, environ={"REBALOOP_MODE": "live"})

    assert (found.place, found.hint) == (place, f"write `host: {REAL}`, or `mode: paper`")
    assert found.line > 0


def test_live_mode_and_the_live_host_are_sound_settings(tmp_path: Path) -> None:
    """They open nothing: that takes `rebaloop arm` as well."""
    settings = small(tmp_path, old=OVER_THERE, new=REAL, environ={"REBALOOP_MODE": "live"})

    assert (settings.mode, brokerage(settings).host) == (Environment.LIVE, REAL)


@pytest.mark.parametrize(
    "host",
    [
        "https://api.alpaca.markets",
        "http://paper-api.alpaca.markets",
        "https://paper-api.alpaca.markets.example.com",
        "https://paper-api.alpaca.markets@example.com",
        "https://paper-api.alpaca.markets:8443",
        "https://paper-api.alpaca.markets/v2/../..",
        "https://127.0.0.1@example.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://example.com#127.0.0.1",
        "http://example.com\\@127.0.0.1",
        "http://127.0.0.1\\@example.com",
        "http://2130706433",
        "http://127.1",
        "http://0.0.0.0",
        "http://[::ffff:7f00:1]",
        "http://[::]",
        "http://10.0.0.1",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:0",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "//127.0.0.1",
        "127.0.0.1:8700",
        "https://paper-api.alpaca.market\u0455",
        "http://127.0.0.1\n",
        "",
    ],
)
def test_every_other_host_is_refused(host: str) -> None:
    assert allowed_host(host, real=PAPER) is None


@pytest.mark.parametrize(
    ("host", "plain"),
    [
        ("https://paper-api.alpaca.markets", PAPER),
        ("https://Paper-API.alpaca.markets/", PAPER),
        ("https://paper-api.alpaca.markets:443", PAPER),
        ("http://127.0.0.1:8700/", "http://127.0.0.1:8700"),
        ("http://127.8.8.8", "http://127.8.8.8"),
        ("http://[::1]:8700", "http://[::1]:8700"),
        ("http://localhost:8700", "http://localhost:8700"),
    ],
)
def test_the_paper_host_and_this_machine_are_allowed(host: str, plain: str) -> None:
    assert allowed_host(host, real=PAPER) == plain


def test_the_password_in_a_refused_address_is_not_repeated(tmp_path: Path) -> None:
    text = render(refused(tmp_path, old="http://127.0.0.1:8700", new="https://me:hunter2@example.com"))

    assert "not allowed" in text
    assert "hunter2" not in text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{env: BROKERAGE_KEY}", "hunter2"),
        ("{env: BROKERAGE_KEY}", "[hunter2]"),
        ("{env: BROKERAGE_KEY}", "{env: 'hunter2 '}"),
        ("key_id: {env: BROKERAGE_KEY}", "key_id:\n        hunter2"),
        ("key_id: {env: BROKERAGE_KEY}", "key: hunter2"),
        ("credentials:\n", "credentals:\n      a: hunter2\n"),
        ("{env: BROKERAGE_KEY}", "'hunter2"),
        ("key_id: {env: BROKERAGE_KEY}", "key_id:\n        @hunter2"),
        ("id: work, kind: 401k", "id: work, kind: 401, credentials: {key_id: hunter2}"),
    ],
)
def test_a_literal_secret_is_refused_and_never_shown(tmp_path: Path, old: str, new: str) -> None:
    problem = refused(tmp_path, old=old, new=new)

    assert "hunter2" not in render(problem) + str(problem) + repr(problem.faults)


def test_a_literal_secret_is_met_with_what_to_write_instead(tmp_path: Path) -> None:
    assert fault(tmp_path, old="{env: BROKERAGE_KEY}", new="hunter2").hint == "write {env: NAME} or {file: NAME}"


def test_a_secret_from_the_environment_is_read_when_asked_for(tmp_path: Path) -> None:
    settings = small(tmp_path, environ={"BROKERAGE_KEY": " hunter2\n"})

    assert brokerage(settings).key_id.reveal() == "hunter2"


def test_a_secret_is_never_part_of_any_text(tmp_path: Path) -> None:
    settings = small(tmp_path, environ={"BROKERAGE_KEY": "hunter2"})

    assert "hunter2" not in f"{settings!r} {brokerage(settings).key_id} {settings.fingerprint}"


def test_a_missing_variable_is_named_with_the_line_that_asks_for_it(tmp_path: Path) -> None:
    settings = small(tmp_path)

    with pytest.raises(FixTheFile) as caught:
        brokerage(settings).key_id.reveal()

    assert caught.value.exit_code == 78
    assert "household.yaml:12:" in caught.value.message
    assert "BROKERAGE_KEY" in caught.value.message


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_secret_s_file_lies_beside_the_settings(tmp_path: Path, mode: int) -> None:
    kept = tmp_path / "brokerage.secret"
    kept.write_text("hunter2\n", encoding="utf-8")
    kept.chmod(mode)

    assert brokerage(small(tmp_path)).secret_key.reveal() == "hunter2"


@pytest.mark.parametrize("name", ["brokerage.secret", "file_brokerage.secret"])
def test_a_secret_s_file_lies_in_the_folder_of_credentials_where_there_is_one(tmp_path: Path, name: str) -> None:
    """Systemd puts `file_` before the names where the credential `file` is a whole folder."""
    folder = tmp_path / "credentials"
    folder.mkdir()
    kept = folder / name
    kept.write_text("hunter2", encoding="utf-8")
    kept.chmod(0o440)

    settings = small(tmp_path, environ={"CREDENTIALS_DIRECTORY": str(folder)})

    assert brokerage(settings).secret_key.reveal() == "hunter2"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o610])
def test_a_secret_s_file_that_others_may_open_is_refused(tmp_path: Path, mode: int) -> None:
    kept = tmp_path / "brokerage.secret"
    kept.write_text("hunter2", encoding="utf-8")
    kept.chmod(mode)

    with pytest.raises(FixTheFile, match="open to other users") as caught:
        brokerage(small(tmp_path)).secret_key.reveal()
    assert caught.value.next_step == "chmod 600 brokerage.secret"


@pytest.mark.parametrize("content", [b"", b" \n", b"a\nb", b"a\x1bb", b"\xff"])
def test_a_file_without_a_usable_secret_is_refused(tmp_path: Path, content: bytes) -> None:
    kept = tmp_path / "brokerage.secret"
    kept.write_bytes(content)
    kept.chmod(0o600)

    with pytest.raises(FixTheFile):
        brokerage(small(tmp_path)).secret_key.reveal()


def test_a_folder_in_the_place_of_a_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "brokerage.secret").mkdir(mode=0o700)

    with pytest.raises(FixTheFile):
        brokerage(small(tmp_path)).secret_key.reveal()


def test_the_environment_overrides_mode_ledger_and_letters(tmp_path: Path) -> None:
    environ = {"REBALOOP_MODE": "paper", "REBALOOP_LEDGER": "/var/lib/rebaloop/l.sqlite3", "REBALOOP_LETTERS": "out"}

    settings = small(tmp_path, environ=environ)

    assert settings.mode is Environment.PAPER
    assert settings.ledger == Path("/var/lib/rebaloop/l.sqlite3")
    assert settings.letters == tmp_path / "out"


def test_a_wrong_override_is_named_by_its_variable(tmp_path: Path) -> None:
    found = fault(tmp_path, environ={"REBALOOP_MODE": "lives"})

    assert (found.place, found.line) == ("REBALOOP_MODE", 0)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("bonds: 40", "bonds: 39, cash: 1"),
        ("kind: taxable", "kind: roth"),
        ("menu: [VTI, BND]", "menu: [BND, VTI]"),
        ("127.0.0.1:8700", "127.0.0.1:8701"),
        ("env: BROKERAGE_KEY", "env: OTHER_KEY"),
        ("id: smith", "id: smith\nmode: paper"),
        ("", "approval: {price_collar_pct: 2}"),
        ("class: bonds", "class: bonds, price: 3"),
        ("file: work.csv", "file: other.csv"),
    ],
)
def test_the_fingerprint_changes_with_anything_that_an_approval_rests_on(tmp_path: Path, old: str, new: str) -> None:
    before = small(tmp_path).fingerprint

    assert small(tmp_path, old=old, new=new).fingerprint != before


def test_the_fingerprint_does_not_change_with_a_secret_or_with_where_letters_go(tmp_path: Path) -> None:
    before = small(tmp_path).fingerprint

    assert small(tmp_path, new="letters: out", environ={"BROKERAGE_KEY": "x"}).fingerprint == before


def test_the_settings_that_are_named_come_first(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.touch()
    second.touch()
    environ = {"REBALOOP_SETTINGS": str(second)}

    assert find_settings(first, environ) == first
    assert find_settings(None, environ) == second


def test_settings_that_are_nowhere_lead_to_the_example(tmp_path: Path) -> None:
    with pytest.raises(FixTheFile) as caught:
        find_settings(None, {"REBALOOP_SETTINGS": str(tmp_path / "none.yaml")})

    assert caught.value.exit_code == 78
    assert "household.example.yaml" in caught.value.next_step
    assert "REBALOOP_SETTINGS" in caught.value.message


def test_settings_that_cannot_be_read_count_as_bad_configuration(tmp_path: Path) -> None:
    assert refused(tmp_path, new="\tx: 1").faults[0].line == 16
