"""The same months in plain Python: lots as objects, dollars as floats, cash by water-fill, swaps in the shelters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Lot:
    """Shares bought together."""

    shares: float
    cost: float
    month: int


@dataclass(slots=True)
class Account:
    """What one account holds; only a taxable one keeps lots."""

    taxable: bool
    pay: float
    shares: list[float]
    lots: list[list[Lot]] = field(default_factory=list)
    cash: float = 0.0


class Household:
    """Accounts steered by the plain rule: new cash to what lags, swaps in shelters where a band is broken."""

    def __init__(self, accounts: list[Account], targets: Sequence[float], band: float) -> None:
        self.accounts, self.targets, self.band = accounts, targets, band
        self.income = self.missed = 0.0
        for account in accounts:
            account.lots = [[Lot(n, 80.0, -100)] if account.taxable else [] for n in account.shares]

    def month(self, number: int, prices: Sequence[float], payouts: Sequence[float], level: float) -> float:
        """Earn, buy, swap; the drift that is left."""
        for account in self.accounts:
            account.cash += account.pay * level
            for n, paid in zip(account.shares, payouts, strict=True):
                account.cash += n * paid
                if account.taxable:
                    self.income += n * paid
        values = [[n * p for n, p in zip(account.shares, prices, strict=True)] for account in self.accounts]
        worth = [sum(column) for column in zip(*values, strict=True)]
        cash = sum(account.cash for account in self.accounts)
        total = sum(worth) + cash
        parts = self._poured(worth, cash, total)
        for account in self.accounts:
            share = account.cash / cash if cash else 0
            for k, part in enumerate(parts):
                self._buy(account, k, part * share, prices[k], number)
            account.cash = 0.0
        worth = [w + part for w, part in zip(worth, parts, strict=True)]
        drift: float = max(abs(w / total - t) for w, t in zip(worth, self.targets, strict=True))
        if drift >= self.band:
            drift = self._swap(worth, total, prices)
        return drift

    def _poured(self, worth: list[float], cash: float, total: float) -> list[float]:
        """What lags most fills first."""
        order = sorted(range(len(worth)), key=lambda k: worth[k] / self.targets[k])
        filled, aim, height = 0.0, 0.0, 0.0
        for k in order:
            if aim and worth[k] / self.targets[k] >= (filled + cash) / aim:
                break
            filled += worth[k]
            aim += self.targets[k]
            height = (filled + cash) / aim
        return [max(0.0, height * t - w) for w, t in zip(worth, self.targets, strict=True)]

    def _buy(self, account: Account, k: int, dollars: float, price: float, month: int) -> None:
        if dollars <= 0:
            return
        account.shares[k] += dollars / price
        if account.taxable:
            account.lots[k].append(Lot(dollars / price, price, month))

    def _swap(self, worth: list[float], total: float, prices: Sequence[float]) -> float:
        for account in self.accounts:
            if account.taxable:
                continue
            over = [max(0.0, w - t * total) for w, t in zip(worth, self.targets, strict=True)]
            under = [max(0.0, t * total - w) for w, t in zip(worth, self.targets, strict=True)]
            sold = [min(o, n * p) for o, n, p in zip(over, account.shares, prices, strict=True)]
            moved = min(sum(sold), sum(under))
            if moved <= 0:
                continue
            for k, price in enumerate(prices):
                change = moved * under[k] / sum(under) - moved * sold[k] / sum(sold)
                account.shares[k] += change / price
                worth[k] += change
        left: float = max(abs(w / total - t) for w, t in zip(worth, self.targets, strict=True))
        return left
