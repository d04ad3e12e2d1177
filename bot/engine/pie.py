"""One pie: the household's money sorted into what is fixed where it lies and what may move, in whole cents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bot.domain.household import Household
from bot.domain.instruments import CASH, AssetClass, Exposure, InstrumentType, look_through
from bot.domain.money import Shares, split
from bot.domain.plan import PlanLine
from bot.domain.snapshot import Snapshot
from bot.domain.targets import Policy, TaxableSells
from bot.engine import after_tax, wash_sales
from bot.engine.open_orders import Projection, project
from bot.engine.piles import Pile, pile_of
from bot.engine.selling_order import SellingOrder
from bot.engine.set_aside import Aside, set_aside
from bot.engine.wallets import Bans, Wallet, buyable_in, price_of, sellable_in, wallet_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Pie:
    """The whole household: cents by class (`worth`), their goals, and the part that no plan can move (`fixed`).

    `mixes` are the funds of several classes that some wallet may sell or buy, by name.
    Cents are counted as the weights of the policy say; what is `settled`, set aside or projected is in real ones.
    `in_dollars` are the mutual funds: they go in thousandths of a share where others go in whole ones.
    `piles` are the lots by account and symbol, `washed` the groups whose losses a purchase would wash out; `selling`
    remembers in which order the taxable lots of a class would go.
    """

    classes: tuple[AssetClass, ...]
    total: int
    goal: tuple[int, ...]
    worth: tuple[int, ...]
    fixed: tuple[int, ...]
    wallets: tuple[Wallet, ...]
    settled: Mapping[str, int]
    blocks: Mapping[str, date]
    projections: Mapping[str, Projection]
    asides: Mapping[str, Aside]
    in_dollars: frozenset[str]
    mixes: Mapping[str, Exposure]
    piles: Mapping[str, Mapping[str, Pile]]
    washed: frozenset[str]
    selling: dict[tuple[AssetClass, frozenset[str]], SellingOrder] = field(compare=False, repr=False)

    @property
    def cash(self) -> int:
        """The index of the class of cash."""
        return self.classes.index(CASH)

    def earmarked(self, account: str) -> int:
        """The cents that an account's earmarks have, or will have from sales; no purchase touches them."""
        aside = self.asides[account]
        raised = sum(wallet.owes for wallet in self.wallets if wallet.account.id == account)
        return min(aside.wanted, aside.kept) + min(aside.owed, max(0, self.settled[account] + raised))

    def counted(self, line: PlanLine) -> int:
        """What an order counts in the pie, in cents."""
        weight = next(wallet.weight for wallet in self.wallets if wallet.account.id == line.account)
        return after_tax.of_order(line.side, line.usd.cents, weight)

    def drift(self, worth: tuple[int, ...] | list[int]) -> int:
        """The sum over classes of the distance to goal, in cents."""
        return sum(abs(w - t) for w, t in zip(worth, self.goal, strict=True))


def bake(
    household: Household, policy: Policy, snapshot: Snapshot, bans: Bans | None = None, like: Pie | None = None
) -> Pie:
    """Sort everything that the household holds; open orders count as filled.

    The pie leaves out what each account sets aside, its buffer and its earmarks. Where the policy says so it counts
    what lies before tax in after-tax dollars. Needs a snapshot in canonical order. `like` is a pie of the same day with
    other bans: its lots are not gone through again.
    """
    bans = bans or Bans()
    projections = like.projections if like else {h.account: project(h, snapshot) for h in snapshot.holdings}
    piles = like.piles if like else _piles(household, policy, snapshot, projections)
    blocks = like.blocks if like else wash_sales.blocked_buys(household, snapshot)
    washed = like.washed if like else _washed(household, policy, snapshot)
    tally: dict[AssetClass, int] = dict.fromkeys(policy.classes, 0)
    wallets, asides = [], {}
    for account in sorted(household.accounts, key=lambda a: a.id):
        projection, pile, weight = projections[account.id], piles[account.id], policy.weight(account.kind)
        funds = sellable_in(household, snapshot, account, pile, bans, washed) if account.managed else []
        sellable = sum(fund.cents for fund in funds)
        aside = set_aside(household, policy, snapshot.as_of_on, account, projection, sellable)
        asides[account.id] = aside
        _count(household, snapshot, projection, pile, aside, weight, tally)
        if account.managed:
            allowed = buyable_in(household, snapshot, account, frozenset(blocks), bans)
            wallets.append(wallet_of(policy, account, projection, aside, funds, allowed).counted(weight))
    symbols = {symbol for w in wallets for symbol in (*(fund.symbol for fund in w.mixed), *w.mixed_buys)}
    mixes = {symbol: household.instrument(symbol).exposure for symbol in sorted(symbols)}
    tally = {name: 0 for exposure in mixes.values() for name, _ in exposure} | tally
    movable = _movable(wallets)
    classes = tuple(sorted(tally))
    total = sum(tally.values())
    weights = [max(policy.target_pct(name), Decimal(0)) for name in classes]
    return Pie(
        classes=classes,
        total=total,
        goal=tuple(split(total, weights)),
        worth=tuple(tally[name] for name in classes),
        fixed=tuple(tally[name] - movable.get(name, 0) for name in classes),
        wallets=tuple(wallets),
        settled={name: p.settled for name, p in projections.items()},
        blocks=blocks,
        projections=projections,
        asides=asides,
        in_dollars=frozenset(i.symbol for i in household.instruments if i.type is InstrumentType.MUTUAL_FUND),
        mixes=mixes,
        piles=piles,
        washed=washed,
        selling=like.selling if like else {},
    )


def _piles(
    household: Household, policy: Policy, snapshot: Snapshot, projections: Mapping[str, Projection]
) -> dict[str, dict[str, Pile]]:
    """The lots of every account, by symbol."""
    losses, on = policy.taxable_sells is TaxableSells.LOSSES_ONLY, snapshot.as_of_on
    return {
        account.id: {
            symbol: pile_of(account, household.instrument(symbol), lots, price_of(snapshot, symbol), on, losses=losses)
            for symbol, lots in projections[account.id].lots.items()
        }
        for account in household.accounts
    }


def _washed(household: Household, policy: Policy, snapshot: Snapshot) -> frozenset[str]:
    """The groups whose losses a purchase would wash out, where the owner lets losses be taken."""
    if policy.taxable_sells is not TaxableSells.LOSSES_ONLY:
        return frozenset()
    return wash_sales.bought_lately(household, snapshot)


def _movable(wallets: list[Wallet]) -> Counter[AssetClass]:
    """What may move of each class, in cents."""
    movable: Counter[AssetClass] = Counter()
    for wallet in wallets:
        movable[CASH] += wallet.free - wallet.debt
        for fund in wallet.funds + wallet.mixed:
            for name, cents in look_through(fund.asset_class, fund.exposure, fund.cents):
                movable[name] += cents
    return movable


def _count(
    household: Household,
    snapshot: Snapshot,
    projection: Projection,
    piles: Mapping[str, Pile],
    aside: Aside,
    weight: Decimal,
    tally: dict[AssetClass, int],
) -> None:
    """Add what an account holds to its classes, looking through funds of several; a dollar counts `weight`."""
    cash = projection.settled + projection.unsettled - aside.owed - aside.kept
    tally[CASH] = tally.get(CASH, 0) + after_tax.at_most(cash, weight)
    for symbol, pile in piles.items():
        instrument = household.instrument(symbol)
        cents = pile.shares.value(price_of(snapshot, symbol)).cents
        cents += projection.bought.get(symbol, Shares()).value(price_of(snapshot, symbol)).cents
        for name, part in look_through("", instrument.exposure, after_tax.at_most(cents, weight)):
            tally[name] = tally.get(name, 0) + part
