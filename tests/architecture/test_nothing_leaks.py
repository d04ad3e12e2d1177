"""No committed file names a package index, a machine's folders or a secret."""

import re
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, report

ROOMS = ("bot", "adapters", "config", "tests", "cassettes", "deploy", ".ci")
ROOT_FILES = ("Makefile", ".gitignore", ".editorconfig", "pyproject.toml", "*.md", "requirements*.lock")

LEAKS = {
    "a package index": re.compile(
        r"https?://\S*/(?:simple/?(?=[\"'\s]|$)|packages/[0-9a-f]{2}/)"
        r"|--(?:extra[-])?index[-]url|--find[-]links|^--trusted[-]host",
        re.MULTILINE,
    ),
    "a machine's folder": re.compile(r"(?<![\w.~$}])/(?:home|Users|root|work|opt/pypi)/\w"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE [K]EY-----"),
    "a broker's key": re.compile(r"\b[PAC]K[A-Z0-9]{18,24}\b"),
    "an access token": re.compile(r"\beyJ[\w-]{16,}\.[\w-]{16,}|\bgh[pousr]_\w{30,}|\bxox[abp]-\w{10,}"),
    "a bearer": re.compile(r"(?i)\bbearer [a-z0-9._~+/-]{24,}"),
}


def leaks(text: str) -> list[str]:
    """What a text gives away, as "a kind of leak: the text that matched", secrets cut short."""
    return [f"{kind}: {match.group()[:24]}" for kind, rule in LEAKS.items() for match in rule.finditer(text)]


def committed_files() -> list[Path]:
    """The files that belong to the project, whether or not git is at hand to list them."""
    inside = [path for room in ROOMS for path in (ROOT / room).rglob("*") if path.suffix != ".pyc"]
    return sorted(path for path in [*inside, *(f for rule in ROOT_FILES for f in ROOT.glob(rule))] if path.is_file())


def test_no_file_gives_away_an_index_a_machine_or_a_secret() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {leak}"
        for path in committed_files()
        for leak in leaks(path.read_text(encoding="utf-8", errors="replace"))
    ]

    assert not found, report(found)


@pytest.mark.parametrize(
    "text",
    [
        "https://index.example" + "/simple/\n",
        "--extra-index" + "-url x",
        'cache = "' + "/home" + '/me/cache"',
        "-----BEGIN RSA PRIVATE " + "KEY-----",
        "PK" + "ABCDEFGH1234567890",
        "eyJ" + "hbGciOiJIUzI1NiIsInR5." + "eyJzdWIiOiIxMjM0NTY3",
        "Authorization: Bearer " + "a1b2c3d4" * 4,
    ],
)
def test_a_leak_would_be_seen(text: str) -> None:
    assert len(leaks(text)) == 1


@pytest.mark.parametrize(
    "text", ["https://www.irs.gov/pub/irs-pdf/p550.pdf", "~/.config/rebaloop", "/var/lib/rebaloop"]
)
def test_an_ordinary_address_or_folder_is_no_leak(text: str) -> None:
    assert not leaks(text)
