"""What Fidelity, Vanguard and Schwab export from their web pages is read as it comes, one account at a time."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.brokers.statement.broker import StatementBroker
from bot.domain.errors import Fault, FixTheFile
from bot.domain.money import Shares, Usd
from bot.domain.readings import AccountReading
from tests.fuzz.files import Today

FILES = Path(__file__).parent / "data" / "statements"
FIDELITY, VANGUARD, SCHWAB = (FILES / name for name in ("fidelity.csv", "vanguard.csv", "schwab.csv"))
FIRST = {FIDELITY: "1111", VANGUARD: "2222", SCHWAB: "5123"}  # the account that can be read
NUMBERS = ("Z00011111", "Z00033333", "11112222", "33334444")
Write = Callable[..., Path]


def read(path: Path, ends: str = "") -> AccountReading:
    return StatementBroker(account="work", path=path, clock=Today(), account_ends=ends).read("work")


def faults(path: Path, ends: str = "") -> tuple[Fault, ...]:
    with pytest.raises(FixTheFile) as caught:
        read(path, ends)
    return caught.value.faults


def held(reading: AccountReading) -> list[tuple[str, str, Usd | None, Decimal | None]]:
    return [(one.symbol, one.quantity.plain, one.cost_basis, one.price) for one in reading.held]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(form: Path, *changes: tuple[str, str], name: str = "work.csv") -> Path:
        text = form.read_bytes().decode("utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        file = tmp_path / name
        file.write_bytes(text.encode())
        return file

    return write


def test_fidelity_counts_the_core_position_once_as_cash_and_pays_what_is_pending() -> None:
    reading = read(FIDELITY, "1111")

    assert (reading.cash_settled, reading.cash_unsettled) == (Usd.of(1000), Usd())
    assert reading.stated_on == date(2026, 2, 27)
    assert held(reading) == [
        ("BND", "120", None, Decimal("72.10")),
        ("VTI", "80.5", Usd.of(16100), Decimal("250.20")),
    ]


def test_vanguard_counts_the_settlement_fund_as_cash_and_leaves_transactions_alone() -> None:
    reading = read(VANGUARD, "2222")

    assert (reading.cash_settled, reading.stated_on) == (Usd.of("1234.56"), date(2026, 2, 27))
    assert held(reading) == [("VTSAX", "100.5", None, Decimal("120.02"))]


def test_schwab_is_read_out_of_a_file_of_all_accounts() -> None:
    reading = read(SCHWAB, "5123")

    assert (reading.cash_settled, reading.stated_on) == (Usd.of("4900.25"), date(2026, 2, 27))
    assert held(reading) == [
        ("SCHB", "1000.5", Usd.of(20000), Decimal("25.00")),
        ("VOO", "2", None, Decimal("656.17")),
    ]


def test_schwab_is_read_out_of_a_file_of_one_account(write: Write) -> None:
    text = SCHWAB.read_text()
    single = text[: text.index('"Roth IRA')].replace("for All-Accounts as", "for account Individual ...123 as")
    file = write(SCHWAB)
    file.write_text(single.replace('"Individual ...123"' + ',""' * 11 + "\n", ""))

    assert read(file) == read(SCHWAB, "5123")


def test_what_will_be_received_is_cash_that_is_not_settled(write: Write) -> None:
    reading = read(write(FIDELITY, (",-$234.56,", ",$234.56,")), "1111")

    assert (reading.cash_settled, reading.cash_unsettled) == (Usd.of("1234.56"), Usd.of("234.56"))


def test_what_is_pending_may_stand_in_the_column_of_older_exports(write: Write) -> None:
    older = write(FIDELITY, ("activity,,,,,-$234.56,", "activity,,,,-$234.56,,"))

    assert read(older, "1111") == read(FIDELITY, "1111")


def test_a_symbol_that_is_held_for_cash_and_on_margin_is_one_position(write: Write) -> None:
    line = next(line for line in FIDELITY.read_text().splitlines() if ",VTI," in line)
    margin = line.replace("80.5,", "10,").replace("20,141.10", "2,502.00").replace("16,100.00", "900.50")
    file = write(FIDELITY, (line, f"{line}\r\n{margin.replace(',Cash,', ',Margin,')}"))

    assert held(read(file, "1111"))[1] == ("VTI", "90.5", Usd.of("17000.50"), Decimal("250.20"))
    twice = write(FIDELITY, (line, f"{line}\r\n{line}"))
    assert faults(twice, "1111")[0].message == "'VTI' stands here twice"


def test_a_plan_at_work_has_no_core_position_and_no_cash() -> None:
    assert read(FIDELITY, "1222").cash_settled == Usd()


@pytest.mark.parametrize("form", [FIDELITY, VANGUARD, SCHWAB], ids=lambda form: form.stem)
def test_a_file_of_several_accounts_wants_one_to_be_chosen(form: Path) -> None:
    (fault,) = faults(form)

    assert "accounts and none is chosen" in fault.message
    assert fault.hint.startswith("say which one")
    assert "none of the" in faults(form, "9999")[0].message


@pytest.mark.parametrize("form", [FIDELITY, VANGUARD, SCHWAB], ids=lambda form: form.stem)
def test_byte_order_mark_and_line_ends_change_nothing(write: Write, form: Path) -> None:
    file = write(form)
    text = form.read_text(encoding="utf-8-sig")

    for other in (text, "\ufeff" + text, text.replace("\n", "\r\n"), text + "\n\n"):
        file.write_text(other, newline="")
        assert read(file, FIRST[form]) == read(form, FIRST[form])


@pytest.mark.parametrize(
    ("form", "ends", "line", "words"),
    [
        (FIDELITY, "3333", 8, "is an option"),
        (VANGUARD, "4444", 7, "without a ticker"),
        (SCHWAB, "456", 13, "is an option"),
    ],
    ids=lambda value: value.stem if isinstance(value, Path) else str(value),
)
def test_a_row_that_cannot_be_read_refuses_the_file_and_is_shown(form: Path, ends: str, line: int, words: str) -> None:
    (fault,) = faults(form, ends)

    assert (fault.line, fault.column > 0, fault.place) == (line, True, "symbol")
    assert words in fault.message
    assert "a statement of your own" in fault.hint
    assert not any(number in fault.excerpt + fault.message for number in NUMBERS)


@pytest.mark.parametrize(
    ("form", "change", "words"),
    [
        (FIDELITY, ("80.5,", "805,"), "a bond or a contract"),
        (FIDELITY, ("80.5,", "n/a,"), "quantity is missing"),
        (FIDELITY, ("80.5,", "eighty,"), "quantity cannot be read"),
        (FIDELITY, ('"$20,141.10"', "much"), "the value of this row"),
        (FIDELITY, ('"$20,141.10"', "n/a"), "price or value of this row is missing"),
        (FIDELITY, ("80.5,", "-80.5,"), "a bond or a contract"),
        (FIDELITY, (",VTI,", ",,"), "without a ticker"),
        (FIDELITY, (",VTI,", ",BND,"), "stands here twice"),
        (FIDELITY, (",VTI,", ",SPAXX**,"), "stands here twice"),
        (FIDELITY, (",VTI,", ",Vanguard,"), "no ticker in capitals"),
        (FIDELITY, ("$1234.56", "--"), "value of this cash"),
        (FIDELITY, ("-$234.56", "-$9234.56"), "a debt cannot be rebalanced"),
        (FIDELITY, ("-$234.56", "soon"), "what is pending"),
        (FIDELITY, ("-$234.56", "-$9,234.56"), "what is pending"),
        (FIDELITY, ("-$0.05,", "-$0.05,8,"), "as many cells"),
        (FIDELITY, ('"$16,100.00"', '"$16,100.005"'), "finer than a cent"),
        (FIDELITY, ("Z00011111,Individual - TOD,BND", ",Individual - TOD,BND"), "of no account"),
        (FIDELITY, ("Date downloaded Feb-27-2026", "Date lost"), "as_of is missing"),
        (FIDELITY, ("Feb-27-2026", "Mar-27-2026"), "in the future"),
        (FIDELITY, ("Feb-27-2026", "Feb-31-2026"), "no day"),
        (FIDELITY, (",Last Price,", ",Worst Price,"), "no column 'last price'"),
        (FIDELITY, (",Last Price,", ",Quantity,"), "two columns 'quantity'"),
        (FIDELITY, (",Margin,\r\nZ00011111,Individual - TOD,P", "\r\nZ00011111,Individual - TOD,P"), "as many cells"),
        (FIDELITY, ("Account Number,Account Name,Symbol", "Name,Owner,Thing"), "no such column"),
        (VANGUARD, ("# as_of: 2026-02-27\n", ""), "as_of is missing"),
        (VANGUARD, ("12062.01", "120620.1"), "a bond or a contract"),
        (VANGUARD, (",1,1234.56,", ",1,,"), "value of this cash"),
        (VANGUARD, ("\n33334444,VANG", "\nFund Account Number,Fund Name,Price\n33334444,VANG"), "no tickers"),
        (SCHWAB, ('"Account Total","","--","--","--","$31', '"Sum","","--","--","--","$31'), "without their total"),
        (
            SCHWAB,
            ('"Cash & Cash Investments","--","--","--","--","$4,9', '"Money","--","--","--","--","$4,9'),
            "cash is",
        ),
        (SCHWAB, ('"25.00","0.10"', '"2,500.00","0.10"'), "a bond or a contract"),
        (SCHWAB, ("2026/02/27", "2026/27/02"), "no day"),
        (SCHWAB, ('"Roth IRA ...456"', '"Individual ...123"'), "the same name"),
        (SCHWAB, ('"Roth IRA ...456",""', '"Roth IRA ...456","x"'), "of no account"),
    ],
    ids=lambda value: value.stem if isinstance(value, Path) else str(value),
)
def test_an_export_with_this_mistake_is_refused(write: Write, form: Path, change: tuple[str, str], words: str) -> None:
    told = faults(write(form, change), FIRST[form])

    assert any(words in fault.message for fault in told), [fault.message for fault in told]
    assert not any(number in f"{fault.excerpt}{fault.message}" for fault in told for number in NUMBERS)


def test_a_bond_is_known_by_its_price_per_hundred(write: Write) -> None:
    bond = (",VTI,", ",91282CPU9,")

    assert "no ticker" in faults(write(FIDELITY, bond, ("$250.20", "--")), "1111")[0].message
    assert "a bond" in faults(write(FIDELITY, bond, ("$250.20", "$25020.00")), "1111")[0].message
    assert held(read(write(FIDELITY, bond), "1111"))[0][0] == "91282CPU9"  # a plan's own fund, priced each


@pytest.mark.parametrize("name", ["vanguard-2026-02-27.csv", "Positions_Feb-27-2026.csv"])
def test_a_file_without_a_day_may_have_it_in_its_name(write: Write, name: str) -> None:
    assert read(write(VANGUARD, ("# as_of: 2026-02-27\n", ""), name=name), "2222") == read(VANGUARD, "2222")


def test_a_day_of_our_own_that_says_another_thing_is_refused(write: Write) -> None:
    assert read(write(FIDELITY, ("\ufeff", "# as_of: 2026-02-27\r\n")), "1111") == read(FIDELITY, "1111")
    assert faults(write(FIDELITY, ("\ufeff", "# as_of: 2026-02-26\r\n")), "1111")[0].message == (
        "one statement is of one day"
    )


def test_shares_that_were_sold_and_still_stand_there_are_left_out(write: Write) -> None:
    file = write(VANGUARD, ("VOO,0,0,0,", "VOO,0,656.17,0.00,"))

    assert [one.quantity for one in read(file, "2222").held] == [Shares.of("100.5")]
