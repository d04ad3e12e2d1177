"""Lots that a book begins with are read as a whole or not at all, whoever wrote them down."""

from datetime import date
from pathlib import Path

import pytest

from adapters.brokers.statement.seed import read_lots
from bot.domain.errors import Fault, FixTheFile
from bot.domain.money import Shares, Usd
from bot.domain.seeds import Origin, Seed, SeedLot

FILES = Path(__file__).parent / "data" / "statements"
TODAY = date(2026, 3, 2)


def read(path: Path, ends: str = "") -> Seed:
    return read_lots(path, account="work", today=TODAY, account_ends=ends)


def faults(path: Path, ends: str = "") -> tuple[Fault, ...]:
    with pytest.raises(FixTheFile) as caught:
        read(path, ends)
    return caught.value.faults


def changed(folder: Path, name: str, change: tuple[str, str]) -> Path:
    text = (FILES / name).read_text()
    assert change[0] in text
    file = folder / name
    file.write_text(text.replace(change[0], change[1], 1))
    return file


def bare(seed: Seed) -> list[tuple[str, str, Usd | None, date | None, Origin, Usd | None, str]]:
    lots = seed.lots
    return [(o.symbol, o.quantity.plain, o.cost, o.acquired_on, o.origin, o.basis_for_loss, o.note) for o in lots]


@pytest.mark.parametrize("name", ["lots.csv", "lots.yaml"])
def test_a_list_by_hand_says_the_same_in_both_forms(name: str) -> None:
    seed = read(FILES / name)

    assert (seed.account, seed.as_of_on) == ("work", date(2026, 2, 27))
    assert bare(seed) == [
        ("VTI", "10.5", Usd.of("2101.29"), date(2020, 1, 2), Origin.BOUGHT, None, ""),
        ("VTI", "0.75", Usd.of("150.01"), date(2021, 3, 25), Origin.REINVESTED, None, ""),
        ("BND", "100", Usd.of(8000), date(2015, 6, 1), Origin.GIFT, Usd.of(7500), "from my aunt"),
        ("SCHB", "20", None, None, Origin.TRANSFERRED, None, "cost asked for in January"),
        ("SCHB", "5", Usd.of(125), date(2024, 5, 5), Origin.INHERITED, None, ""),
    ]


def test_every_lot_knows_its_line() -> None:
    assert [lot.place.rpartition(":")[2] for lot in read(FILES / "lots.csv").lots] == ["3", "4", "5", "6", "7"]
    assert [lot.place.rpartition(":")[2] for lot in read(FILES / "lots.yaml").lots] == ["3", "4", "5", "12", "13"]


@pytest.mark.parametrize("ends", ["", "5123"])
def test_schwabs_lot_details_are_read_as_they_come(ends: str) -> None:
    seed = read(FILES / "schwab_lots.csv", ends)

    assert seed.as_of_on == date(2026, 2, 27)
    assert bare(seed) == [
        ("SCHB", "24.5", Usd.of(637), date(2025, 8, 31), Origin.BOUGHT, None, "disallowed loss $12.25"),
        ("SCHB", "1000", Usd.of(10000), date(2017, 7, 11), Origin.BOUGHT, None, ""),
        ("SCHB", "0.0001", None, date(2009, 3, 2), Origin.BOUGHT, None, ""),
    ]


def test_schwabs_shorter_layout_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / "SCHA.csv"
    file.write_text(
        '"SCHA Lot Details"\n\n'
        '"Open Date","Quantity","Price","Cost/Share","Market Value","Cost Basis","Gain/Loss $","Holding Period",\n'
        '"09/24/2020 13:42:07","10.5","$70.50","$72.56","$740.25","$761.88","-$21.63","Long Term",\n'
        '"Total","10.5","--","--","$740.25","$761.88","-$21.63","--",\n'
    )
    assert faults(file)[0].message == "as_of is missing"
    file.write_text("# as_of: 2026-02-27\n" + file.read_text())

    lot = SeedLot(
        symbol="SCHA",
        quantity=Shares.of("10.5"),
        cost=Usd.of("761.88"),
        acquired_on=date(2020, 9, 24),
        place=f"{file}:5",
    )
    assert read(file).lots == (lot,)


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("lots.csv", ("# as_of: 2026-02-27\n", ""), "as_of is missing"),
        ("lots.csv", ("2026-02-27", "2026-03-27"), "in the future"),
        ("lots.csv", ("2020-01-02", "2026-02-28"), "after the day of this list"),
        ("lots.csv", ("2020-01-02", "1/2/2020"), "no day"),
        ("lots.csv", ("VTI,10.5", "CASH,10.5"), "cash has no lots"),
        ("lots.csv", ("VTI,10.5", "VTI,-10.5"), "only shares that are owned"),
        ("lots.csv", ("VTI,10.5", 'VTI,"1,000.5"'), "no plain number"),
        ("lots.csv", ("200.123", "$200.12"), "no plain number"),
        ("lots.csv", ("200.123", "-200.123"), "never negative"),
        ("lots.csv", ("200.123,", "200.123,2101.29"), "either cost or cost_per_share"),
        ("lots.csv", ("reinvested", "stolen"), "none of bought, reinvested, gift, inherited, transferred"),
        ("lots.csv", ("reinvested", "opening"), "none of bought"),
        ("lots.csv", ("gift,7500", "bought,7500"), "only a gift"),
        ("lots.csv", ("gift,7500", "gift,8000.01"), "worth less than its cost"),
        ("lots.csv", ("8000,2015", ",2015"), "worth less than its cost"),
        ("lots.csv", (",from my aunt", ""), "as many cells"),
        ("lots.csv", ("acquired_on", "bought_on"), "no such column"),
        ("lots.yaml", ("cost: 8000", "price: 8000"), "no such key"),
        ("lots.yaml", ("note: from my aunt", "note: 5"), "no plain text"),
        ("lots.yaml", ("lots:", "lots: 5\nx:"), "lots are a list"),
        ("schwab_lots.csv", ('"Total"', '"More"'), "without their total"),
        ("schwab_lots.csv", ('"1,024.5001"', '"1,025.5001"'), "add up to 1024.5001"),
        ("schwab_lots.csv", ('"1,024.5001"', '"--"'), "the total of the lots"),
        ("schwab_lots.csv", ('"24.5"', '"few"'), "cannot be read"),
        ("schwab_lots.csv", ('"24.5"', '"-24.5"'), "only shares that are owned"),
        ("schwab_lots.csv", ('"SCHB Lot', '"SPY 12/18/2026 500.00 C Lot'), "no ticker"),
        ("schwab_lots.csv", ("08/31/2025", "31/08/2025"), "no day"),
        ("schwab_lots.csv", ('"Cost Basis"', '"Basis"'), "no column 'cost basis'"),
        ("schwab_lots.csv", (',"Short Term","$12.25"', ""), "as many cells"),
    ],
    ids=str,
)
def test_a_list_with_this_mistake_is_refused(tmp_path: Path, name: str, change: tuple[str, str], words: str) -> None:
    told = faults(changed(tmp_path, name, change))

    assert any(words in fault.message for fault in told), [fault.message for fault in told]
    assert all(fault.line > 0 for fault in told)


def test_lots_of_another_account_are_refused() -> None:
    assert "as account_ends says" in faults(FILES / "schwab_lots.csv", "9999")[0].message


@pytest.mark.parametrize("text", ["# as_of: 2026-02-27\nsymbol,quantity\n", "as_of: 2026-02-27\nlots: []\n", "- x\n"])
def test_a_list_without_a_lot_is_no_beginning(tmp_path: Path, text: str) -> None:
    file = tmp_path / ("lots.csv" if text.startswith("#") else "lots.yaml")
    file.write_text(text)

    assert any("there is no lot" in fault.message or "mapping" in fault.message for fault in faults(file))
