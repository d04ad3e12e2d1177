"""The household as its page shows it: what the ledger knows of it, and how old that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.domain.household import Account, Household
from bot.domain.instruments import CASH, AssetClass, look_through
from bot.domain.money import Usd
from bot.domain.snapshot import Remark, Snapshot
from bot.domain.targets import Policy
from bot.engine.bands import broken
from bot.engine.pie import Pie, bake
from bot.letters.sheet import KINDS
from bot.letters.words import clean, percent
from bot.page.charts import ROUND, Slice, deviation, slices
from bot.page.figures import points, short, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """One class of the pie; `bar` is its distance from the goal, -100 to 100 of the axis."""

    name: str
    colour: int
    target: str
    now: str
    amount: str
    goal: str
    off: str
    outside: bool
    bar: int

    @property
    def band(self) -> str:
        """`inside` or `outside`; cash has no band."""
        return "" if self.name == CASH else "outside" if self.outside else "inside"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """One account: its total, its classes in words and as a stacked bar beside the largest account's."""

    name: str
    kind: str
    owner: str
    total: str
    parts: tuple[tuple[str, int, str], ...]
    bar: tuple[Slice, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """One pie, class by class and account by account, at the moment of the last look."""

    taken_at: datetime | None
    total: str
    total_short: str
    drift: str
    ring: tuple[Slice, ...]
    classes: tuple[ClassRow, ...]
    accounts: tuple[AccountRow, ...]
    remarks: tuple[Remark, ...]

    @property
    def in_words(self) -> str:
        """What the ring shows, for whoever cannot see it."""
        return ", ".join(f"{row.name} {row.now}" for row in self.classes)


def portrait(household: Household, policy: Policy, snapshot: Snapshot) -> Portrait:
    """The portrait of a household from one snapshot; the targets are those of the snapshot's day.

    The pie leaves out what accounts set aside and counts dollars as the policy does; the accounts' totals do neither.

    Raises:
        NotAllowed: where no targets hold on that day.
        KeyError: for a snapshot of other accounts or symbols than the household has now.
    """
    snapshot = snapshot.in_order()
    policy = policy.on(snapshot.as_of_on)
    pie = bake(household, policy, snapshot)
    held = {account.id: _by_class(household, snapshot, account.id) for account in household.accounts}
    names = [name for name in (*pie.classes, *(name for parts in held.values() for name in parts)) if name != CASH]
    colours = [*dict.fromkeys(names), CASH]
    longest = max((Usd.total(parts.values()) for parts in held.values()), default=Usd())
    worth = {name: Usd(cents) for name, cents in zip(pie.classes, pie.worth, strict=True)}
    return Portrait(
        taken_at=snapshot.taken_at,
        total=whole(Usd(pie.total)),
        total_short=short(Usd(pie.total)),
        drift=whole(Usd(pie.drift(pie.worth))),
        ring=slices([(name, worth[name]) for name in colours if name in worth], colours),
        classes=_class_rows(pie, policy, colours),
        accounts=tuple(
            _account_row(account, held[account.id], colours, longest, snapshot.remarks)
            for account in household.accounts
        ),
        remarks=snapshot.remarks,
    )


def _class_rows(pie: Pie, policy: Policy, colours: Sequence[str]) -> tuple[ClassRow, ...]:
    total, out = Usd(pie.total), broken(pie, policy, pie.worth)
    offs = [Usd(worth - goal) for worth, goal in zip(pie.worth, pie.goal, strict=True)]
    longest = max((abs(off) for off in offs), default=Usd())
    rows = [
        ClassRow(
            name=clean(name),
            colour=colours.index(name),
            target=f"{policy.target_pct(name).normalize():f}%",
            now=percent(Usd(pie.worth[c]), total),
            amount=whole(Usd(pie.worth[c])),
            goal=whole(Usd(pie.goal[c])),
            off=points(offs[c], total),
            outside=c in out,
            bar=deviation(offs[c], longest),
        )
        for c, name in enumerate(pie.classes)
        if pie.worth[c] or pie.goal[c]
    ]
    return tuple(sorted(rows, key=lambda row: row.colour))


def _account_row(
    account: Account,
    held: Mapping[AssetClass, Usd],
    colours: Sequence[str],
    longest: Usd,
    remarks: Iterable[Remark],
) -> AccountRow:
    total = Usd.total(held.values())
    parts = [(name, held[name]) for name in colours if held.get(name)]
    length = max(1, total.cents * ROUND // longest.cents) if total.cents > 0 and longest.cents > 0 else 0
    return AccountRow(
        name=clean(account.id),
        kind=KINDS[account.kind],
        owner=clean(account.owner),
        total=whole(total),
        parts=tuple((clean(name), colours.index(name), whole(amount)) for name, amount in parts),
        bar=slices(parts, colours, length=length),
        remarks=tuple(clean(one.message) for one in remarks if one.account == account.id),
    )


def _by_class(household: Household, snapshot: Snapshot, account: str) -> dict[AssetClass, Usd]:
    """What an account holds of each class, cash among them."""
    holding = snapshot.holding(account)
    cents: dict[AssetClass, int] = {CASH: holding.cash.cents}
    for position in holding.positions:
        value = position.quantity.value(snapshot.price(position.symbol) or Decimal(0)).cents
        for name, part in look_through("", household.instrument(position.symbol).exposure, value):
            cents[name] = cents.get(name, 0) + part
    return {name: Usd(part) for name, part in cents.items()}
