"""What an account holds: which of its login's accounts it is, its cash, and its positions.

Cash is never read from a buying power: those know margin. `totalCash` (a cash account) and `cashBalance` (a margin
account) are the whole balance; a sweep vehicle among the positions, and `moneyMarketFund` among the balances, are that
same money a second time and are not added to it (Trader API reference, GET /accounts/{accountNumber}).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from adapters.brokers.schwab.wire import Row, per_share, rows, same_number, whole_cents, worth
from bot.domain.discretion import discreet
from bot.domain.errors import Reconcile
from bot.domain.money import Shares, Usd
from bot.domain.readings import HeldReading
from bot.domain.snapshot import OpenOrder, Side

FROZEN = "frozen: not something this loop understands"
KEPT = frozenset({"EQUITY", "COLLECTIVE_INVESTMENT", "MUTUAL_FUND", "FIXED_INCOME", "CASH_EQUIVALENT"})
SWEEP = "SWEEP_VEHICLE"


def parse_account_numbers(raw: object) -> dict[str, str]:
    """The hash by which each account of the login is asked for, by account number.

    Raises:
        Reconcile: when a number or a hash stands there twice.
    """
    listed = [(row.identity("accountNumber"), row.text("hashValue")) for row in rows(raw, "account number")]
    if len({number for number, _ in listed}) < len(listed) or len({key for _, key in listed}) < len(listed):
        raise Reconcile("Schwab names one account twice.")
    return dict(listed)


def resolve(aliases: Mapping[str, str], numbers: Mapping[str, str]) -> dict[str, str]:
    """The hash of each alias; Reconcile when an account is missing from the list."""
    found = {
        alias: key for alias, own in aliases.items() for number, key in numbers.items() if same_number(number, own)
    }
    missing = sorted(aliases.keys() - found.keys())
    if missing:
        raise Reconcile(f"Schwab's list of accounts lacks {', '.join(missing)}: is this the right login?")
    return found


def parse_lot_selection(raw: object, number: str) -> str:
    """The vendor's word for the lots that a sale takes when it is told nothing; empty where it does not say."""
    accounts = Row.of(raw, "user preference").rows("accounts", "preferred account")
    own = [row for row in accounts if row.has("accountNumber") and same_number(row.identity("accountNumber"), number)]
    words = {row.text("lotSelectionMethod", default="") for row in own}
    return words.pop() if len(words) == 1 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cash:
    """The whole balance, what of it has not settled, and what can be spent without margin (None where it is untold)."""

    whole: Usd
    unsettled: Usd = Usd()
    spendable: Usd | None = None

    def split(self, held_by_buys: Usd) -> tuple[Usd, Usd]:
        """Settled and unsettled, which always sum to the whole; a debt is settled.

        The vendor has taken off already what open buys hold; it is added back, because the reader counts them himself.
        """
        if self.whole.cents <= 0:
            return self.whole, Usd()
        settled = self.whole - self.unsettled
        if self.spendable is not None:
            settled = min(settled, self.spendable + held_by_buys)
        settled = max(settled, Usd())
        return settled, self.whole - settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Cash and positions from one answer; what open sales hold is not taken off yet."""

    cash: Cash
    held: tuple[HeldReading, ...]

    def same_things(self, other: Account) -> bool:
        """Whether both tell of the same cash and the same shares, at whatever price."""
        return (self.cash.whole, self._counts()) == (other.cash.whole, other._counts())

    def _counts(self) -> list[tuple[str, Shares]]:
        return [(one.symbol, one.quantity) for one in self.held]


def parse_account(raw: object, number: str) -> Account:
    """An account with its positions.

    Raises:
        Reconcile: for another account than was asked for, for short positions, options and futures, and for a balance
            that cannot be told.
    """
    row = Row.of(raw, "account").inner("securitiesAccount", "account")
    if not same_number(row.identity("accountNumber"), number):
        raise Reconcile("Schwab answered for another account than the one that was asked for.")
    return Account(cash=_cash(row), held=_held(row.rows("positions", "position")))


def _cash(row: Row) -> Cash:
    kind = row.text("type")
    balances = row.inner("currentBalances", "balance")
    if kind == "CASH":
        return _cash_account(balances)
    if kind == "MARGIN":
        return _margin_account(balances)
    raise Reconcile(f"An account is neither a cash nor a margin account; it is {FROZEN}.")


def _cash_account(row: Row) -> Cash:
    whole = whole_cents(row.number("totalCash" if row.has("totalCash") else "cashBalance"))
    unsettled = whole_cents(row.optional_number("unsettledCash") or Decimal(0))
    return Cash(whole=whole, unsettled=max(unsettled, Usd()), spendable=_cents(row, "cashAvailableForTrading"))


def _margin_account(row: Row) -> Cash:
    whole, loan = whole_cents(row.number("cashBalance")), _cents(row, "marginBalance")
    if loan is not None and loan.cents < 0:
        whole = min(whole, loan)
    return Cash(whole=whole, spendable=_cents(row, "availableFundsNonMarginableTrade"))


def _cents(row: Row, name: str) -> Usd | None:
    value = row.optional_number(name)
    return None if value is None else whole_cents(value)


def _held(listed: Sequence[Row]) -> tuple[HeldReading, ...]:
    found = [parse_position(row.fields) for row in listed]
    held = sorted((one for one in found if one is not None), key=lambda one: one.symbol)
    for one, other in pairwise(held):
        if one.symbol == other.symbol:
            raise Reconcile(f"Schwab lists {one.symbol} twice.")
    return tuple(held)


def parse_position(raw: object) -> HeldReading | None:
    """One position; None for one that is empty, or that is the account's cash a second time."""
    row = Row.of(raw, "position")
    instrument = row.inner("instrument", "instrument")
    asset, kind = instrument.text("assetType"), instrument.text("type", default="")
    quantity, short = row.shares("longQuantity"), _short(row)
    if not quantity and not short:
        return None
    if asset not in KEPT or short:
        name = instrument.said("symbol") or "a position"
        raise Reconcile(
            f"{name} is {'held short' if short else discreet(asset).lower() or 'of no kind'}; it is {FROZEN}."
        )
    if asset == "CASH_EQUIVALENT" and kind == SWEEP:
        return None
    symbol = instrument.symbol("symbol" if instrument.has("symbol") else "cusip")
    market = row.optional_number("marketValue")
    return HeldReading(
        symbol=symbol,
        quantity=quantity,
        available=quantity,
        cost_basis=_basis(row, quantity, market, par=asset == "FIXED_INCOME"),
        price=None if market is None else per_share(market, quantity.count),
    )


def _short(row: Row) -> Decimal:
    return row.amount("shortQuantity") if row.has("shortQuantity") else Decimal(0)


def _basis(row: Row, quantity: Shares, market: Decimal | None, *, par: bool) -> Usd | None:
    """The whole position's cost; `averageLongPrice` is cut to cents and not used.

    Of what has a par the averages are per hundred of it, so that only the gain tells the cost.
    """
    if par:
        gain = row.optional_number("longOpenProfitLoss")
        cost = None if market is None or gain is None else market - gain
        return None if cost is None or cost <= 0 else Usd.nearest(cost)
    average = row.price("averagePrice") or row.price("taxLotAverageLongPrice")
    return None if average is None else worth(quantity.count, average)


def less_open_sales(held: Sequence[HeldReading], orders: Sequence[OpenOrder]) -> tuple[HeldReading, ...]:
    """The positions with what open sales hold taken off what is available; Reconcile where they hold too much."""
    taken: dict[str, Shares] = {}
    for order in orders:
        if order.side is Side.SELL:
            taken[order.symbol] = taken.get(order.symbol, Shares()) + order.quantity
    owned = {one.symbol: one.quantity for one in held}
    for symbol, quantity in taken.items():
        if quantity > owned.get(symbol, Shares()):
            raise Reconcile(f"Open orders sell more shares of {symbol} than are held.")
    return tuple(replace(one, available=one.quantity - taken.get(one.symbol, Shares())) for one in held)
