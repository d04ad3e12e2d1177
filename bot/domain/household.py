"""Who owns what where: a household, its owners and their accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
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


class Role(StrEnum):
    """What the loop may do with an account."""

    MANAGED = "managed"  # orders are sent
    INSTRUCTED = "instructed"  # a person carries the orders out
    COUNTED = "counted"  # part of the pie, never traded
    IGNORED = "ignored"  # outside everything, such as a child's college savings


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account by its alias (never its number).

    `managed` false: counted, never traded. `automatic` false: managed, but a person carries the orders out.
    `menu`: what it may buy, in order of preference. `cash_buffer`: settled cash that lies outside the pie.
    `holds`: symbols that are counted here and left alone (employer stock).
    """

    id: str
    kind: Kind
    owner: str = "self"
    managed: bool = True
    automatic: bool = True
    menu: tuple[str, ...] = ()
    cash_buffer: Usd = Usd()
    holds: tuple[str, ...] = ()

    def leaves_alone(self, instrument: Instrument) -> bool:
        """Whether the instrument is counted here but neither bought nor sold, by the owner's word or by its type."""
        return instrument.is_held or instrument.symbol in self.holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Earmark:
    """Cash that an account sets aside for a purpose of the owner's own words; it lies outside the pie.

    `due_on` None: standing, kept until the owner removes it. A due one stays owed until it is removed.
    """

    account: str
    amount: Usd
    purpose: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """All accounts that share one pie, and every instrument they hold or may buy."""

    id: str
    accounts: tuple[Account, ...]
    instruments: tuple[Instrument, ...]
    earmarks: tuple[Earmark, ...] = ()

    def earmarks_of(self, account_id: str) -> tuple[Earmark, ...]:
        """What this account sets aside: the first due first, the standing ones last."""
        mine = (earmark for earmark in self.earmarks if earmark.account == account_id)
        return tuple(sorted(mine, key=lambda e: (e.due_on or date.max, e.purpose, e.amount)))

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
