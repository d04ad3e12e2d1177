"""The balances of a cash account and of a margin account, in dollars.

Names by the vendor's specification and by recorded answers, which have more of them. In a cash account the proceeds of
a sale may be traded with at once and withdrawn when they settle. What buying power is made of is the books' business.
"""

from decimal import Decimal

from adapters.simulator.books.account import AccountBook
from adapters.simulator.books.orders import NOTHING
from adapters.simulator.schwab.desk import Drawer
from adapters.simulator.schwab.logins import AccountKind
from adapters.simulator.schwab.numbers import ZERO, dollars, money
from adapters.simulator.wire import Json

Shape = dict[str, Json]
NEVER_HELD = ("longOptionMarketValue", "mutualFundValue", "bondValue", "shortOptionMarketValue")
NEVER_CALLED = ("maintenanceCall", "regTCall")
NEVER_SHORT = ("shortBalance", "shortMarginValue")


def balances(drawer: Drawer) -> Shape:
    """`initialBalances`, `currentBalances` and `projectedBalances` of an account."""
    margin = drawer.account.kind is AccountKind.MARGIN
    return {
        "initialBalances": _initial_margin(drawer) if margin else _initial_cash(drawer),
        "currentBalances": _current_margin(drawer) if margin else _current_cash(drawer),
        "projectedBalances": _projected_margin(drawer) if margin else _for_use(drawer.book),
    }


def _swept(drawer: Drawer, cents: int) -> Json:
    return dollars(max(cents, 0)) if drawer.account.sweep_fund else ZERO


def _current(drawer: Drawer) -> Shape:
    book = drawer.book
    return {
        "accruedInterest": ZERO,
        "cashBalance": dollars(book.cash_cents),
        "cashReceipts": ZERO,
        "liquidationValue": money(book.equity()),
        "longMarketValue": money(book.market_value()),
        "moneyMarketFund": _swept(drawer, book.cash_cents),
        "savings": ZERO,
        "shortMarketValue": ZERO,
        "pendingDeposits": dollars(book.planned_cents("CSD")),
        **dict.fromkeys(NEVER_HELD, ZERO),
    }


def _initial(drawer: Drawer) -> Shape:
    book = drawer.book
    stock = book.last_equity - Decimal(book.last_cash_cents) / 100
    return {
        "accruedInterest": ZERO,
        "cashBalance": dollars(book.last_cash_cents),
        "cashReceipts": ZERO,
        "liquidationValue": money(book.last_equity),
        "longStockValue": money(stock),
        "moneyMarketFund": _swept(drawer, book.last_cash_cents),
        "pendingDeposits": dollars(book.planned_cents("CSD")),
        "shortStockValue": ZERO,
        **dict.fromkeys(NEVER_HELD, ZERO),
        "isInCall": False,
        "accountValue": money(book.last_equity),
    }


def _for_use(book: AccountBook) -> Shape:
    held = book.held_by_buys()
    return {
        "cashAvailableForTrading": dollars(book.cash_cents - held),
        "cashAvailableForWithdrawal": dollars(max(book.settled_cents - held, 0)),
    }


def _initial_cash(drawer: Drawer) -> Shape:
    last = dollars(drawer.book.last_cash_cents)
    return {
        **_initial(drawer),
        "cashAvailableForTrading": last,
        "cashAvailableForWithdrawal": last,
        "cashDebitCallValue": ZERO,
        "unsettledCash": dollars(drawer.book.cash_cents - drawer.book.settled_cents),
    }


def _current_cash(drawer: Drawer) -> Shape:
    book = drawer.book
    return {
        **_current(drawer),
        **_for_use(book),
        "cashCall": ZERO,
        "longNonMarginableMarketValue": money(book.market_value()),
        "totalCash": dollars(book.cash_cents),
        "cashDebitCallValue": ZERO,
        "unsettledCash": dollars(book.cash_cents - book.settled_cents),
    }


def _free(book: AccountBook) -> Decimal:
    """Equity above the initial requirement (half of the shares, Regulation T) and the holds of open orders."""
    held = Decimal(book.held_by_buys()) / 100
    return max(Decimal(book.cash_cents) / 100 + book.market_value() / 2 - held, NOTHING)


def _powers(book: AccountBook) -> Shape:
    free = _free(book)
    return {
        "availableFunds": money(free),
        "availableFundsNonMarginableTrade": money(free),
        "buyingPower": money(free * 2),
        "dayTradingBuyingPower": money(free * 4),
        **dict.fromkeys(NEVER_CALLED, ZERO),
    }


def _initial_margin(drawer: Drawer) -> Shape:
    book, equity = drawer.book, money(drawer.book.last_equity)
    powers = _powers(book)
    del powers["availableFunds"]
    return {
        **_initial(drawer),
        **powers,
        "cashAvailableForTrading": ZERO,
        "dayTradingBuyingPowerCall": ZERO,
        "dayTradingEquityCall": ZERO,
        "equity": equity,
        "equityPercentage": money(Decimal(100)),
        "longMarginValue": money(book.last_equity - Decimal(book.last_cash_cents) / 100),
        "maintenanceRequirement": money(book.market_value() * 3 / 10),
        "margin": equity,
        "marginEquity": equity,
        "totalCash": ZERO,
        "marginBalance": dollars(min(book.last_cash_cents, 0)),
        **dict.fromkeys(NEVER_SHORT, ZERO),
    }


def _current_margin(drawer: Drawer) -> Shape:
    book = drawer.book
    return {
        **_current(drawer),
        "cashBalance": dollars(max(book.cash_cents, 0)),
        **_powers(book),
        "buyingPowerNonMarginableTrade": money(_free(book)),
        "equity": money(book.equity()),
        "equityPercentage": money(Decimal(100)),
        "longMarginValue": money(book.market_value()),
        "maintenanceRequirement": money(book.market_value() * 3 / 10),
        "marginBalance": dollars(min(book.cash_cents, 0)),
        **dict.fromkeys(NEVER_SHORT, ZERO),
        "sma": money(_free(book)),
    }


def _projected_margin(drawer: Drawer) -> Shape:
    powers = _powers(drawer.book)
    return {
        **powers,
        "dayTradingBuyingPowerCall": ZERO,
        "isInCall": False,
        "stockBuyingPower": powers["buyingPower"],
    }
