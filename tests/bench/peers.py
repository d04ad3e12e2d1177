"""The same households for other people's tools, in one process with ours; run by bench_peers.py in its own environment.

Needs requirements-bench.lock and, of this project, only what knows the standard library alone. Each contender gets its
household in the form that it wants before the watch starts. Prints one JSON object for each household and size.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from random import Random
from typing import Any

import cvxpy  # type: ignore[import-not-found]  # installed into the benchmarks' own environment
import numpy as np
import realloc  # type: ignore[import-not-found]  # same
import taxrebalance  # type: ignore[import-not-found]  # same
from realloc.plugins.rebalancers.default_rebalancer import (  # type: ignore[import-not-found]  # same
    DefaultRebalancer,
)
from realloc.portfolio import calculate_target_shares_from_accounts  # type: ignore[import-not-found]  # same

from bot.domain.household import Kind
from bot.domain.readings import HouseholdFile
from bot.engine.layout import network
from bot.engine.loop import draw
from bot.engine.pie import Pie, bake
from tests.bench.shocked import TODAY, shocked

SIZES = {
    (2, 3): (60, 20),
    (4, 6): (60, 5),
    (8, 10): (40, 3),
}  # (accounts, classes): households, of them for taxrebalance
Run = Callable[[], float]  # the drift in cents that the tool leaves, where it is to be compared


def main() -> None:
    """One line of JSON for each household: size, milliseconds and remaining drift by contender."""
    logging.disable(logging.CRITICAL)
    race(
        shocked(Random(0), 2, 3, open_menus=True), first=0, with_slow=True
    )  # what is loaded at first use is nobody's time
    for (accounts, classes), (count, slow) in SIZES.items():
        for seed in range(count):
            file = shocked(Random(seed), accounts, classes, open_menus=True)
            reading = race(file, first=seed, with_slow=seed < slow)
            print(json.dumps({"size": f"{accounts}x{classes}"} | reading), flush=True)


def race(file: HouseholdFile, *, first: int, with_slow: bool) -> dict[str, dict[str, float]]:
    """Milliseconds and drift in cents by contender, one run each directly after the other, another first each time."""
    pie = bake(file.household, file.policy, file.snapshot)
    runs = {"core": _core(pie), "realloc": _realloc(file, pie), "draw": _draw(file), "cvxpy": _cvxpy(pie)}
    runs["cvxpy, drift only"] = _cvxpy(pie, turnover=False)
    if with_slow:
        runs["taxrebalance"] = _taxrebalance(file, pie)
    taken, drift = dict[str, float](), dict[str, float]()
    names = list(runs)
    for at in range(len(names)):
        name = names[(at + first) % len(names)]
        started = time.process_time_ns()
        drift[name] = runs[name]()
        taken[name] = (time.process_time_ns() - started) / 1e6
    return {"ms": taken, "drift": drift, "pie": {"total": pie.total}}


def _core(pie: Pie) -> Run:
    def run() -> float:
        net = network(pie)
        net.improve(range(len(pie.classes)))
        return pie.drift(net.worth)

    return run


def _draw(file: HouseholdFile) -> Run:
    return lambda: draw(file.household, file.policy, file.snapshot).drift_after.cents


def _realloc(file: HouseholdFile, pie: Pie) -> Run:
    """All accounts towards one model, whole shares; it has no notion of tax."""
    prices = {symbol: float(price) for symbol, price in file.snapshot.prices if price is not None}
    model = realloc.PortfolioModel("targets", {name.upper(): float(pct) for name, pct in file.policy.targets_pct})
    accounts = [
        realloc.Account(
            holding.account,
            holding.account,
            holding.cash_settled.cents / 100,
            {position.symbol: float(position.quantity.count) for position in holding.positions},
        )
        for holding in file.snapshot.holdings
    ]

    def run() -> float:
        wanted = calculate_target_shares_from_accounts(accounts, prices, model)
        state = realloc.PortfolioStateManager(accounts, prices)
        state.update_portfolio_trades(wanted)
        DefaultRebalancer().execute_rebalance(state, wanted, 100)
        worth = dict.fromkeys(pie.classes, 0.0)
        for account in accounts:
            for symbol, count in account.positions.items():
                worth[symbol.lower()] += count * prices[symbol] * 100
        worth["cash"] = sum(state.cash_matrix.values()) * 100
        return sum(abs(worth[name] - goal) for name, goal in zip(pie.classes, pie.goal, strict=True))

    return run


def _cvxpy(pie: Pie, *, turnover: bool = True) -> Run:
    """The least drift, then the least turnover that leaves no more: linear programmes, vectorised, with Clarabel."""
    movable = np.zeros((len(pie.wallets), len(pie.classes)))
    for row, wallet in zip(movable, pie.wallets, strict=True):
        for c, name in enumerate(pie.classes):
            may = name == "cash" or name in wallet.buys
            row[c] = wallet.movable / 100 if may else sum(f.cents for f in wallet.funds if f.asset_class == name) / 100
    held = np.array([[sum(f.cents for f in w.funds if f.asset_class == c) for c in pie.classes] for w in pie.wallets])
    supply = np.array([wallet.movable for wallet in pie.wallets]) / 100
    fixed, goal = np.array(pie.fixed) / 100, np.array(pie.goal) / 100

    def run() -> float:
        flow = cvxpy.Variable((len(supply), len(goal)), nonneg=True)
        away = cvxpy.sum(flow, axis=0) + fixed - goal
        bounds = [cvxpy.sum(flow, axis=1) == supply, flow <= movable]
        least = cvxpy.Problem(cvxpy.Minimize(cvxpy.norm1(away)), bounds).solve(solver=cvxpy.CLARABEL)
        if turnover:
            sold = cvxpy.sum(cvxpy.pos(held / 100 - flow))
            bounds.append(cvxpy.norm1(away) <= least + 1)  # a dollar of room, or the solver finds nothing
            cvxpy.Problem(cvxpy.Minimize(sold), bounds).solve(solver=cvxpy.CLARABEL)
        return float(least) * 100

    return run


def _taxrebalance(file: HouseholdFile, pie: Pie) -> Run:
    """Everything as one account, since it knows but one; a shelter's lots are given a cost without a gain."""
    prices = {symbol: float(price) for symbol, price in file.snapshot.prices if price is not None}
    lots = [
        taxrebalance.TaxLot(
            lot_id=f"{holding.account}-{position.symbol}-{n}",
            ticker=position.symbol,
            shares=float(lot.quantity.count),
            basis_per_share=float(lot.cost_per_share or 0) if taxable else prices[position.symbol],
            days_held=(TODAY - (lot.acquired_on or TODAY)).days,
        )
        for holding in file.snapshot.holdings
        for taxable in [file.household.account(holding.account).kind is Kind.TAXABLE]
        for position in holding.positions
        for n, lot in enumerate(position.lots)
    ]
    cash = sum(holding.cash_settled.cents for holding in file.snapshot.holdings) / 100
    portfolio = taxrebalance.Portfolio.from_tax_lots(lots, prices=prices, cash=cash)
    weights = {name.upper(): float(pct) / 100 for name, pct in file.policy.targets_pct}
    spread = [[0.0225 if i == j else 0.0045 for j in range(len(prices))] for i in range(len(prices))]

    def run() -> float:
        result: Any = taxrebalance.rebalance(
            portfolio, target_weights=weights, covariance=spread, tax_policy=taxrebalance.UnitedStatesLots()
        )
        return float(result.feasible)

    return run


if __name__ == "__main__":
    main()
