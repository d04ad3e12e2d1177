"""All that `status` has to say, gathered before any of it is drawn, and the same as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Self

from bot.cli.answer import Json, answer
from bot.domain.household import Household
from bot.domain.money import Usd
from bot.domain.plan import Plan
from bot.domain.post import OutboxState
from bot.domain.readings import Activity, Login
from bot.domain.snapshot import Snapshot
from bot.engine.loop import draw
from bot.engine.watch import arrivals
from bot.services.cycle import observe
from bot.services.house import House
from bot.services.terms import new_york_date

LATELY = timedelta(days=14)
HIDDEN = "hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """The household as it stands now.

    `stated_on` has the accounts that are known from a statement, with its day. `dates` are the next ones that are
    known, the first one first. `halted` says why nothing may be sent; empty when it may.
    """

    household: Household
    snapshot: Snapshot
    plan: Plan
    mode: str
    halted: str
    stated_on: dict[str, date]
    arrived: tuple[Activity, ...]
    logins: tuple[Login, ...]
    dates: tuple[tuple[date, str], ...]
    waiting: tuple[str, ...]
    post: OutboxState
    now: datetime

    @classmethod
    def of(cls, house: House) -> Self:
        """Read every account of the house; raises what stops one of its brokers."""
        sight = observe(house)
        now = house.clock.now()
        today = new_york_date(now)
        waiting = [p for p, verdict in house.ledger.proposals() if verdict is None and p.expires_at > now]
        logins = {login.name: login for broker in house.brokers.values() if (login := broker.login()) is not None}
        money = [entry for entries in sight.activities.values() for entry in arrivals(entries, today - LATELY)]
        dates = [
            *((new_york_date(p.expires_at), f"{p.plan_id} expires") for p in waiting),
            *((new_york_date(login.expires_at), f"the login {login.name} ends") for login in logins.values()),
            *_own_dates(house, today),
        ]
        return cls(
            household=house.household,
            snapshot=sight.snapshot,
            plan=draw(house.household, house.policy, sight.snapshot),
            mode=house.terms.environment.value,
            halted=house.brake.pulled(),
            stated_on={one.account: one.stated_on for one in sight.readings if one.stated_on is not None},
            arrived=tuple(sorted(money, key=lambda entry: (entry.on, entry.account, entry.activity_id))),
            logins=tuple(logins[name] for name in sorted(logins)),
            dates=tuple(sorted(dates)),
            waiting=tuple(p.plan_id for p in waiting),
            post=house.postbox.outbox_state(),
            now=now,
        )

    def age(self, account: str) -> str:
        """How old what is known of an account is, in words."""
        if account not in self.stated_on:
            return "now"
        days = (new_york_date(self.now) - self.stated_on[account]).days
        return "today" if days == 0 else f"{days} day{'s' if days > 1 else ''}"

    def health(self, account: str) -> str:
        """`ok`, or the words for programs of what is wrong with an account."""
        codes = dict.fromkeys(remark.code for remark in self.snapshot.remarks if remark.account == account)
        return ", ".join(codes) or "ok"


def _own_dates(house: House, today: date) -> list[tuple[date, str]]:
    """What the settings say of days to come: cash that is needed, and other targets."""
    dates = [
        (earmark.due_on, f"{earmark.amount} for {earmark.purpose} is due in {earmark.account}")
        for earmark in house.household.earmarks
        if earmark.due_on is not None and earmark.due_on >= today
    ]
    step = house.policy.next_step(today)
    return [*dates, (step.from_on, "the targets change")] if step else dates


def as_tree(portrait: Portrait, *, incognito: bool) -> Json:
    """The portrait as one JSON object; with `incognito` every amount and count reads `hidden`."""
    told = answer(portrait.plan)
    same = ("household", "as_of", "pie_usd", "class_usd_goal", "class_usd_before", "classes_out_of_band", "report")
    tree: Json = {key: told[key] for key in same} | {
        "mode": portrait.mode,
        "halted": portrait.halted,
        "drift_usd": told["drift_usd_before"],
        "drift_limit_usd": told["drift_limit_usd"],
        "accounts": [_account(portrait, account.id) for account in portrait.household.accounts],
        "remarks": [
            {
                "code": remark.code,
                "account": remark.account,
                "symbol": remark.symbol,
                "message": remark.message,
                "mend": remark.mend,
                "stops": remark.stops,
            }
            for remark in portrait.snapshot.remarks
        ],
        "arrived": [
            {"on": one.on.isoformat(), "account": one.account, "kind": one.kind.value, "usd": one.net.plain}
            for one in portrait.arrived
        ],
        "logins": [
            {
                "name": login.name,
                "logged_in_at": login.logged_in_at.isoformat(),
                "expires_at": login.expires_at.isoformat(),
            }
            for login in portrait.logins
        ],
        "dates": [{"on": on.isoformat(), "what": what} for on, what in portrait.dates],
        "waiting": list(portrait.waiting),
        "letters": {"waiting": len(portrait.post.waiting), "lost": len(portrait.post.lost)},
    }
    return _without_amounts(tree) if incognito else tree


def _account(portrait: Portrait, account: str) -> Json:
    holding = portrait.snapshot.holding(account)
    worth = {p.symbol: p.quantity.value(portrait.snapshot.price(p.symbol) or Decimal(0)) for p in holding.positions}
    stated = portrait.stated_on.get(account)
    return {
        "account": account,
        "kind": portrait.household.account(account).kind.value,
        "stated_on": stated.isoformat() if stated else None,
        "health": portrait.health(account),
        "cash_settled_usd": holding.cash_settled.plain,
        "cash_unsettled_usd": holding.cash_unsettled.plain,
        "total_usd": (Usd.total(worth.values()) + holding.cash).plain,
    }


def _without_amounts(tree: Json) -> Json:
    """The same tree with every amount hidden; sentences may hold amounts, so they are hidden too."""
    hidden: Json = {}
    for key, value in tree.items():
        if key.endswith("_usd") or key in {"usd", "message", "what", "report"} or "_usd_" in key:
            hidden[key] = HIDDEN
        elif isinstance(value, list):
            hidden[key] = [_without_amounts(one) if isinstance(one, dict) else one for one in value]
        else:
            hidden[key] = value
    return hidden
