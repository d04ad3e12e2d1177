"""The other places for an order: each other account that could buy or sell the same class, each other fund of it."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.household import Account, Kind
from bot.domain.instruments import CASH
from bot.domain.lots import Position
from bot.domain.money import Usd
from bot.domain.plan import PlanLine
from bot.domain.readings import HouseholdFile
from bot.domain.snapshot import Holding, Side
from bot.engine import obstacles
from bot.engine.explain import dollars
from bot.engine.loop import best_orders
from bot.engine.orders import cash_after
from bot.engine.wallets import Wallet
from bot.engine.weighing import Alternative, Bench, Verdict, name_of, part_of, tried, weigh


def other_accounts(bench: Bench, line: PlanLine) -> list[Alternative]:
    """Why the same class (or fund of several) was not bought, or sold, in each other account, by name.

    Where accounts could have done it, the engine draws the day again with the plan's own choice forbidden: nothing that
    any of them could do is better than that. Only if it is just as good, each is tried alone.
    """
    others = sorted((a for a in bench.day.household.accounts if a.id != line.account), key=lambda a: a.id)
    if line.side is Side.SELL:
        others = [account for account in others if _there(bench, account, line)]
    against = _against_buying if line.side is Side.BUY else _against_selling
    told = {account.id: against(bench, line, account, _what(line, account)) for account in others}
    found = _found(bench, line, tuple(name for name, said in told.items() if said is None))
    return [told[one.id] or replace(found[one.id], what=_what(line, one)) for one in others]


def _there(bench: Bench, account: Account, line: PlanLine) -> dict[str, int]:
    """What an account holds of an order's class, or of its fund of several, by symbol in cents."""
    if not line.exposure:
        return obstacles.held(bench, account, line.asset_class)
    return {name: cents for name, cents in obstacles.worth(bench, account).items() if name == line.symbol}


def _what(line: PlanLine, account: Account) -> str:
    return f"{line.side.value} {name_of(line)} in {account.id} instead"


def _cannot(what: str, why: str) -> Alternative:
    return Alternative(what=what, drift_after=None, verdict=Verdict.NOT_POSSIBLE, why=why)


def _done(what: str, line: PlanLine) -> Alternative:
    why = f"order {line.number} does that as well, for {dollars(line.usd.cents)}"
    return Alternative(what=what, drift_after=None, verdict=Verdict.DONE, why=why)


def _against_buying(bench: Bench, line: PlanLine, account: Account, what: str) -> Alternative | None:
    """What forbids the purchase there at once; None where it has to be tried."""
    wallet = bench.wallet(account.id)
    if wallet is None:
        return _cannot(what, "that account is counted, never traded")
    if obstacle := _obstacle(bench, account, line):
        return _cannot(what, obstacle)
    if also := _same(bench, line, account):
        return _done(what, also)
    return _without_money(bench, line, account, what) if wallet.movable <= 0 else None


def _obstacle(bench: Bench, account: Account, line: PlanLine) -> str:
    if not line.exposure:
        return obstacles.against_class(bench, account, line.asset_class)
    if line.symbol not in account.menu:
        return f"{line.symbol} is not on its menu"
    return obstacles.against_buying(bench, account, line.symbol)


def _same(bench: Bench, line: PlanLine, account: Account) -> PlanLine | None:
    """The plan's own order of that kind in the account."""
    mine = bench.orders(account.id, line.side)
    return next((one for one in mine if name_of(one) == name_of(line)), None)


def _without_money(bench: Bench, line: PlanLine, account: Account, what: str) -> Alternative:
    """A purchase that only a sale could pay for; in a taxable account that sale has a price."""
    why = obstacles.idle(bench, account)
    if account.kind is not Kind.TAXABLE:
        return _cannot(what, f"{why}, and nothing there may be sold today")
    sale = obstacles.taxable_sale(bench, (account,), _fattest(bench, account, line))
    if not sale.lots:
        return _cannot(what, why)
    drift = Usd(bench.plan.drift_after.cents)
    text = f"{why}; {obstacles.refusal(bench, sale)}"
    return Alternative(what=what, drift_after=drift, verdict=Verdict.TAXABLE, why=text)


def _fattest(bench: Bench, account: Account, line: PlanLine) -> dict[str, int]:
    """What the account would sell for this order: the class that is most above its goal first, in cents."""
    rest, wanted = bench.counted(line), {}
    order = sorted(bench.plan.classes, key=lambda c: (c.goal.cents - c.before.cents, c.asset_class))
    for name in (c.asset_class for c in order if c.asset_class not in {name_of(line), CASH}):
        part = min(rest, sum(obstacles.held(bench, account, name).values()))
        if part > 0:
            wanted[name] = part
            rest -= part
    return wanted


def _against_selling(bench: Bench, line: PlanLine, account: Account, what: str) -> Alternative | None:
    """What forbids the sale there at once; None where it has to be tried."""
    wallet = bench.wallet(account.id)
    if wallet is None:
        return _cannot(what, "that account is counted, never traded")
    if also := _same(bench, line, account):
        return _done(what, also)
    has = any(fund.symbol in _there(bench, account, line) for fund in wallet.funds + wallet.mixed)
    return None if has else _no_fund_to_sell(bench, line, account, what)


def _no_fund_to_sell(bench: Bench, line: PlanLine, account: Account, what: str) -> Alternative:
    funds = _there(bench, account, line)
    if account.kind is not Kind.TAXABLE:
        told = [obstacles.against_selling(bench, account, symbol) for symbol in funds]
        return _cannot(what, "; ".join(filter(None, told)) or "nothing of it may be sold there today")
    part = min(bench.counted(line), sum(funds.values()))
    sale = obstacles.taxable_sale(bench, (account,), dict(part_of(line, part)))
    drift = Usd(bench.plan.drift_after.cents)
    return Alternative(what=what, drift_after=drift, verdict=Verdict.TAXABLE, why=obstacles.refusal(bench, sale))


# --- the same day, with the plan's own choice forbidden -------------------------------------------------------------
def _found(bench: Bench, line: PlanLine, names: tuple[str, ...]) -> dict[str, Alternative]:
    """What the accounts of these names could do instead at best."""
    if not names:
        return {}
    best = _best_without(bench, line, names)
    if line.side is Side.BUY and best.verdict is Verdict.AS_GOOD and len(names) > 1:
        return {name: _best_without(bench, line, (name,)) for name in names}
    return dict.fromkeys(names, best)


def _best_without(bench: Bench, line: PlanLine, buyers: tuple[str, ...]) -> Alternative:
    """The best plan without that choice, weighed against the plan that has it; it is named by who could do it."""
    day = _kept(bench, line) if line.side is Side.SELL else _only_there(bench, line, buyers)
    other = best_orders(day.household, day.policy, day.snapshot)
    was = dict(bench.plan.cash_after)
    left = cash_after(other.pie, other.drafts)
    owes = [name for name, cash in left if cash < was[name] and cash < bench.needs(name)]
    if owes:
        return _cannot("", f"{owes[0]} could then not raise the cash that it needs")
    return weigh(bench, "", tried(bench, other))


def _only_there(bench: Bench, line: PlanLine, buyers: tuple[str, ...]) -> HouseholdFile:
    """The day on which this is bought by these accounts, or where the plan buys it as well, and not here."""
    also = {one.account for one in bench.plan.lines if one.side is Side.BUY and name_of(one) == name_of(line)}
    allowed = (also - {line.account}) | set(buyers)
    accounts = tuple(
        one if one.id in allowed else replace(one, menu=_menu_without(bench, one, line))
        for one in bench.day.household.accounts
    )
    return replace(bench.day, household=replace(bench.day.household, accounts=accounts))


def _menu_without(bench: Bench, account: Account, line: PlanLine) -> tuple[str, ...]:
    """A menu that cannot buy what the order buys, not even in a fund of several that the plan does not buy there."""
    if line.exposure:
        return tuple(symbol for symbol in account.menu if symbol != line.symbol)
    stays = {one.symbol for one in bench.orders(account.id, Side.BUY) if one.exposure}
    return tuple(s for s in account.menu if s in stays or not bench.stands_for(s, line.asset_class))


def _kept(bench: Bench, line: PlanLine) -> HouseholdFile:
    """The day on which this account may sell nothing of the class (or fund): it is locked until the day after."""
    snapshot = bench.day.snapshot
    tomorrow = snapshot.as_of_on.fromordinal(snapshot.as_of_on.toordinal() + 1)

    def locked(position: Position) -> Position:
        if (bench.single_class(position.symbol) or position.symbol) != name_of(line):
            return position
        return replace(position, lots=tuple(replace(lot, locked_until_on=tomorrow) for lot in position.lots))

    def kept(holding: Holding) -> Holding:
        if holding.account != line.account:
            return holding
        return replace(holding, positions=tuple(locked(position) for position in holding.positions))

    return replace(bench.day, snapshot=replace(snapshot, holdings=tuple(kept(one) for one in snapshot.holdings)))


# --- other funds of the class in the same account ---------------------------------------------------------------------
def other_funds(bench: Bench, line: PlanLine) -> list[Alternative]:
    """Why no other fund of the class was bought, or sold, in the order's own account."""
    account = bench.day.household.account(line.account)
    wallet = bench.wallet(line.account)
    if wallet is None or line.exposure:
        return []
    return _other_buys(bench, line, account) if line.side is Side.BUY else _other_sales(bench, line, wallet)


def _other_buys(bench: Bench, line: PlanLine, account: Account) -> list[Alternative]:
    funds = [s for s in account.menu if s != line.symbol and bench.single_class(s) == line.asset_class]
    found = []
    for symbol in funds:
        what = f"buy {symbol} instead of {line.symbol}"
        if obstacle := obstacles.against_buying(bench, account, symbol):
            found.append(_cannot(what, obstacle))
        else:
            why = f"the same class, but {line.symbol} stands before it on the menu of {account.id}"
            drift = bench.plan.drift_after
            found.append(Alternative(what=what, drift_after=drift, verdict=Verdict.LESS_PREFERRED, why=why))
    return found


def _other_sales(bench: Bench, line: PlanLine, wallet: Wallet) -> list[Alternative]:
    account = wallet.account
    movable = [fund.symbol for fund in wallet.funds if fund.asset_class == line.asset_class]
    sold = {one.symbol: one for one in bench.orders(account.id, Side.SELL)}
    found = []
    held = obstacles.held(bench, account, line.asset_class)
    for symbol in (one for one in held if bench.single_class(one) and one != line.symbol):
        what = f"sell {symbol} instead of {line.symbol}"
        if symbol in sold:
            found.append(_done(what, sold[symbol]))
        elif symbol in movable:
            why = f"the same class, but {line.symbol} is liked less in {account.id} and goes first"
            drift = bench.plan.drift_after
            found.append(Alternative(what=what, drift_after=drift, verdict=Verdict.LESS_PREFERRED, why=why))
        elif account.kind is Kind.TAXABLE:
            found.append(_cannot(what, obstacles.against_loss(bench, account, symbol) or "no lot of it may go today"))
        else:
            found.append(_cannot(what, obstacles.against_selling(bench, account, symbol) or "it may not be sold today"))
    return found
