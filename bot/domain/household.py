"""Who owns what where: a household, its owners and their accounts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.instruments import Instrument
from bot.domain.money import Usd


class Kind(StrEnum):
    """How an account is taxed; the owner says so, since brokers do not report it."""

    TAXABLE = "taxable"
    TRADITIONAL = "traditional"
    ROTH = "roth"
    WORKPLACE = "401k"
    HSA = "hsa"

    @property
    def sheltered(self) -> bool:
        """Whether a sale inside it realises no gain (IRC 408(e), 408A, 401(a), 223(e))."""
        return self is not Kind.TAXABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account by its alias (never its number).

    `managed` false: counted, never traded. `automatic` false: managed, but a person carries the orders out.
    `menu`: what it may buy, in order of preference. `cash_buffer`: settled cash that lies outside the pie.
    """

    id: str
    kind: Kind
    owner: str = "self"
    managed: bool = True
    automatic: bool = True
    menu: tuple[str, ...] = ()
    cash_buffer: Usd = Usd()


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """All accounts that share one pie, and every instrument they hold or may buy."""

    id: str
    accounts: tuple[Account, ...]
    instruments: tuple[Instrument, ...]

    def account(self, account_id: str) -> Account:
        """The account with this alias; KeyError when there is none."""
        for account in self.accounts:
            if account.id == account_id:
                return account
        raise KeyError(account_id)

    def instrument(self, symbol: str) -> Instrument:
        """The instrument with this symbol; KeyError when there is none."""
        for instrument in self.instruments:
            if instrument.symbol == symbol:
                return instrument
        raise KeyError(symbol)
