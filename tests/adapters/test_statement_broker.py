"""A statement is believed as a whole or not at all, and every mistake in it is shown at once."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.brokers.statement.broker import LARGEST, StatementBroker
from adapters.clock import BrokerClock
from bot.domain.errors import Fault, FixTheFile, WrongUse
from bot.domain.money import Shares, Usd
from bot.domain.orders import Answer, Intent
from bot.domain.readings import AccountReading, HeldReading
from bot.domain.snapshot import Side
from tests.fakes.broker import FakeBroker

GOOD_CSV = """# as_of: 2026-02-27
symbol,quantity,price,cost_basis
CASH,1234.56,,
VTI,10.123456789,250.125,2000.00
TARGET-2045,3,,
"""
GOOD_YAML = """as_of: 2026-02-27
cash: 1234.56
positions:
  - {symbol: VTI, quantity: 10.123456789, price: 250.125, cost_basis: 2000}
  - symbol: TARGET-2045
    quantity: "3"
"""
GOOD = AccountReading(
    account="work",
    cash_settled=Usd.of("1234.56"),
    cash_unsettled=Usd(),
    held=(
        HeldReading(symbol="TARGET-2045", quantity=Shares.of(3), available=Shares.of(3), cost_basis=None, price=None),
        HeldReading(
            symbol="VTI",
            quantity=Shares.of("10.123456789"),
            available=Shares.of("10.123456789"),
            cost_basis=Usd.of(2000),
            price=Decimal("250.125"),
        ),
    ),
    stated_on=date(2026, 2, 27),
)


class Shelf:
    """A folder for one statement; it is Monday, 2 March 2026."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def broker(self, text: str | bytes, name: str = "work.csv") -> StatementBroker:
        file = self._folder / name
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return StatementBroker(account="work", path=file, clock=BrokerClock(FakeBroker(cash={})))

    def faults(self, text: str | bytes, name: str = "work.csv") -> tuple[Fault, ...]:
        with pytest.raises(FixTheFile) as caught:
            self.broker(text, name).read("work")
        return caught.value.faults


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (GOOD_CSV, "work.csv"),
        (GOOD_CSV.replace("\n", "\r\n"), "work.csv"),
        ("\ufeff" + GOOD_CSV, "work.csv"),
        (GOOD_CSV.replace("VTI,", '"VTI", '), "work.csv"),
        (GOOD_YAML, "work.yaml"),
        (GOOD_YAML, "work.yml"),
    ],
)
def test_both_forms_say_the_same(shelf: Shelf, text: str, name: str) -> None:
    assert shelf.broker(text, name).read("work") == GOOD


def test_the_day_may_stand_in_a_column(shelf: Shelf) -> None:
    text = "as_of,symbol,quantity\n2026-02-27,CASH,5\n2026-02-27,VTI,1\n"
    reading = shelf.broker(text).read("work")

    assert (reading.stated_on, reading.cash_settled) == (date(2026, 2, 27), Usd.of(5))


def test_a_statement_of_cash_alone_is_complete(shelf: Shelf) -> None:
    assert shelf.broker("as_of: 2026-03-02\ncash: 0\n", "work.yaml").read("work").held == ()


def test_every_mistake_of_a_csv_is_shown_with_its_line(shelf: Shelf) -> None:
    text = (
        "# as_of: 2026-03-03\n"
        "symbol,quantity,price,cost_basis\n"
        "CASH,12.345,,\n"
        "VTI,-1,0,\n"
        "VTI,1e3,250,-5\n"
        "vti,1,250,5,5\n"
        ',1,"1,234.5",\n'
    )

    assert [(fault.line, fault.place, fault.code) for fault in shelf.faults(text)] == [
        (1, "as_of", "bad_input"),
        (3, "quantity", "bad_input"),
        (4, "quantity", "bad_input"),
        (4, "price", "bad_price"),
        (5, "symbol", "bad_input"),
        (5, "quantity", "bad_input"),
        (5, "cost_basis", "bad_input"),
        (6, "", "bad_input"),
        (7, "symbol", "bad_input"),
        (7, "price", "bad_price"),
    ]


def test_every_mistake_of_a_yaml_is_shown_with_its_line(shelf: Shelf) -> None:
    text = (
        "as_of: tomorrow\n"
        "cash: -1\n"
        "positions:\n"
        "  - {symbol: VTI, quantity: 5%, price: .nan}\n"
        "  - {symbol: VTI, quantity: 1, prize: 3}\n"
        "  - VTI\n"
        "notes: none\n"
    )

    assert [(fault.line, fault.place) for fault in shelf.faults(text, "work.yaml")] == [
        (1, "as_of"),
        (2, "cash"),
        (4, "positions[0].quantity"),
        (4, "positions[0].price"),
        (5, "positions[1].symbol"),
        (5, "positions[1].prize"),
        (6, "positions[2]"),
        (7, "notes"),
    ]


def test_a_mistake_points_at_its_cell(shelf: Shelf) -> None:
    (fault,) = shelf.faults(GOOD_CSV.replace("250.125", "free"))

    assert (fault.line, fault.column, fault.excerpt) == (4, 18, "VTI,10.123456789,free,2000.00")
    assert fault.message == "price is 'free', which is no plain number such as 1234.56"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("# as_of: 2026-02-27\n", ""), "as_of is missing"),
        (("2026-02-27", "27.02.2026"), "no day such as"),
        (("2026-02-27", "2026-02-30"), "no day such as"),
        (("2026-02-27", "20260227"), "no day such as"),
        (("2026-02-27", "2026-03-03"), "in the future"),
        (("CASH,1234.56,,\n", ""), "cash is missing"),
        (("CASH,1234.56,,\n", "CASH,1,,\nCASH,1,,\n"), "CASH stands here twice"),
        (("CASH,1234.56,,", "CASH,1234.56,1,"), "cash has no price"),
        (("CASH,1234.56", "CASH,-1"), "a debt"),
        (("CASH,1234.56", "CASH,"), "cash is missing"),
        (("TARGET-2045", "VTI"), "'VTI' stands here twice"),
        (("10.123456789", ""), "quantity is missing"),
        (("10.123456789", "0"), "owned"),
        (("10.123456789", "NaN"), "no plain number"),
        (("10.123456789", "Infinity"), "no plain number"),
        (("10.123456789", "1_0"), "no plain number"),
        (("10.123456789", "\u0661"), "no plain number"),
        (("10.123456789", "9" * 30), "no plain number"),
        (("2000.00", "2000.001"), "finer than a cent"),
        (("2000.00", "$2000"), "no plain number"),
        (("TARGET-2045", "<script>"), "no ticker"),
        (("price,", "prize,"), "no such column as 'prize'"),
        (("price,", "quantity,"), "two columns quantity"),
        (("symbol,", "ticker,"), "no column symbol"),
        (("cost_basis\n", "as_of\n"), "in the first line and in a column"),
        (("VTI,", '"VTI'), "no CSV"),
    ],
    ids=str,
)
def test_a_csv_with_this_mistake_is_refused(shelf: Shelf, change: tuple[str, str], words: str) -> None:
    assert change[0] in GOOD_CSV

    assert any(words in fault.message for fault in shelf.faults(GOOD_CSV.replace(*change)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        (" \n \n", "empty"),
        ("- VTI\n", "a mapping"),
        ("as_of: 2026-02-27\ncash: 1\npositions: {VTI: 1}\n", "positions are a list"),
        ("cash: 1\n", "as_of is missing"),
        ("as_of: 2026-02-27\n", "cash is missing"),
        ("as_of: 2026-02-27\ncash: 1\ncash: 2\n", "more than once"),
        ("as_of: 2026-02-27\ncash: yes\n", "no plain number"),
        ("as_of: 2026-02-27\ncash: true\n", "no plain number"),
        ("as_of: 20260227\ncash: 1\n", "no day"),
        ("as_of: [\n", "not YAML"),
    ],
)
def test_a_yaml_with_this_mistake_is_refused(shelf: Shelf, text: str, words: str) -> None:
    assert any(words in fault.message for fault in shelf.faults(text, "work.yaml"))


def test_two_days_in_one_column_are_refused(shelf: Shelf) -> None:
    text = "as_of,symbol,quantity\n2026-02-27,CASH,5\n2026-02-26,VTI,1\n"

    assert [fault.message for fault in shelf.faults(text)] == ["one statement is of one day"]


@pytest.mark.parametrize(("content", "words"), [(b"", "empty"), (b"\xff\xfe\x00", "UTF-8")])
def test_a_file_that_is_no_text_is_refused(shelf: Shelf, content: bytes, words: str) -> None:
    assert words in shelf.faults(content)[0].message


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    broker = StatementBroker(account="work", path=tmp_path / "gone.csv", clock=BrokerClock(FakeBroker(cash={})))

    with pytest.raises(FixTheFile, match=r"gone\.csv"):
        broker.read("work")


def test_a_file_beyond_every_size_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "huge.csv"
    with file.open("wb") as opened:
        opened.truncate(LARGEST + 1)
    broker = StatementBroker(account="work", path=file, clock=BrokerClock(FakeBroker(cash={})))

    with pytest.raises(FixTheFile, match="64 MiB"):
        broker.read("work")


def test_a_cell_without_end_is_refused(shelf: Shelf) -> None:
    assert "no CSV" in shelf.faults(GOOD_CSV + "A" * 200_000 + ",1,,\n")[0].message


def test_orders_are_its_owners_business(shelf: Shelf) -> None:
    broker = shelf.broker(GOOD_CSV)
    intent = Intent(
        plan="plan",
        line=1,
        attempt=1,
        account="work",
        side=Side.BUY,
        symbol="VTI",
        quantity=Shares.of(1),
        limit_price=Decimal(250),
    )

    assert broker.submit(intent).answer is Answer.REFUSED
    assert "carried out by its owner" in broker.submit(intent).text
    assert not broker.capabilities().sends_orders
    with pytest.raises(WrongUse):
        broker.cancel("work", "order-1")
