"""Where the page listens: nowhere unless asked for, on this machine by default, and never unencrypted to others."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings.page import PageAddress
from tests.doors.test_settings import fault, small


def page(folder: Path, words: str) -> PageAddress | None:
    return small(folder, new=f"page: {words}\n").page


def test_without_the_key_there_is_no_page(tmp_path: Path) -> None:
    assert small(tmp_path).page is None


def test_by_default_it_listens_to_this_machine_alone(tmp_path: Path) -> None:
    found = page(tmp_path, "{}")

    assert found is not None
    assert (found.url, found.on_loopback) == ("http://127.0.0.1:8787", True)


def test_letters_name_the_public_address(tmp_path: Path) -> None:
    found = page(tmp_path, '{listen: "[::1]:9000", public_url: "https://Pie.Example.org:443/"}')

    assert found is not None
    assert (found.url, found.local_url) == ("https://pie.example.org", "http://[::1]:9000")


def test_behind_a_tls_proxy_it_may_listen_to_others(tmp_path: Path) -> None:
    found = page(tmp_path, "{listen: 192.0.2.7:80, behind_tls_proxy: true, public_url: https://pie.example}")

    assert found == PageAddress(host="192.0.2.7", port=80, public_url="https://pie.example", behind_tls_proxy=True)


@pytest.mark.parametrize(
    "words",
    [
        "{listen: 0.0.0.0:8787}",
        "{listen: 192.0.2.7:8787, public_url: https://pie.example}",
        "{listen: 192.0.2.7:8787, behind_tls_proxy: true}",
        '{listen: "[::]:8787"}',
    ],
)
def test_others_are_never_listened_to_unencrypted(tmp_path: Path, words: str) -> None:
    found = fault(tmp_path, new=f"page: {words}\n")

    assert (found.place, found.line > 0) == ("page.listen", True)
    assert found.message == "others could reach this address, and a passphrase would go to it unencrypted"
    assert "127.0.0.1:8787" in found.hint


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("", "page"),
        ("{listen: localhost:8787}", "page.listen"),
        ("{listen: 127.0.0.1}", "page.listen"),
        ("{listen: 127.0.0.1:70000}", "page.listen"),
        ("{listen: 300.0.0.1:8787}", "page.listen"),
        ("{public_url: http://pie.example}", "page.public_url"),
        ("{public_url: https://me:secret@pie.example}", "page.public_url"),
        ("{public_url: https://pie.example/path}", "page.public_url"),
        ("{public_url: https://pie.example:99999}", "page.public_url"),
        ("{behind_tls_proxy: 'yes'}", "page.behind_tls_proxy"),
        ("{lisen: 127.0.0.1:8787}", "page.lisen"),
    ],
)
def test_what_is_no_address_is_refused_at_its_line(tmp_path: Path, words: str, place: str) -> None:
    found = fault(tmp_path, new=f"page: {words}\n")

    assert (found.place, found.line > 0, "secret" in found.message) == (place, True, False)


def test_where_the_page_listens_ends_no_approval(tmp_path: Path) -> None:
    assert small(tmp_path).fingerprint == small(tmp_path, new="page: {}\n").fingerprint
