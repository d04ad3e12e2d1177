"""No tape, no recorded payload and no page of documentation holds anything that looks like somebody's secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tapes.audit import REAL_HOSTS, secrets_in
from tests.tapes.tape import FOLDER, metadata_of

ROOT = FOLDER.parent
TAPES = sorted(FOLDER.glob("*/*.yaml"))
PAYLOADS = sorted(path for path in (ROOT / "tests/adapters/data").rglob("*") if path.is_file())
PAGES = sorted(
    [*ROOT.glob("*.md"), *FOLDER.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "config").glob("*.yaml")]
)
TAIL = "x7Q9z3Lk" + "Vb2NmT5rWp8yHc4J"


def names(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [*TAPES, *PAYLOADS, *PAGES], ids=names)
def test_nothing_in_it_looks_like_a_secret(path: Path) -> None:
    assert not list(secrets_in(path.read_text(encoding="utf-8", errors="replace")))


@pytest.mark.parametrize("path", TAPES, ids=names)
def test_a_real_host_stands_only_on_a_tape_that_says_so(path: Path) -> None:
    source = metadata_of(path).get("recorded_from")

    assert path.name.endswith({"simulator": ".sim.yaml", "live": ".live.yaml"}.get(str(source), "."))
    assert source == "live" or not REAL_HOSTS.search(path.read_text(encoding="utf-8"))


def test_there_is_something_to_look_at() -> None:
    assert len(TAPES) > 50
    assert len(PAYLOADS) > 20
    assert PAGES


@pytest.mark.parametrize(
    "text",
    [
        "token: eyJ" + "hbGciOiJSUzI1NiJ9" + ".eyJzdWIi",
        "Bearer " + TAIL,
        "Basic " + TAIL,
        "AK" + "QWERTYUIOPASDFGH12",
        "PK" + "QWERTYUIOPASDFGH12",
        "  APCA-API-KEY-ID" + ": x",
        "Set-Cookie" + ": a=b",
        '"accountNumber"' + ': "73918264"',
        "account_number" + ": 73918264",
        '"accountNumber"' + ": 73918264",
        "PA3" + "QWERTY7XZ",
        "/accounts/" + "9F86D081884C7D659A2FEAA0C55AD015",
        '"hashValue"' + ': "9F86D081884C7D659A2FEAA0C55AD015"',
        "jane" + "@" + "mail.org",
        "?code=" + TAIL,
        "-----BEGIN RSA PRIVATE " + "KEY-----",
        "secret = " + TAIL,
    ],
)
def test_a_secret_would_be_seen(text: str) -> None:
    assert list(secrets_in(text))


@pytest.mark.parametrize(
    "text",
    [
        '"accountNumber": "90000001"',
        '"account_number": "PA0000000001"',
        "/accounts/HASH_1/orders/1002600000007",
        '"id": "6ba7b810-9dad-41d1-80b4-00c04fd430c8"',
        "client_order_id=rl-6561eb091cc00a028441da9a44351ea4",
        "cashAvailableForWithdrawalWithoutLoan",
        "20260302100000123::6ba7b810-9dad-41d1-80b4-00c04fd430c8",
    ],
)
def test_what_is_no_secret_is_left_alone(text: str) -> None:
    assert not list(secrets_in(text))


def test_a_real_host_would_be_seen() -> None:
    for host in ("https://api.schwabapi.com/x", "https://paper-api.alpaca.markets", "https://data.alpaca.markets/v2"):
        assert REAL_HOSTS.search(host)
    assert not REAL_HOSTS.search("http://alpaca-sim.test http://schwab-sim.test")
