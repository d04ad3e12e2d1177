"""Numbers and days that a web page prints are read exactly or not at all."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from adapters.brokers.statement.discreet import discreet, leading_numbers
from adapters.brokers.statement.printed import MONTHS, printed_day, printed_number
from adapters.brokers.statement.sheet import column_of
from adapters.files.tree import Unfit

NUMBERS = st.decimals(min_value=Decimal("-9e11"), max_value=Decimal("9e11"), places=3).map(lambda number: number + 0)


@given(number=NUMBERS, thousands=st.booleans(), dollar=st.booleans(), style=st.sampled_from(["-$", "$-", "()", "+"]))
def test_a_number_is_read_however_it_is_dressed(number: Decimal, thousands: bool, dollar: bool, style: str) -> None:
    digits = f"{abs(number):,f}" if thousands else f"{abs(number):f}"
    sign, currency = ("-" if number < 0 else "+" if style == "+" else ""), ("$" if dollar else "")
    if style == "()" and number < 0:
        text = f"({currency}{digits})"
    else:
        text = currency + sign + digits if style == "$-" else sign + currency + digits

    assert printed_number(f" {text} ") == number


@given(text=st.text(alphabet="0123456789.,$-+() eE_", max_size=12))
def test_what_is_read_says_the_same_without_its_dress(text: str) -> None:
    number = printed_number(text)
    if not isinstance(number, Decimal):
        return
    bare = "".join(letter for letter in text if letter in "0123456789.")

    assert abs(number) == Decimal(bare)
    assert text.count("-") + text.count("+") + text.count("(") <= 1


@pytest.mark.parametrize("text", ["", "-", "--", "n/a", "N/A", "Incomplete", "null"])
def test_a_dash_is_no_number_and_no_mistake(text: str) -> None:
    assert printed_number(text) is None


@pytest.mark.parametrize(
    "text", ["1,23", "12,34,567", "1e3", "-$-1", "($-1)", "1.2.3", "$", "USD 5", "٣", "9" * 40, "+"]
)
def test_no_other_text_is_a_number(text: str) -> None:
    assert isinstance(printed_number(text), Unfit)


@given(on=st.dates(min_value=date(1900, 1, 1)))
def test_a_day_is_read_in_every_way_in_which_it_is_printed(on: date) -> None:
    name = MONTHS[on.month - 1].capitalize()
    printed = (
        f"{on:%m/%d}/{on.year:04}",
        f"{on.month}/{on.day}/{on.year:04}",
        f"{on.year:04}/{on:%m/%d}",
        f"{name}-{on.day:02}-{on.year:04}",
        on.isoformat(),
    )

    assert [printed_day(text) for text in printed] == [on.isoformat()] * len(printed)


@pytest.mark.parametrize("text", ["13/01/2026", "02/30/2026", "Foo-01-2026", "1/2/26", "yesterday", "0000/01/01"])
def test_no_other_text_is_a_day(text: str) -> None:
    assert printed_day(text) == text


def test_the_number_of_an_account_keeps_its_last_four_characters() -> None:
    numbers = leading_numbers(["Z00012345,Individual,VTI,12345", '"987654", x', "VTI,Z00012345", "no comma"])

    assert discreet("Z00012345 holds 12345 of 987654", numbers) == "*****2345 holds 12345 of **7654"
    assert discreet("x98765432 and -VTI260417C300", numbers) == "*****5432 and -VTI260417C300"
    assert discreet("nobody knows 12345 or 1234") == "nobody knows *2345 or 1234"


@pytest.mark.parametrize(("line", "index", "column"), [("a,b", 1, 3), ('"a,a", "b"', 1, 9), ("a", 3, 1), ("", 0, 1)])
def test_the_column_of_a_cell_is_where_its_text_begins(line: str, index: int, column: int) -> None:
    assert column_of(line, index) == column
