"""Whole shares: the flow rounded down to shares that can be counted, and what a step of one share would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.instruments import ONE, AssetClass, Exposure, main_class
from bot.domain.money import Shares
from bot.domain.snapshot import Side
from bot.engine.after_tax import of_order, real
from bot.engine.blend import column, parts_of
from bot.engine.layout import Skip
from bot.engine.orders import Draft, by_fund, mixed_purchases, mixed_sales, purchases, sales
from bot.engine.pie import Pie
from bot.engine.solve import Solution
from bot.engine.wallets import Fund

WHOLE = Decimal(1)
FINE = Decimal("0.001")  # what fund companies count in
FEW = 10  # shares that may be sold beyond the flow, for the sake of a better fit
Step = tuple[int, int]  # slot, shares more (or fewer) of its order


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A fund of one account and what its order may be: from `least` (negative: a sale) to `most` shares.

    Shares are counted in steps of `unit`: 1, or a thousandth for a mutual fund. A step is worth `cents / per` real
    cents exactly; whole numbers, because the search asks for many thousands of costs. `parts` says by class how many
    parts of a cent each cent of it is. A real cent counts `weight`.
    """

    wallet: int
    symbol: str
    asset_class: AssetClass
    exposure: Exposure
    parts: tuple[tuple[int, int], ...]
    price: Decimal
    unit: Decimal
    cents: int
    per: int
    least: int
    most: int
    weight: Decimal

    def cost(self, count: int) -> int:
        """What an order of so many shares takes from its account's cash, as it counts in the pie; a sale gives."""
        if self.weight is ONE:
            return self.usd(count)
        if count < 0:
            return -of_order(Side.SELL, self.usd(-count), self.weight)
        return of_order(Side.BUY, self.usd(count), self.weight)

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
    """How many shares of each slot, what is left in each account, where each class stands.

    Classes are counted in parts of a cent, `whole` to a cent, so that funds of several are exact as well. It starts
    within a share of each order of the exact flow.
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

    def _plan_sales(self, solution: Solution, a: int) -> None:
        for name, cents in sales(self.pie, solution, a).items():
            funds = [fund for fund in self.pie.wallets[a].funds if fund.asset_class == name]
            for fund, part in zip(funds, by_fund([f.cents for f in funds], cents, 0), strict=True):
                if part and self._held(fund):
                    self._add_sale(a, fund, part)
        for fund, part in mixed_sales(self.pie, solution, a):
            self._add_sale(a, fund, part)
        while self.left[a] < 0 and self._sell_one_more(a):
            pass

    def _add_sale(self, a: int, fund: Fund, cents: int) -> None:
        held = self._held(fund)
        wish = min(held, self._full(a, fund, cents))
        more = FEW if self.pie.wallets[a].account.kind.sheltered else 1
        least = -min(held, wish + more)
        self._add(self._slot(a, fund.symbol, fund.asset_class, fund.price, least=least, most=0), -wish)

    def _held(self, fund: Fund) -> int:
        """How many steps of a fund could be sold."""
        return int(fund.shares.count / self._unit(fund.symbol))

    def _full(self, a: int, fund: Fund, cents: int) -> int:
        """How many steps of a fund so many cents of an account are worth, rounded down."""
        return int(cents / (fund.price * 100 * self._unit(fund.symbol) * self.pie.wallets[a].weight))

    def _sell_one_more(self, a: int) -> bool:
        """A debt is cured even where that takes one share more than the flow asked for."""
        for i, slot in enumerate(self.slots):
            if slot.wallet == a and self.count[i] > slot.least:
                self.move(i, -1)
                return True
        return self._sell_beyond_the_flow(a)

    def _sell_beyond_the_flow(self, a: int) -> bool:
        """Fractions cannot be sold, so a debt may take a whole share of a fund that the flow left alone."""
        slots = {slot.symbol: i for i, slot in enumerate(self.slots) if slot.wallet == a}
        for fund in self.pie.wallets[a].funds + self.pie.wallets[a].mixed:
            i = slots.get(fund.symbol, len(self.slots))
            count = self.count[i] - 1 if i < len(self.slots) else -1
            if -count <= self._held(fund):
                slot = self._slot(a, fund.symbol, fund.asset_class, fund.price, least=count, most=0)
                if i < len(self.slots):
                    self.slots[i] = slot
                    self.move(i, -1)
                else:
                    self._add(slot, -1)
                return True
        return False

    def _plan_buys(self, solution: Solution, a: int, skip: Skip, *, as_routed: bool) -> None:
        wanted = purchases(self.pie, solution, a)
        sold = {slot.symbol for slot in self.slots if slot.wallet == a}
        if not sold and self.left[a] <= 0:
            return  # nothing could pay for a share
        spare = self._spare(a, skip) if sold and self.pie.wallets[a].account.kind.sheltered else {}
        for name, (symbol, price) in sorted(self.pie.wallets[a].buys.items()):
            if name not in self.pie.classes or symbol in sold or (as_routed and name not in wanted):
                continue
            if (a, self.pie.classes.index(name), Side.BUY) not in skip:
                self._add_buy(a, symbol, name, price, wanted.get(name, 0), spare.pop(symbol, 0))
        mixed = mixed_purchases(self.pie, solution, a)
        for symbol, price in sorted(self.pie.wallets[a].mixed_buys.items()):
            blocked = symbol in sold or (as_routed and symbol not in mixed)
            if not blocked and (a, column(self.pie, symbol, ""), Side.BUY) not in skip:
                self._add_buy(a, symbol, main_class(self.pie.mixes[symbol]), price, mixed.get(symbol, 0))
        for fund in self.pie.wallets[a].funds:
            if fund.symbol in spare and fund.symbol not in sold:
                least = -spare[fund.symbol]
                self._add(self._slot(a, fund.symbol, fund.asset_class, fund.price, least=least, most=0), 0)

    def _spare(self, a: int, skip: Skip) -> dict[str, int]:
        """Where the flow sells anyway, a few shares of the other funds may go for the sake of a better fit."""
        funds = [f for f in self.pie.wallets[a].funds if f.symbol not in self.pie.in_dollars]
        sellable = [f for f in funds if (a, self.pie.classes.index(f.asset_class), Side.SELL) not in skip]
        return {fund.symbol: min(FEW, self._held(fund)) for fund in sellable}

    def _add_buy(self, a: int, symbol: str, name: AssetClass, price: Decimal, wanted: int, spare: int = 0) -> None:
        slot = self._slot(a, symbol, name, price, least=-spare, most=10**15)
        wish = slot.worth_at_most(min(wanted, self.left[a]))
        while wish and slot.cost(wish) > self.left[a]:
            wish -= 1
        self._add(slot, wish)

    def _slot(self, a: int, symbol: str, name: AssetClass, price: Decimal, *, least: int, most: int) -> Slot:
        alone = ((self.pie.classes.index(name), self.whole),)
        unit = self._unit(symbol)
        cents, per = (price * 100 * unit).as_integer_ratio()
        return Slot(
            wallet=a,
            symbol=symbol,
            asset_class=name,
            exposure=self.pie.mixes.get(symbol, ()),
            parts=self.recipe.get(symbol, alone),
            price=price,
            unit=unit,
            cents=cents,
            per=per,
            least=least,
            most=most,
            weight=self.pie.wallets[a].weight,
        )

    def _unit(self, symbol: str) -> Decimal:
        return FINE if symbol in self.pie.in_dollars else WHOLE

    def _add(self, slot: Slot, count: int) -> None:
        self.slots.append(slot)
        self.count.append(0)
        self.move(len(self.slots) - 1, count)

    # --- one step after the other --------------------------------------------------------------------------------
    def change(self, i: int, step: int) -> int:
        """Cents that leave the account's cash when slot i moves by so many shares."""
        slot, count = self.slots[i], self.count[i]
        return slot.cost(count + step) - slot.cost(count)

    def move(self, i: int, step: int) -> None:
        """Order so many shares more of slot i, or fewer: buy them, or sell less; sell them, or buy less."""
        paid, slot = self.change(i, step), self.slots[i]
        self.count[i] += step
        self.left[slot.wallet] -= paid
        for c, part in slot.parts:
            self.worth[c] += paid * part
        self.worth[self.cash] -= paid * self.whole

    def fits(self, i: int, step: int) -> bool:
        """Whether the order of slot i may change by so many shares."""
        return self.slots[i].least <= self.count[i] + step <= self.slots[i].most

    def gain(self, steps: Iterable[Step]) -> int:
        """By how many parts of a cent total drift falls if slots move together; negative where they cannot.

        No slot may be named twice.
        """
        shift: dict[int, int] = {self.cash: 0}
        spent: dict[int, int] = {}
        for i, step in steps:
            if not self.fits(i, step):
                return -1
            paid, slot = self.change(i, step), self.slots[i]
            spent[slot.wallet] = spent.get(slot.wallet, 0) + paid
            for c, part in slot.parts:
                shift[c] = shift.get(c, 0) + paid * part
            shift[self.cash] -= paid * self.whole
        if any(cents > 0 and cents > self.left[a] for a, cents in spent.items()):
            return -1
        return self.fall(shift)

    def fall(self, shift: Mapping[int, int]) -> int:
        """By how many parts of a cent total drift falls when classes move by so many."""
        goal, worth = self.goal, self.worth
        return sum(abs(worth[c] - goal[c]) - abs(worth[c] + parts - goal[c]) for c, parts in shift.items())

    def drafts(self) -> list[Draft]:
        """The orders: sells of an account before its buys."""
        return [
            Draft(
                wallet=slot.wallet,
                side=Side.BUY if count > 0 else Side.SELL,
                symbol=slot.symbol,
                asset_class=slot.asset_class,
                price=slot.price,
                shares=Shares(abs(count) * slot.unit),
                cents=abs(slot.cost(count)),
                usd=slot.usd(abs(count)),
                exposure=slot.exposure,
            )
            for slot, count in sorted(
                zip(self.slots, self.count, strict=True), key=lambda pair: (pair[0].wallet, pair[1] > 0)
            )
            if count
        ]
