"""No line of a log shows what is private, wherever in the event it stands."""

from __future__ import annotations

import pytest

from bot.log import scrub


@pytest.mark.parametrize(
    "value",
    [
        "12345678",
        12345678,
        ["12345678"],
        {"inner": "no 12345678 here"},
        {"token": "12345678"},
        [{"deep": ("x", "Z12345678")}],
        "account Z12345678 it is",
        "1234-5678",
        "write to alice@example.com",
        "Authorization: Bearer abc.def.ghi",
    ],
)
def test_what_is_private_is_hidden(value: object) -> None:
    shown = str(scrub(None, "", {"event": "x", "a": value}))

    assert not any(word in shown for word in ("2345678", "1234-5678", "alice", "abc.def"))
    assert "***" in shown


@pytest.mark.parametrize(
    "name", ["secret_key", "access_token", "Authorization", "app_key", "account_number", "password"]
)
def test_what_a_telling_word_names_is_hidden(name: str) -> None:
    assert scrub(None, "", {name: "short"}) == {name: "***"}
    assert scrub(None, "", {"a": {name: 1}}) == {"a": {name: "***"}}


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-02T15:00:00+00:00",
        "P-2026-03-02-A",
        "1e15a59e5b67",
        "$1,234,567.89",
        "10.5",
        1500,
        True,
        None,
        "rl-0a1b",
    ],
)
def test_what_is_no_secret_is_shown(value: object) -> None:
    assert scrub(None, "", {"a": value}) == {"a": value}
