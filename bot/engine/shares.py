"""Whole shares: round the flow down, then repair it share by share while total drift falls."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.domain.instruments import ONE, AssetClass, Exposure, main_class
from bot.domain.money import Shares
from bot.domain.snapshot import Side
from bot.engine.after_tax import of_order, real
from bot.engine.blend import column, parts_of
from bot.engine.orders import Draft, by_fund, mixed_purchases, mixed_sales, purchases, sales
from bot.engine.pie import Pie
from bot.engine.solve import Skip, Solution
from bot.engine.wallets import Fund

WHOLE = Decimal(1)
FINE = Decimal("0.001")  # what fund companies count in


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A fund of one account that the plan may sell (at most `most` shares) or buy.

    Shares are counted in steps of `unit`: 1, or a thousandth for a mutual fund. A step is worth `cents / per` real
    cents exactly; whole numbers, because the search asks for many thousands of costs. `parts` says by class how many
    parts of a cent each cent of it is. A real cent counts `weight`.
    """

    wallet: int
    side: Side
    symbol: str
    asset_class: AssetClass
    exposure: Exposure
    parts: tuple[tuple[int, int], ...]
    price: Decimal
    unit: Decimal
    cents: int
    per: int
    most: int
    weight: Decimal

    def cost(self, count: int) -> int:
        """What so many shares count in the pie, in cents."""
        return self.usd(count) if self.weight is ONE else of_order(self.side, self.usd(count), self.weight)

    def usd(self, count: int) -> int:
        """What so many shares are worth, to the nearest cent, halves to the even one (as `Usd.nearest`)."""
        if self.per == 1:
            return count * self.cents
        whole, rest = divmod(count * self.cents, self.per)
        return whole + (2 * rest > self.per or (2 * rest == self.per and whole % 2))

    def worth_at_most(self, cents: int) -> int:
        """The most shares that count no more than that before rounding; none for a debt."""
        most = max(0, cents) if self.weight is ONE else real(Side.BUY, max(0, cents), self.weight)
        return most * self.per // self.cents


class Rounding:
    """The search: how many shares of each slot, what is left in each account, where each class stands.

    Classes are counted in parts of a cent, `whole` to a cent, so that funds of several are exact as well.
    Steps are single shares and pairs inside one account (one share sold or not bought, others bought); only a step
    that lowers the sum of distances to goal is taken, so the search ends. It starts within a share of each order of
    the exact flow.
    """

    def __init__(self, pie: Pie, solution: Solution, skip: Skip, *, as_routed: bool) -> None:
        self.pie = pie
        self.cash = pie.cash
        self.slots: list[Slot] = []
        self.count: list[int] = []
        self.left = [wallet.free - wallet.debt for wallet in pie.wallets]
        self.recipe, self.whole = parts_of(pie)
        self.worth = [self.whole * cents for cents in pie.worth]
        self.goal = [self.whole * cents for cents in pie.goal]
        for a in range(len(pie.wallets)):
            self._plan_sales(solution, a)
        for a in range(len(pie.wallets)):
            self._plan_buys(solution, a, skip, as_routed=as_routed and not pie.wallets[a].account.kind.sheltered)
        self.by_wallet: list[list[int]] = [[] for _ in pie.wallets]
        for i, slot in enumerate(self.slots):
            self.by_wallet[slot.wallet].append(i)

    def _plan_sales(self, solution: Solution, a: int) -> None:
        for name, cents in sales(self.pie, solution, a).items():
            funds = [fund for fund in self.pie.wallets[a].funds if fund.asset_class == name]
            for fund, part in zip(funds, by_fund([f.cents for f in funds], cents, 0), strict=True):
                unit = self._unit(fund.symbol)
                wish = self._full(a, fund, part)
                most = min(int(fund.shares.count / unit), wish + 1)
                if part and most:
                    wish = min(most, wish)
                    self._add(self._slot(a, Side.SELL, fund.symbol, name, fund.price, most), wish)
        for fund, part in mixed_sales(self.pie, solution, a):
            unit = self._unit(fund.symbol)
            wish = min(int(fund.shares.count / unit), self._full(a, fund, part))
            most = min(int(fund.shares.count / unit), wish + 1)
            self._add(self._slot(a, Side.SELL, fund.symbol, fund.asset_class, fund.price, most), wish)
        while self.left[a] < 0 and self._sell_one_more(a):
            pass

    def _full(self, a: int, fund: Fund, cents: int) -> int:
        """How many steps of a fund so many cents of an account are worth, rounded down."""
        return int(cents / (fund.price * 100 * self._unit(fund.symbol) * self.pie.wallets[a].weight))

    def _sell_one_more(self, a: int) -> bool:
        """A debt is cured even where that takes one share more than the flow asked for."""
        for i, slot in enumerate(self.slots):
            if slot.wallet == a and slot.side is Side.SELL and self.count[i] < slot.most:
                self._move(i, 1)
                return True
        return self._sell_beyond_the_flow(a)

    def _sell_beyond_the_flow(self, a: int) -> bool:
        """Fractions cannot be sold, so a debt may take a whole share of a fund that the flow left alone."""
        slots = {slot.symbol: i for i, slot in enumerate(self.slots) if slot.wallet == a}
        for fund in self.pie.wallets[a].funds + self.pie.wallets[a].mixed:
            i = slots.get(fund.symbol, len(self.slots))
            count = self.count[i] + 1 if i < len(self.slots) else 1
            if count <= int(fund.shares.count / self._unit(fund.symbol)):
                slot = self._slot(a, Side.SELL, fund.symbol, fund.asset_class, fund.price, count)
                if i < len(self.slots):
                    self.slots[i] = slot
                    self._move(i, 1)
                else:
                    self._add(slot, 1)
                return True
        return False

    def _plan_buys(self, solution: Solution, a: int, skip: Skip, *, as_routed: bool) -> None:
        wanted = purchases(self.pie, solution, a)
        sold = {slot.symbol for slot in self.slots if slot.wallet == a and slot.side is Side.SELL}
        if not sold and self.left[a] <= 0:
            return  # nothing could pay for a share
        for name, (symbol, price) in sorted(self.pie.wallets[a].buys.items()):
            if name not in self.pie.classes or symbol in sold or (as_routed and name not in wanted):
                continue
            if (a, self.pie.classes.index(name), Side.BUY) not in skip:
                self._add_buy(a, symbol, name, price, wanted.get(name, 0))
        mixed = mixed_purchases(self.pie, solution, a)
        for symbol, price in sorted(self.pie.wallets[a].mixed_buys.items()):
            blocked = symbol in sold or (as_routed and symbol not in mixed)
            if not blocked and (a, column(self.pie, symbol, ""), Side.BUY) not in skip:
                self._add_buy(a, symbol, main_class(self.pie.mixes[symbol]), price, mixed.get(symbol, 0))

    def _add_buy(self, a: int, symbol: str, name: AssetClass, price: Decimal, wanted: int) -> None:
        slot = self._slot(a, Side.BUY, symbol, name, price, 10**15)
        wish = slot.worth_at_most(min(wanted, self.left[a]))
        while wish and slot.cost(wish) > self.left[a]:
            wish -= 1
        self._add(slot, wish)

    def _slot(self, a: int, side: Side, symbol: str, name: AssetClass, price: Decimal, most: int) -> Slot:
        alone = ((self.pie.classes.index(name), self.whole),)
        unit = self._unit(symbol)
        cents, per = (price * 100 * unit).as_integer_ratio()
        return Slot(
            wallet=a,
            side=side,
            symbol=symbol,
            asset_class=name,
            exposure=self.pie.mixes.get(symbol, ()),
            parts=self.recipe.get(symbol, alone),
            price=price,
            unit=unit,
            cents=cents,
            per=per,
            most=most,
            weight=self.pie.wallets[a].weight,
        )

    def _unit(self, symbol: str) -> Decimal:
        return FINE if symbol in self.pie.in_dollars else WHOLE

    def _add(self, slot: Slot, count: int) -> None:
        self.slots.append(slot)
        self.count.append(0)
        self._move(len(self.slots) - 1, count)

    # --- the search ----------------------------------------------------------------------------------------------
    def _change(self, i: int, step: int) -> int:
        """Cents that leave the account's cash when slot i moves by so many shares."""
        slot, count = self.slots[i], self.count[i]
        paid = slot.cost(count + step) - slot.cost(count)
        return paid if slot.side is Side.BUY else -paid

    def _move(self, i: int, step: int) -> None:
        paid, slot = self._change(i, step), self.slots[i]
        self.count[i] += step
        self.left[slot.wallet] -= paid
        for c, part in slot.parts:
            self.worth[c] += paid * part
        self.worth[self.cash] -= paid * self.whole

    def _fits(self, i: int, step: int) -> bool:
        return 0 <= self.count[i] + step <= self.slots[i].most

    def _gain(self, steps: tuple[tuple[int, int], ...]) -> int:
        """By how many parts of a cent total drift falls; negative where a step is impossible."""
        shift: dict[int, int] = {}
        spent = 0
        for i, step in steps:
            if not self._fits(i, step):
                return -1
            paid = self._change(i, step)
            spent += paid
            for c, part in self.slots[i].parts:
                shift[c] = shift.get(c, 0) + paid * part
            shift[self.cash] = shift.get(self.cash, 0) - paid * self.whole
        if spent > 0 and spent > self.left[self.slots[steps[0][0]].wallet]:
            return -1
        goal, worth = self.goal, self.worth
        return sum(abs(worth[c] - goal[c]) - abs(worth[c] + parts - goal[c]) for c, parts in shift.items())

    def _steps(self, a: int) -> list[tuple[tuple[int, int], ...]]:
        mine = self.by_wallet[a]
        steps: list[tuple[tuple[int, int], ...]] = [((i, step),) for i in mine for step in (1, -1)]
        fine = (j for j in mine if self.slots[j].unit == FINE and self.slots[j].side is Side.BUY)
        steps += [((j, count),) for j in fine for count in self._counts(j, self.left[a])]
        for i in mine:
            free = 1 if self.slots[i].side is Side.SELL else -1  # what brings cash into the account
            if not self._fits(i, free):
                continue
            budget = self.left[a] - self._change(i, free)
            for j in mine:
                if j != i and self.slots[j].side is Side.BUY:
                    steps += [((i, free), (j, count)) for count in self._counts(j, budget)]
        return steps

    def _counts(self, j: int, budget: int) -> set[int]:
        """How many shares of slot j are worth trying: up to a goal of its classes, one more, or all that is left."""
        slot = self.slots[j]
        most = slot.worth_at_most(budget)
        counts = {most, 1}
        for c, part in slot.parts:
            lack = slot.worth_at_most((self.goal[c] - self.worth[c]) // part)
            counts |= {min(lack, most), min(lack + 1, most)}
        return {count for count in counts if 0 < count <= max(most, 1)}

    def search(self) -> None:
        """Take the best step of each account in turn until none helps; then sell no more than the result needs."""
        settled: set[int] = set()  # accounts in which no step helps as things stand
        while len(settled) < len(self.by_wallet):
            for a in range(len(self.by_wallet)):
                if a not in settled:
                    settled = {a} if self._improve(a) else settled | {a}
        for i, slot in enumerate(self.slots):
            for step in (1,) if slot.unit == WHOLE else (10**6, 10**3, 1):
                while slot.side is Side.SELL and self._fits(i, -step) and self._can_keep(i, step):
                    self._move(i, -step)

    def _improve(self, a: int) -> bool:
        """Take the best steps of one account until none helps; whether any did."""
        helped = False
        while True:
            gain, best = max(((self._gain(steps), steps) for steps in self._steps(a)), default=(0, ()))
            if gain <= 0:
                return helped
            for i, step in best:
                self._move(i, step)
            helped = True

    def _can_keep(self, i: int, step: int) -> bool:
        return self._change(i, -step) <= self.left[self.slots[i].wallet] and self._gain(((i, -step),)) >= 0

    def drafts(self) -> list[Draft]:
        """The orders: sells of an account before its buys."""
        return [
            Draft(
                wallet=slot.wallet,
                side=slot.side,
                symbol=slot.symbol,
                asset_class=slot.asset_class,
                price=slot.price,
                shares=Shares(count * slot.unit),
                cents=slot.cost(count),
                usd=slot.usd(count),
                exposure=slot.exposure,
            )
            for slot, count in sorted(
                zip(self.slots, self.count, strict=True), key=lambda pair: (pair[0].wallet, pair[0].side is Side.BUY)
            )
            if count
        ]


def cures(pie: Pie, solution: Solution) -> list[Draft]:
    """The whole shares that must be sold to cure debts, and nothing else."""
    rounding = Rounding(pie, solution, frozenset(), as_routed=True)
    return [draft for draft in rounding.drafts() if draft.side is Side.SELL]


def whole(pie: Pie, solution: Solution, skip: Skip, *, as_routed: bool) -> list[Draft]:
    """Orders in whole shares, near the exact flow; `as_routed` keeps a taxable account to the classes it was given."""
    rounding = Rounding(pie, solution, skip, as_routed=as_routed)
    rounding.search()
    return rounding.drafts()
