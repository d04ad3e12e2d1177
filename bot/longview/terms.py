"""What a household's policy means month by month, in whole numbers: goals, bands, and the engine's pie."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import reduce
from math import lcm

from bot.domain.household import Account
from bot.domain.instruments import CASH
from bot.domain.money import Shares
from bot.domain.targets import Policy
from bot.engine import bands
from bot.engine.pie import Pie
from bot.engine.wallets import Fund, Wallet
from bot.longview.home import Home

DOLLAR, NONE = Decimal(1), Shares()


class Terms:
    """The policy of a home, ready for use by its assets in their order."""

    def __init__(self, home: Home, policy: Policy) -> None:
        self.policy = policy
        self.names = [asset.name for asset in home.assets]
        targets = [policy.target_pct(name).as_integer_ratio() for name in self.names]
        whole = reduce(lcm, (part for _, part in targets), 1)
        self.weights = [part * whole // of for part, of in targets]
        self.sum = sum(self.weights)
        self.edges = [bands.edges(policy, name) for name in self.names]
        self.accounts = [Account(id=f"{number:02}", kind=pot.kind) for number, pot in enumerate(home.pots)]
        self.sheltered = [account.kind.sheltered for account in self.accounts]
        self._classes = tuple(sorted([*self.names, CASH]))
        self.places = [self._classes.index(name) for name in self.names]
        self._cash = self._classes.index(CASH)
        self._buys = {name: (name, DOLLAR) for name in self.names}

    def goals(self, total: int) -> list[int]:
        """So many cents by target; no cent is lost, the largest remainders get the rest (as `money.split`)."""
        if len(self.weights) == 2:  # what most households of the long view have
            part, rest = divmod(total * self.weights[0], self.sum)
            part += rest > 0 and 2 * rest >= self.sum
            return [part, total - part]
        parts, rests = [], []
        for weight in self.weights:
            part, rest = divmod(total * weight, self.sum)
            parts.append(part)
            rests.append(rest)
        missing = total - sum(parts)
        if missing:
            for at in sorted(range(len(rests)), key=lambda at: (-rests[at], at))[:missing]:
                parts[at] += 1
        return parts

    def broken(self, worth: Sequence[int], goal: Sequence[int], total: int) -> bool:
        """Whether some asset is out of its band (as `bands.broken`)."""
        for (lower, upper, scale), cents, aim in zip(self.edges, worth, goal, strict=True):
            if cents != aim and not lower * total < cents * scale < upper * total:
                return True
        return False

    def pie(self, values: Sequence[Sequence[int]], cash: Sequence[int]) -> Pie:
        """The household as the engine sees it: one fund for each asset, at a dollar a share, on every menu."""
        count = len(self._classes)
        worth, moving = [0] * count, [0] * count
        wallets = []
        for row, loose, account in zip(values, cash, self.accounts, strict=True):
            worth[self._cash] += loose
            moving[self._cash] += max(0, loose)
            for place, cents in zip(self.places, row, strict=True):
                worth[place] += cents
            funds = self._funds(row) if account.kind.sheltered else ()
            for fund in funds:
                moving[self._classes.index(fund.asset_class)] += fund.cents
            debt = min(max(0, -loose), sum(fund.cents for fund in funds))
            moving[self._cash] -= debt
            wallets.append(self._wallet(account, loose, debt, funds))
        total = sum(worth)
        goal = [0] * count
        for place, cents in zip(self.places, self.goals(total), strict=True):
            goal[place] = cents
        return Pie(
            classes=self._classes,
            total=total,
            goal=tuple(goal),
            worth=tuple(worth),
            fixed=tuple(have - may for have, may in zip(worth, moving, strict=True)),
            wallets=tuple(wallets),
            settled={account.id: loose for account, loose in zip(self.accounts, cash, strict=True)},
            blocks={},
            projections={},
            asides={},
            in_dollars=frozenset(),
            mixes={},
            piles={},
            washed=frozenset(),
            selling={},
        )

    def _funds(self, row: Sequence[int]) -> tuple[Fund, ...]:
        return tuple(
            Fund(symbol=name, asset_class=name, price=DOLLAR, shares=NONE, cents=cents)
            for name, cents in zip(self.names, row, strict=True)
            if cents
        )

    def _wallet(self, account: Account, loose: int, debt: int, funds: tuple[Fund, ...]) -> Wallet:
        return Wallet(
            account=account,
            settled=loose,
            free=max(0, loose),
            debt=debt,
            funds=funds,
            buys=self._buys,
            mixed=(),
            mixed_buys={},
        )
