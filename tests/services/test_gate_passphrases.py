"""A passphrase is long enough, typed on any keyboard, and at rest only a salted digest that costs time to try."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain.errors import WrongUse
from bot.domain.facts import PassphraseSet
from bot.domain.gate import Cost, Passphrase
from bot.services.passphrases import matches, set_passphrase
from tests.fakes.clock import FakeClock
from tests.fakes.gate import MemoryGate
from tests.fakes.ledger import MemoryLedger
from tests.services.gate_stage import CHEAP, GateStage
from tests.services.stage import MONDAY_10_00


def kept(phrase: str, cost: Cost | None = CHEAP) -> Passphrase:
    """What is kept of it."""
    ledger = MemoryLedger()
    gate = MemoryGate(ledger)
    set_passphrase(person="self", phrase=phrase, clock=FakeClock(MONDAY_10_00), ledger=ledger, gate=gate, cost=cost)
    found = gate.passphrase("self")
    assert found is not None
    return found


@pytest.mark.parametrize(
    "phrase", ["", "eleven char", "            ", "  eleven char  ", "x" * 201, "\N{LATIN SMALL LIGATURE FI}" * 5]
)
def test_a_passphrase_has_twelve_characters_or_more(phrase: str) -> None:
    with pytest.raises(WrongUse, match="12 to 200 characters"):
        kept(phrase)


@pytest.mark.parametrize("phrase", ["twelve chars", "x" * 200, "\N{LATIN SMALL LIGATURE FI}" * 6, "пароль з дому 7"])
def test_twelve_are_enough_in_any_script(phrase: str) -> None:
    assert matches(phrase, kept(phrase))


@pytest.mark.parametrize(
    ("chosen", "typed"),
    [
        ("caf\N{LATIN SMALL LETTER E WITH ACUTE} at the corner", "cafe\N{COMBINING ACUTE ACCENT} at the corner"),
        ("twelve letters", "\N{FULLWIDTH LATIN SMALL LETTER T}welve letters"),
        ("twelve letters", " twelve letters\n"),
    ],
)
def test_the_same_passphrase_from_another_keyboard_is_the_same(chosen: str, typed: str) -> None:
    assert matches(typed, kept(chosen))


@pytest.mark.parametrize(
    "typed", ["", "twelve letterS", "twelve letter", "twelve  letters", "x" * 1_000_000, "\udcff" * 12]
)
def test_any_other_is_another(typed: str) -> None:
    assert not matches(typed, kept("twelve letters"))


def normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=12, max_size=40), st.text(max_size=40))
def test_only_the_passphrase_itself_matches(chosen: str, typed: str) -> None:
    try:
        found = kept(chosen)
    except WrongUse:
        return
    assert matches(chosen, found)
    assert matches(typed, found) == (normal(typed) == normal(chosen))


def test_two_people_with_one_passphrase_have_different_digests() -> None:
    one, two = kept("twelve letters"), kept("twelve letters")

    assert len(bytes.fromhex(one.salt)) == 16
    assert one.salt != two.salt
    assert one.digest != two.digest


def test_by_default_a_try_costs_32_megabytes() -> None:
    found = kept("twelve letters", None)

    assert 128 * found.cost.n * found.cost.r == 32 * 2**20
    assert matches("twelve letters", found)


def test_a_new_passphrase_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    stage = GateStage(tmp_path)
    stage.choose("self")
    set_passphrase(
        person="self",
        phrase="another one altogether",
        clock=stage.clock,
        ledger=stage.ledger,
        gate=stage.gate,
        cost=CHEAP,
    )
    found = stage.gate.passphrase("self")

    assert found is not None
    assert matches("another one altogether", found)
    assert [fact.person for fact in stage.ledger.facts() if isinstance(fact, PassphraseSet)] == ["self", "self"]
