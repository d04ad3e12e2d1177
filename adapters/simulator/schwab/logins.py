"""Who logs in at Schwab and which accounts that opens: what the dialect knows beyond the books."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from adapters.simulator.books.account import OpeningPosition, SimulatedAccount
from adapters.simulator.books.orders import NOTHING, LotMethod


class AccountKind(StrEnum):
    """The two kinds of account that the vendor tells apart; it never says IRA."""

    CASH = "CASH"
    MARGIN = "MARGIN"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchwabAccount:
    """An account at the start: `number` is eight digits, `name` is what the request log calls it.

    `lot_selection` is the account's own lot method, `reinvested` the symbols whose dividends buy shares, `sweep_fund` a
    symbol under which the cash is also shown as a position, `fractional` lets orders for parts of a share through,
    `sale_fee` is what each execution of a sale costs, in dollars.
    """

    name: str
    number: str = field(repr=False)
    cash: Decimal
    kind: AccountKind = AccountKind.CASH
    nickname: str = ""
    lot_selection: LotMethod = LotMethod.FIFO
    positions: tuple[OpeningPosition, ...] = ()
    reinvested: tuple[str, ...] = ()
    sweep_fund: str = ""
    fractional: bool = False
    sale_fee: Decimal = NOTHING

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{8}", self.number):
            raise ValueError(f"the account number of {self.name} needs eight digits")

    @property
    def opening(self) -> SimulatedAccount:
        """The account as the books open it, under its number."""
        return SimulatedAccount(
            name=self.name,
            key_id=self.number,
            cash=self.cash,
            positions=self.positions,
            multiplier="2" if self.kind is AccountKind.MARGIN else "1",
            account_number=self.number,
            lot_method=self.lot_selection,
            reinvested=self.reinvested,
            sale_fee=self.sale_fee,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SchwabLogin:
    """One owner: the app through which the accounts are reached, and the accounts.

    `rotates_refresh_token` makes each refresh hand out a new refresh token; `one_access_token` makes it kill the access
    token that came before. Neither is known of the vendor, both are worth surviving.
    """

    name: str
    app_key: str = field(repr=False)
    app_secret: str = field(repr=False)
    callback_url: str
    accounts: tuple[SchwabAccount, ...]
    rotates_refresh_token: bool = False
    one_access_token: bool = False
