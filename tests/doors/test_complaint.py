"""A refused file is shown the way a compiler shows it."""

from __future__ import annotations

from bot.cli.complaint import render
from bot.domain.errors import Fault, FixTheFile

TYPO = Fault(
    message="should be 'taxable' or 'roth', got 'taxible'",
    place="accounts[0].kind",
    line=12,
    column=11,
    excerpt="    kind: taxible  # mine",
    hint="did you mean `taxable`?",
)


def test_a_mistake_shows_its_line_and_a_caret_under_the_word() -> None:
    text = render(FixTheFile("bad.yaml", (TYPO,)))

    assert text.splitlines() == [
        "error: `accounts[0].kind`: should be 'taxable' or 'roth', got 'taxible'",
        "  --> bad.yaml:12:11",
        "  12 |     kind: taxible  # mine",
        "     |           ^^^^^^^",
        "  help: did you mean `taxable`?",
        "1 error in bad.yaml. Nothing was done.",
    ]


def test_a_mistake_without_a_line_is_placed_by_its_path() -> None:
    text = render(FixTheFile("case.json", (Fault(message="is wrong", place="as_of"),)))

    assert text.splitlines()[:2] == ["error: `as_of`: is wrong", "  --> case.json"]


def test_all_mistakes_are_shown_and_counted() -> None:
    text = render(FixTheFile("bad.yaml", (TYPO, Fault(message="the file is empty"))))

    assert text.count("error: ") == 2
    assert text.endswith("2 errors in bad.yaml. Nothing was done.")


def test_a_flood_of_mistakes_is_cut_and_still_counted() -> None:
    text = render(FixTheFile("bad.yaml", (TYPO,) * 1000))

    assert "... and 975 more" in text
    assert "1000 errors" in text


def test_a_long_line_is_cut_so_that_the_mistake_stays_in_sight() -> None:
    long = Fault(message="is wrong", line=1, column=301, excerpt="x" * 299 + " wrong " + "y" * 300)

    lines = render(FixTheFile("bad.yaml", (long,))).splitlines()

    assert max(len(line) for line in lines) < 110
    assert lines[2][lines[3].index("^") :].startswith("wrong")


def test_a_mistake_past_the_end_of_its_line_has_a_caret_too() -> None:
    text = render(FixTheFile("bad.json", (Fault(message="breaks off", line=1, column=9, excerpt='{"a": 1'),)))

    assert "^" in text
