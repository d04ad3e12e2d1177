"""Foreign sentences come through without anything that looks like a secret, and with all that a person needs."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from bot.domain.discretion import LONGEST_SENTENCE, discreet, is_private
from tests.scenarios.canaries import SAID


@pytest.mark.parametrize("name", sorted(SAID))
@pytest.mark.parametrize("around", ["no {} here", "{}", "({})", "x:{}, y", "id='{}'"])
def test_what_has_the_shape_of_a_secret_is_left_out(name: str, around: str) -> None:
    assert SAID[name] not in discreet(around.format(SAID[name]))


@given(st.text(max_size=40), st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_a_secret_that_is_known_is_left_out_wherever_it_stands(before: str, secret: str, after: str) -> None:
    assert secret not in discreet(f"{before}{secret}{after}", secret).replace("...", "") or secret in before + after


@given(st.text(max_size=6000))
def test_it_is_one_short_printable_line(text: str) -> None:
    line = discreet(text)

    assert line.isprintable()
    assert len(line) <= LONGEST_SENTENCE + 3


@pytest.mark.parametrize(
    "sentence",
    [
        "insufficient qty available for order (requested: 5, available: 0)",
        "asset BRK.B is not tradable on 2026-03-02",
        "550 5.1.1 The email account that you tried to reach does not exist",
        "order would cost $1,234,567.89",
        "fractional orders must be DAY orders",
    ],
)
def test_what_a_person_needs_stays(sentence: str) -> None:
    assert discreet(sentence) == sentence


@pytest.mark.parametrize(
    "name", ["12345678", "1234567890", "Z12345678", "9182-7364", "912-88-7301-1", "PA3QWERTY7XZ", "PKABCDEFGH"]
)
def test_a_name_like_an_account_number_or_a_key_is_private(name: str) -> None:
    assert is_private(name)


@pytest.mark.parametrize(
    "name",
    ["VTI", "BRK.B", "037833100", "912797KX4", "PAAS", "PKW", "AKAM", "BTC/USD", "AAPL250117C00150000", "T-2027"],
)
def test_a_ticker_or_a_cusip_is_not(name: str) -> None:
    assert not is_private(name)
