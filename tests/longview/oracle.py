"""The same model once more, in floats and with nothing of ours: one window of two accounts, for comparison.

It was written from the description of the model alone, and shares no code with the long view.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

LONG, SHORT = 0.15, 0.24
Lots = list[list[float]]  # shares, cost of a share, month


@dataclass(slots=True, kw_only=True)
class Months:
    """Monthly returns: of stocks their total and dividend yield a year, of bonds their total and interest; prices."""

    stocks: Sequence[float]
    yields: Sequence[float]
    bonds: Sequence[float]
    interest: Sequence[float]
    cpi: Sequence[float]


@dataclass(slots=True, kw_only=True)
class Tax:
    """One year's incomes, and the loss that was carried over."""

    long: float = 0
    short: float = 0
    interest: float = 0
    dividends: float = 0
    carried: float = 0

    def close(self) -> float:
        """The year's tax; a loss lowers it by at most $3,000 of ordinary income."""
        net = self.long + self.short - self.carried
        if net < 0:
            used = min(3000, -net)
            self.carried, tax = -net - used, -used * SHORT
        else:
            long, short = self.long - self.carried, self.short
            if short < 0:
                long, short = long + short, 0
            elif long < 0:
                long, short = 0, short + long
            self.carried, tax = 0, long * LONG + short * SHORT
        tax += self.interest * SHORT + self.dividends * (0.95 * LONG + 0.05 * SHORT)
        self.long = self.short = self.interest = self.dividends = 0
        return tax


@dataclass(slots=True, kw_only=True)
class House:
    """Shares of stocks and bonds in taxable and in the IRA, at the two prices."""

    target: float
    band: float = 0.05
    price: list[float] = field(default_factory=lambda: [1.0, 1.0])
    taxable: list[float] = field(default_factory=list)
    ira: list[float] = field(default_factory=list)
    lots: list[Lots] = field(default_factory=list)
    tax: Tax = field(default_factory=Tax)
    month: int = 0

    def buy(self, k: int, dollars: float) -> None:
        """Taxable cash becomes shares."""
        if dollars > 0:
            shares = dollars / self.price[k]
            self.lots[k].append([shares, self.price[k], self.month])
            self.taxable[k] += shares

    def sell(self, k: int, dollars: float) -> None:
        """The dearest taxable lots go first."""
        self.lots[k].sort(key=lambda lot: lot[1])
        need = dollars / self.price[k]
        self.taxable[k] -= need
        while need > 1e-9 and self.lots[k]:
            lot = self.lots[k][-1]
            sold = min(need, lot[0])
            gain = sold * (self.price[k] - lot[1])
            if self.month - lot[2] > 12:
                self.tax.long += gain
            else:
                self.tax.short += gain
            lot[0] -= sold
            need -= sold
            if lot[0] <= 1e-9:
                self.lots[k].pop()

    def after_sale(self, owed: float) -> float:
        """What is left once everything is sold and taxed."""
        gains = [0.0, -self.tax.carried]
        for k in (0, 1):
            for shares, cost, month in self.lots[k]:
                gains[self.month - month > 12] += shares * (self.price[k] - cost)
        held = sum(s * p for s, p in zip(self.taxable, self.price, strict=True)) - owed
        inside = sum(s * p for s, p in zip(self.ira, self.price, strict=True))
        return held - gains[1] * LONG - gains[0] * SHORT + inside * (1 - SHORT)


def life(
    months: Months, start: int, *, taxable: float, target: float = 0.7, adaptive: bool, length: int = 240
) -> float:
    """Wealth after selling all: the careful silo, or the adaptive loop with swaps to half the band."""
    house = House(target=target)
    both = [target, 1 - target]
    house.taxable = [1e6 * taxable * share for share in both]
    house.ira = [1e6 * (1 - taxable) * share for share in both]
    stocks = house.taxable[0]
    house.lots = [[[stocks / 10, 0.25 + 0.7 * i / 9, -100] for i in range(10)], [[house.taxable[1], 1.0, -100]]]
    owed = waiting = 0.0
    for m in range(length):
        house.month, at = m, start + m
        dividend, rate = months.yields[at] / 12, months.interest[at]
        waiting += house.price[0] * dividend
        paid = house.price[1] * rate
        house.price[0] *= 1 + months.stocks[at] - dividend
        house.price[1] *= 1 + months.bonds[at] - rate
        pay = 2000 * months.cpi[at] / months.cpi[start]
        cash, inside = 0.75 * pay + house.taxable[1] * paid, 0.25 * pay + house.ira[1] * paid
        house.tax.interest += house.taxable[1] * paid
        if m % 3 == 2:
            cash, inside = cash + house.taxable[0] * waiting, inside + house.ira[0] * waiting
            house.tax.dividends += house.taxable[0] * waiting
            waiting = 0
        due = max(0.0, min(owed, cash))
        owed, cash = owed - due, cash - due
        (_loop if adaptive else _silo)(house, cash, inside)
        if m % 12 == 11:
            owed += house.tax.close()
    return house.after_sale(owed)


def _silo(house: House, cash: float, inside: float) -> None:
    both = (house.target, 1 - house.target)
    for k, share in enumerate(both):
        house.buy(k, cash * share)
        house.ira[k] += inside * share / house.price[k]
    values = [s * p for s, p in zip(house.taxable, house.price, strict=True)]
    over = values[0] - house.target * sum(values)
    if abs(over) >= house.band * sum(values):
        k = 0 if over > 0 else 1
        house.sell(k, abs(over))
        house.buy(1 - k, abs(over))
    values = [s * p for s, p in zip(house.ira, house.price, strict=True)]
    if abs(values[0] - house.target * sum(values)) >= house.band * sum(values):
        house.ira = [sum(values) * share / p for share, p in zip(both, house.price, strict=True)]


def _loop(house: House, cash: float, inside: float) -> None:
    """Stocks in taxable as long as they could double; IRA cash into bonds."""
    edge = house.target + house.band
    fixed, bonds = (s * p for s, p in zip(house.taxable, house.price, strict=True))
    ira = [s * p for s, p in zip(house.ira, house.price, strict=True)]
    doubled = edge * (2 * fixed + bonds + cash + 2 * ira[0] + ira[1] + inside)
    stocks = min(max((doubled - 2 * fixed) / (2 - edge), 0), cash)
    house.buy(0, stocks)
    house.buy(1, cash - stocks)
    total = fixed + bonds + cash + sum(ira) + inside
    house.ira[1] += inside / house.price[1]
    share = (fixed + stocks + ira[0]) / total
    if abs(share - house.target) >= house.band:
        goal = house.target + (house.band / 2 if share > house.target else -house.band / 2)
        wanted = min(max(goal * total - fixed - stocks, 0), sum(ira) + inside)
        house.ira = [wanted / house.price[0], (sum(ira) + inside - wanted) / house.price[1]]
