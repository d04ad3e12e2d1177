"""What happens to an account before the opening: settlement, transfers, dividends, splits."""

from datetime import date
from decimal import ROUND_FLOOR, Decimal

from adapters.simulator.books.account import AccountBook, CashEntry, Entitlement
from adapters.simulator.books.lots import Lot
from adapters.simulator.books.orders import OrderState

SMALLEST_REINVESTED = Decimal("0.0001")


def settle(book: AccountBook, on: date) -> None:
    """Release the proceeds of sales that settle by a date."""
    book.unsettled = [(due, amount) for due, amount in book.unsettled if due > on]


def book_planned(book: AccountBook, on: date) -> None:
    """Book the entries that the script has planned for a date or earlier."""
    due = [entry for entry in book.planned if entry.on <= on]
    book.planned = [entry for entry in book.planned if entry.on > on]
    for entry in due:
        book.enter(entry)


def fix_entitlements(book: AccountBook, on: date) -> None:
    """Note who holds what on the morning a dividend goes ex: shares bought from now on come without it."""
    for dividend in book.market.dividends:
        if dividend.ex_on == on and book.lots(dividend.symbol).qty > 0:
            book.entitlements.append(Entitlement(dividend=dividend, qty=book.lots(dividend.symbol).qty))


def pay_dividends(book: AccountBook, on: date) -> None:
    """Credit the dividends payable by a date in cash, a fraction of a cent dropped; reinvest those that are to be."""
    due = [e for e in book.entitlements if e.dividend.pay_on <= on]
    book.entitlements = [e for e in book.entitlements if e.dividend.pay_on > on]
    for entitlement in due:
        dividend = entitlement.dividend
        amount = int((entitlement.qty * dividend.per_share * 100).to_integral_value(ROUND_FLOOR))
        entry = CashEntry(activity_type="DIV", cents=amount, on=on, symbol=dividend.symbol)
        book.enter(entry, sub_type="CDIV", qty=entitlement.qty, per_share=dividend.per_share)
        if dividend.symbol in book.reinvested:
            _reinvest(book, dividend.symbol, amount, on)


def _reinvest(book: AccountBook, symbol: str, amount: int, on: date) -> None:
    qty = (Decimal(amount) / 100 / book.market.price(symbol)).quantize(SMALLEST_REINVESTED, ROUND_FLOOR)
    if qty > 0:
        book.deliver("DRIP", symbol, Lot(qty=qty, cost_cents=amount, acquired_on=on), cash_cents=-amount)


def split(book: AccountBook, symbol: str, new: Decimal, old: Decimal) -> None:
    """Split a holding and end the open orders in it, which were meant for other shares."""
    for order in book.open_orders():
        if order.symbol == symbol:
            order.move(OrderState.CANCELED, book.market.clock.stamp())
    change = book.lots(symbol).split(new, old)
    if change:
        entry = CashEntry(activity_type="SPLIT", cents=0, on=book.market.clock.today_on, symbol=symbol)
        book.enter(entry, sub_type="FSPLIT" if new > old else "RSPLIT", qty=change)
