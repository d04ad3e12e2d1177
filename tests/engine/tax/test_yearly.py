"""The taxes of a year as facts: taxable sales of the lots book, what counts, and the tax by that year's own table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.domain.household import Account, Household, Kind
from bot.domain.money import Shares, Usd
from bot.domain.readings import Activity, ActivityKind
from bot.domain.snapshot import Side
from bot.domain.targets import Policy
from bot.engine.lots_book import keep_books
from bot.engine.tax.yearly import TaxYear, tax_year
from tests.engine.tax.tables import taxes

ACCOUNTS = (Account(id="brokerage", kind=Kind.TAXABLE), Account(id="ira", kind=Kind.ROTH))
HOUSEHOLD = Household(id="home", accounts=ACCOUNTS, instruments=())
POLICY = Policy(targets_pct=(("stocks", Decimal(100)),))


def trade(on: str, side: Side, count: int, price: int, account: str = "brokerage") -> Activity:
    return Activity(
        activity_id=f"{account}-{on}-{side.value}",
        account=account,
        kind=ActivityKind.TRADE,
        on=date.fromisoformat(on),
        net=Usd(),
        symbol="VTI",
        side=side,
        quantity=Shares.of(count),
        price=Decimal(price),
    )


def received(
    on: str, kind: ActivityKind, dollars: int, account: str = "brokerage", *, undone: bool = False
) -> Activity:
    day = date.fromisoformat(on)
    return Activity(activity_id="", account=account, kind=kind, on=day, net=Usd.of(dollars), reversed=undone)


PAST = [
    trade("2024-01-02", Side.BUY, 100, 50),
    trade("2025-06-02", Side.SELL, 10, 80),
    trade("2026-02-02", Side.BUY, 10, 120),
    trade("2026-03-02", Side.SELL, 90, 100),
    trade("2026-03-03", Side.SELL, 10, 100),
    trade("2026-03-20", Side.BUY, 4, 100),
    trade("2026-01-05", Side.BUY, 9, 10, "ira"),
    trade("2026-03-05", Side.SELL, 9, 100, "ira"),
]


def year(number: int, policy: Policy = POLICY, *more: Activity) -> TaxYear:
    books = keep_books(accounts=ACCOUNTS, readings=[], activities=PAST)
    return tax_year(HOUSEHOLD, policy, books, more, number)


def test_sales_of_the_year_in_taxable_accounts_are_told_oldest_first() -> None:
    assert [(sale.on.isoformat(), sale.quantity.plain) for sale in year(2026).sales] == [
        ("2026-03-02", "90"),
        ("2026-03-03", "10"),
    ]
    assert [sale.on.year for sale in year(2025).sales] == [2025]
    assert year(2023).sales == ()


def test_gains_count_after_wash_sales_and_by_their_term() -> None:
    told = year(2026)

    assert (told.long.plain, told.proceeds.plain) == ("4500.00", "10000.00")
    assert told.disallowed.plain == "80.00"  # four of the ten shares that lost $20 each were bought again
    assert told.short.plain == "-120.00"


def test_the_tax_is_by_the_years_own_table() -> None:
    own = replace(POLICY, taxes=replace(taxes("65000"), pinned_year=2025))

    assert year(2026, own).tax == Usd.of(
        "574.50"
    )  # of 4,380 the first 550 lie in the bracket at 0%; in 2025 none would
    assert year(2026).tax == Usd.of(657)  # 15 percent flat
    assert (year(2026).flat, year(2026, own).flat) == (True, False)


def test_the_tax_of_a_year_without_a_table_is_refused_with_a_word_on_how_to_add_it() -> None:
    books = keep_books(accounts=ACCOUNTS, readings=[], activities=PAST)
    own = replace(POLICY, taxes=taxes())
    told = tax_year(HOUSEHOLD, own, books, (), 2024)

    assert told.tax is None
    assert "2024 is not known" in told.why_not
    assert "2024.yaml" in told.why_not


def test_dividends_and_interest_of_taxable_accounts_are_added_up() -> None:
    told = year(
        2026,
        POLICY,
        received("2026-03-02", ActivityKind.DIVIDEND, 30),
        received("2026-06-02", ActivityKind.DIVIDEND, 12),
        received("2026-03-02", ActivityKind.INTEREST, 7),
        received("2025-03-02", ActivityKind.INTEREST, 500),
        received("2026-03-02", ActivityKind.DIVIDEND, 500, "ira"),
        received("2026-03-02", ActivityKind.DIVIDEND, 500, undone=True),
    )

    assert (told.dividends, told.interest) == (Usd.of(42), Usd.of(7))


def test_a_sale_without_a_known_basis_is_counted_and_named() -> None:
    books = keep_books(accounts=ACCOUNTS, readings=[], activities=[trade("2026-03-02", Side.SELL, 1, 100)])
    told = tax_year(HOUSEHOLD, POLICY, books, (), 2026)

    assert (told.unknown, told.long + told.short) == (1, Usd.of(100))
