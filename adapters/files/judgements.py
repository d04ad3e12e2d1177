"""What can only be judged with the whole file in view: classes that nobody carries, symbols that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from pydantic_core import PydanticCustomError

from adapters.files.complaints import Complaints, did_you_mean
from adapters.files.models import HoldingPart, PolicyPart, TradePart
from adapters.files.tree import Keys, shown
from adapters.files.words import number, word
from bot.domain.household import Role
from bot.domain.instruments import CASH
from bot.domain.money import Shares
from bot.domain.snapshot import Side

OWN_NAME = "give it a name of its own"


def mapping(raw: object, key: str) -> dict[str, object]:
    """The mapping under a key; an empty one when something else stands there."""
    found = raw.get(key) if isinstance(raw, dict) else None
    return found if isinstance(found, dict) else {}


def items(raw: object, key: str) -> list[object]:
    """The list under a key; an empty one when something else stands there."""
    found = raw.get(key) if isinstance(raw, dict) else None
    return found if isinstance(found, list) else []


def is_ignored(account: object) -> bool:
    """Whether an account stands outside everything: what it holds is not even looked at."""
    return isinstance(account, dict) and account.get("role") == Role.IGNORED.value


def judge_tree(complaints: Complaints, root: object) -> None:
    """Everything that can be judged before the pieces are read; of securities nothing, where they are no mapping."""
    judge_targets(complaints, root)
    judge_earmarks(complaints, root)
    if isinstance(root, dict) and isinstance(root.get("securities"), dict):
        judge_classes(complaints, root)
        judge_holdings(complaints, root)
        judge_accounts(complaints, root)
        judge_holds(complaints, root)


def judge_targets(complaints: Complaints, root: object) -> None:
    """The policy has targets or a path of them, not both."""
    policy = root.get("policy") if isinstance(root, dict) else None
    if not isinstance(policy, dict):
        return
    if not {"targets_pct", "glide_path"} & policy.keys():
        complaints.missing(("policy", "targets_pct"))
    if {"targets_pct", "glide_path"} <= policy.keys():
        message = "has both `targets_pct` and `glide_path`"
        complaints.add(("policy", "glide_path"), message, hint="keep one of them", at_key=True)


def judge_earmarks(complaints: Complaints, root: object) -> None:
    """Every earmark names an account of the household, and not every account is ignored."""
    accounts = items(root, "accounts")
    if accounts and all(is_ignored(account) for account in accounts):
        complaints.add(("accounts",), "every account is ignored", at_key=True)
    names = [account.get("id") for account in accounts if isinstance(account, dict) and not is_ignored(account)]
    known = [name for name in names if isinstance(name, str)]
    for at, earmark in enumerate(items(root, "earmarks")):
        name = earmark.get("account") if isinstance(earmark, dict) else None
        if isinstance(name, str) and name not in known:
            hint = did_you_mean(name, known)
            complaints.add(("earmarks", at, "account"), f"{shown(name)} is no account of the pie", hint=hint)


def judge_holds(complaints: Complaints, root: object) -> None:
    """What is held in an account is a known security and on no menu there, and nor is what is held everywhere."""
    securities = mapping(root, "securities")
    for index, account in enumerate(items(root, "accounts")):
        if is_ignored(account):
            continue
        holds = [symbol for symbol in items(account, "holds") if isinstance(symbol, str)]
        for at, symbol in enumerate(items(account, "holds")):
            if isinstance(symbol, str) and symbol not in securities:
                hint, keys = did_you_mean(symbol, securities), ("accounts", index, "holds", at)
                complaints.add(keys, f"{shown(symbol)} is not among the securities", hint=hint)
        for at, symbol in enumerate(items(account, "menu")):
            if isinstance(symbol, str) and (symbol in holds or _is_kept(securities.get(symbol))):
                message = f"{shown(symbol)} is held and never bought"
                complaints.add(("accounts", index, "menu", at), message, hint="take it off the menu")


def _is_kept(security: object) -> bool:
    kept = {"bond", "tbill", "cd"}
    return isinstance(security, dict) and (security.get("hold") is True or security.get("type") in kept)


def judge_glide_path(complaints: Complaints, as_of: date, policy: PolicyPart | None) -> None:
    """Some step of the path has begun by the day of the file."""
    path = () if policy is None else policy.glide_path
    if path and path[0].from_on > as_of:
        message = f"{path[0].from_on} lies after the day of this file, {as_of}: no targets hold yet"
        complaints.add(("policy", "glide_path", 0, "from"), message, hint="let the first step begin earlier")


def judge_classes(complaints: Complaints, root: object) -> None:
    """Every security has one class or several, and every class that the policy names is carried by some security.

    Works on the unread tree, so that a mistake elsewhere does not hide these.
    """
    securities, policy = mapping(root, "securities"), mapping(root, "policy")
    for symbol, security in securities.items():
        _judge_class(complaints, symbol, security)
    carried = {name for security in securities.values() for name in _classes(security)} | {CASH}
    all_known = all(any(_classes(security)) for security in securities.values())
    wanted = set[str]()
    for keys, targets in _all_targets(policy):
        wanted |= targets.keys()
        for name, target in targets.items():
            if all_known and name not in carried and (_number(target) or 0) > 0:
                _unknown_class(complaints, (*keys, name), "no security carries this class", carried)
    for name in mapping(policy, "location_preference"):
        if all_known and name not in carried | wanted:
            keys = ("policy", "location_preference", name)
            _unknown_class(complaints, keys, "this is the class of no target and of no security", carried)


def _all_targets(policy: dict[str, object]) -> Iterator[tuple[Keys, dict[str, object]]]:
    """The targets of the policy and of every step of its path, each with where they stand."""
    yield ("policy", "targets_pct"), mapping(policy, "targets_pct")
    for at, step in enumerate(items(policy, "glide_path")):
        yield ("policy", "glide_path", at, "targets_pct"), mapping(step, "targets_pct")


def _unknown_class(complaints: Complaints, keys: Keys, message: str, known: set[str]) -> None:
    complaints.add(
        keys, message, code="unknown_class", hint=did_you_mean(keys[-1], known - {CASH, str(keys[-1])}), at_key=True
    )


def _judge_class(complaints: Complaints, symbol: str, security: object) -> None:
    keys = ("securities", symbol)
    try:
        word(32, blanks=False)(symbol)
    except PydanticCustomError as problem:
        complaints.add(keys, problem.message(), at_key=True)
    if not isinstance(security, dict):
        return
    one, several = security.get("class"), security.get("classes")
    if one in (None, "") and several in (None, {}):
        complaints.add(keys, "has no class", code="unknown_class", hint="add `class`", at_key=True)
    elif one is not None and several is not None:
        complaints.add(keys, "has both `class` and `classes`", hint="keep one of them", at_key=True)


def _classes(security: object) -> Iterator[str]:
    if isinstance(security, dict):
        if isinstance(one := security.get("class"), str):
            yield one
        yield from (name for name, share in mapping(security, "classes").items() if (_number(share) or 0) > 0)


def _number(raw: object) -> Decimal | None:
    try:
        return number(raw)
    except PydanticCustomError:
        return None


def judge_holdings(complaints: Complaints, root: object) -> None:
    """Every symbol that is held or on order is a known security, with a price. Works on the unread tree."""
    securities = mapping(root, "securities")
    for index, account in enumerate(items(root, "accounts")):
        for keys, symbol, code in () if is_ignored(account) else _symbols(account):
            path = ("accounts", index, *keys)
            if symbol not in securities:
                hint = did_you_mean(symbol, securities)
                complaints.add(path, f"{shown(symbol)} is not among the securities", code=code, hint=hint)
            else:
                _judge_price(complaints, symbol, securities[symbol], held=_is_held(account, keys))


def _judge_price(complaints: Complaints, symbol: str, security: object, *, held: bool) -> None:
    if held and isinstance(security, dict) and "price" in security and security["price"] is None:
        message = f"the price of {shown(symbol)} is unknown, and it is held"
        complaints.add(("securities", symbol, "price"), message, code="bad_price")


def _symbols(account: object) -> Iterator[tuple[Keys, str, str]]:
    for group, code in (("positions", "unknown_class"), ("pending_orders", "bad_input")):
        for index, entry in enumerate(items(account, group)):
            symbol = entry.get("symbol") if isinstance(entry, dict) else None
            if isinstance(symbol, str):
                yield (group, index, "symbol"), symbol, code


def _is_held(account: object, keys: Keys) -> bool:
    group, index = str(keys[0]), int(keys[1])
    lots = items(items(account, group)[index], "lots")
    return group == "pending_orders" or any(_number(lot.get("qty")) != 0 for lot in lots if isinstance(lot, dict))


def judge_accounts(complaints: Complaints, root: object) -> None:
    """Every account has a name of its own, and its menu lists known securities. Works on the unread tree."""
    securities, seen = mapping(root, "securities"), set[str]()
    for index, account in enumerate(items(root, "accounts")):
        name = account.get("id") if isinstance(account, dict) else None
        if isinstance(name, str) and name in seen:
            complaints.add(("accounts", index, "id"), f"another account is called {shown(name)} already", hint=OWN_NAME)
        seen |= {name} if isinstance(name, str) else set()
        for at, symbol in enumerate(() if is_ignored(account) else items(account, "menu")):
            if isinstance(symbol, str) and symbol not in securities:
                hint = did_you_mean(symbol, securities)
                complaints.add(
                    ("accounts", index, "menu", at), f"{shown(symbol)} is not among the securities", hint=hint
                )


def judge_pending_sales(complaints: Complaints, accounts: Sequence[HoldingPart | None]) -> None:
    """Open orders sell no more than is held."""
    for index, account in enumerate(accounts):
        left = (
            {}
            if account is None
            else {
                position.symbol: Shares.total(lot.quantity for lot in position.lots).count
                for position in account.positions
            }
        )
        for at, order in enumerate(() if account is None else account.pending_orders):
            if order.side is Side.SELL:
                left[order.symbol] = left.get(order.symbol, Decimal(0)) - order.qty
                if left[order.symbol] < 0:
                    message = f"open orders sell more {shown(order.symbol)} than the account holds"
                    complaints.add(("accounts", index, "pending_orders", at, "qty"), message)


def judge_days(
    complaints: Complaints, as_of: date, accounts: Sequence[HoldingPart | None], history: Sequence[TradePart | None]
) -> None:
    """Nothing was bought or traded after the day of the file."""
    late: list[tuple[Keys, date]] = [
        (("accounts", a, "positions", p, "lots", n, "acquired"), lot.acquired_on)
        for a, account in enumerate(accounts)
        if account is not None
        for p, position in enumerate(account.positions)
        for n, lot in enumerate(position.lots)
        if lot.acquired_on is not None and lot.acquired_on > as_of
    ]
    trades = [(at, trade) for at, trade in enumerate(history) if trade is not None]
    late += [(("history", at, "date"), trade.on) for at, trade in trades if trade.on > as_of]
    for keys, on in late:
        complaints.add(keys, f"{on} lies after the day of this file, {as_of}")
