"""Whatever an event holds, its log line tells no token, no password and no account number."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given, settings, strategies as st

from bot import log

SECRET = "canary-Zm9vYmFyYmF6"
NUMBER = "98765432"
KEYS = ("token", "access_token", "refreshToken", "app_secret", "PASSWORD", "Authorization", "key_id", "account_number")


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What a run writes into its log."""
    with io.StringIO() as lines:
        monkeypatch.setattr(sys, "stderr", lines)
        log.set_up(quiet=False)
        yield lines
        structlog.reset_defaults()


def line_of(lines: io.StringIO, event: str, **words: object) -> str:
    """The line that an event leaves."""
    structlog.get_logger().warning(event, **words)
    return lines.getvalue()


@pytest.mark.parametrize("key", KEYS)
def test_the_value_under_a_telling_key_is_hidden(logged: io.StringIO, key: str) -> None:
    line = line_of(logged, "login.renewed", account="rollover", **{key: SECRET})

    assert SECRET not in line
    assert (json.loads(line)[key], json.loads(line)["account"]) == ("***", "rollover")


@pytest.mark.parametrize(
    "text", [NUMBER, f"no account {NUMBER}", f"account #{NUMBER}: closed", f"({NUMBER})", f"{NUMBER}, {NUMBER}1"]
)
def test_an_account_number_is_hidden_wherever_it_stands(logged: io.StringIO, text: str) -> None:
    assert NUMBER not in line_of(logged, text, why=text)


@settings(deadline=None)
@given(st.text(max_size=20), st.integers(10**7, 10**17), st.text(max_size=20))
def test_a_long_number_between_any_words_is_hidden(before: str, number: int, after: str) -> None:
    words: dict[str, Any] = {"why": f"{before} {number} {after}"}

    assert f" {number} " not in str(log.scrub(None, "info", words)["why"])


def test_the_libraries_are_hushed_before_they_tell_bodies_and_headers(logged: io.StringIO) -> None:
    for name in log.LOUD:
        library = logging.getLogger(name)
        assert not library.isEnabledFor(logging.INFO)
