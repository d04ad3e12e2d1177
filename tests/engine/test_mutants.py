"""The tests would notice: each rule of the engine, broken alone, is caught by the compact check."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30  # seconds; a mutant that hangs has been noticed too


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one file of `bot`: text that stands there exactly once, and what takes its place."""

    name: str
    file: str
    old: str
    new: str


MUTANTS = (
    # --- bands
    Mutant("lower edge exclusive", "bands", "not lower * pie.total < worth", "not lower * pie.total <= worth"),
    Mutant("upper edge exclusive", "bands", "worth * scale < upper", "worth * scale <= upper"),
    Mutant("absolute band forgotten", "bands", "min(width, relative * target * points)", "relative * target * points"),
    Mutant("relative band forgotten", "bands", "min(width, relative", "max(width, relative"),
    Mutant(
        "no target, relative band",
        "bands",
        "if target > 0:\n        width = min(width, rel",
        "if target >= 0:\n        width = min(width, rel",
    ),
    Mutant("cash breaks bands", "bands", "if name != CASH and _is_out(", "if _is_out("),
    Mutant("at goal is out", "bands", "if worth == pie.goal[c]:", "if worth == -pie.goal[c] - 1:"),
    Mutant("whole band for half", "bands", "int(width / 2)", "int(width)"),
    Mutant(
        "bands before cash",
        "solve",
        "if not bands.broken(pie, policy, net.worth)",
        "if not bands.broken(pie, policy, pie.worth)",
    ),
    # --- what may move
    Mutant("locked lots sold", "piles", "if not (lot.is_locked(on) or ", "if not ("),
    Mutant("buffer in the pie", "pie", "- aside.owed - aside.kept", "- aside.owed"),
    Mutant(
        "buffer spent", "wallets", "free=max(0, spendable - max(aside.kept, aside.wanted))", "free=max(0, spendable)"
    ),
    Mutant(
        "unsettled cash spent",
        "wallets",
        "(projection.unsettled if policy.spend_unsettled_cash else 0)",
        "projection.unsettled",
    ),
    Mutant("money fund sold with a gain", "piles", "tuple(lot for lot in lots if lot.cost_per_share == price)", "lots"),
    Mutant(
        "halted fund bought",
        "wallets",
        "if instrument.tradable and not instrument.is_cash and",
        "if not instrument.is_cash and",
    ),
    Mutant("halted fund sold", "wallets", "if not instrument.tradable or account", "if account"),
    Mutant("taxable only in a shelter", "wallets", "instrument.taxable_only and account.kind.sheltered", "False"),
    Mutant("watched account traded", "pie", "        if account.managed:", "        if account.id:"),
    Mutant("debt not cured", "wallets", "max(0, -covered) if account.kind.sheltered else 0", "0"),
    Mutant("taxable debt cured", "wallets", "max(0, -covered) if account.kind.sheltered else 0", "max(0, -covered)"),
    Mutant("preferred fund sold first", "wallets", "(-rank.get(", "(rank.get("),
    Mutant("last fund of the menu bought", "wallets", "for i, price in reversed(allowed)", "for i, price in allowed"),
    Mutant("gains sold", "piles", "            and cost > price\n", ""),
    Mutant("losses sold without a word", "piles", "if not losses:", "if losses is None:"),
    Mutant("sixty days are enough", "piles", "since <= long_ago)", "since < long_ago)"),
    # --- after tax
    Mutant(
        "a dollar is a dollar",
        "wallets",
        "cents=after_tax.at_most(fund.cents, weight)) for fund in self.funds",
        "cents=fund.cents) for fund in self.funds",
    ),
    Mutant("cash before tax", "pie", "after_tax.at_most(cash, weight)", "cash"),
    Mutant(
        "debts rounded down", "wallets", "after_tax.at_least(self.debt, weight)", "after_tax.at_most(self.debt, weight)"
    ),
    Mutant(
        "purchases rounded up",
        "after_tax",
        "return counted * whole // part if",
        "return -(-counted * whole // part) if",
    ),
    Mutant("counted dollars in orders", "loop", "usd=Usd(draft.usd)", "usd=Usd(draft.cents)"),
    Mutant("counted cash in accounts", "orders", "cash[account] += draft.usd if", "cash[account] += draft.cents if"),
    # --- wash sales
    Mutant("window of 29 days", "wash_sales", "WINDOW = timedelta(days=30)", "WINDOW = timedelta(days=29)"),
    Mutant("window of 31 days", "wash_sales", "WINDOW = timedelta(days=30)", "WINDOW = timedelta(days=31)"),
    Mutant("shelter's loss blocks", "wash_sales", " and trade.account not in sheltered", ""),
    Mutant("no gain blocks", "wash_sales", "trade.realized_gain.cents < 0", "trade.realized_gain.cents <= 0"),
    Mutant(
        "twins not known",
        "wash_sales",
        "            group = group_of(household, trade.symbol)",
        "            group = trade.symbol",
    ),
    Mutant("acquired on day 30", "wash_sales", "default=date.min) >= since:", "default=date.min) > since:"),
    Mutant("open buys forgotten", "wash_sales", "if order.side is Side.BUY}", "if order.side is None}"),
    Mutant("loss and buy in one plan", "loop", "return min(bought & lost, default=None)", "return None"),
    # --- open orders
    Mutant("open buys cost nothing", "open_orders", "settled=settled - unpaid + beyond", "settled=settled + beyond"),
    Mutant(
        "sold twice",
        "open_orders",
        "_without(lots.get(order.symbol, ()), order.quantity)",
        "lots.get(order.symbol, ())",
    ),
    Mutant("proceeds lost", "open_orders", " + max(0, proceeds - cost)", ""),
    # --- the objective
    Mutant(
        "undone sales forgotten",
        "flow",
        "[0] * len(self.classes), [BIG] * len(self.accounts), 0",
        "[0] * len(self.classes), [0] * len(self.accounts), 0",
    ),
    Mutant("not evened out", "solve", "        even_out(net)\n", ""),
    Mutant("cash not evened out", "routing", "    even_out(net)\n", ""),
    Mutant("stranded cash left", "solve", "        if idle:", "        if not idle:"),
    Mutant(
        "swaps beyond stranded cash",
        "solve",
        "net.improve([pie.cash], longest=1)",
        "net.improve(range(len(pie.classes)))",
    ),
    Mutant("debt before money funds", "layout", "from_funds = min(flow[pie.cash], debt)", "from_funds = 0"),
    Mutant(
        "plan dropped for a debt",
        "loop",
        "before, after = pie.drift(list(least)),",
        "before, after = pie.drift(pie.worth),",
    ),
    Mutant("kinds not named are best", "routing", "else len(kinds)\n", "else -1\n"),
    Mutant("worst place first", "routing", "min(ranks.values())", "max(ranks.values())"),
    Mutant("smallest trade exclusive", "orders", "if draft.usd < least and", "if draft.usd <= least and"),
    Mutant(
        "cures of small debts left out",
        "orders",
        " and not (draft.side is Side.SELL and pie.wallets[draft.wallet].debt)",
        "",
    ),
    Mutant("nobody waits", "standing_alone", "line.automatic and line.account not in alone", "False"),
    # --- whole shares
    Mutant("bought and sold", "rounding", " or symbol in sold", ""),
    Mutant("overspent", "rounding", "cents > 0 and cents > self.left", "cents > 10**9 and cents > self.left"),
    Mutant("fractions stop a cure", "rounding", "return self._sell_beyond_the_flow(a)", "return False"),
    Mutant("more sold than is held", "rounding", "least = -min(held, wish + more)", "least = -(wish + more)"),
    Mutant("spare shares that nobody has", "rounding", "min(FEW, self._held(fund))", "FEW"),
    # --- the road not taken
    Mutant("lowest cost first", "selling_order", "reverse=True", "reverse=False"),
    Mutant(
        "chains taxed",
        "counterfactual",
        "sign = 1 if draft.side is Side.SELL else -1",
        "sign = 1 if draft.side is Side.SELL else 0",
    ),
    Mutant("negative tax", "tax/estimate", "Usd(max(0, long)).percent", "Usd(long).percent"),
    Mutant("no netting", "tax/estimate", "short, long = 0, max(0, long + short)", "short, long = 0, long"),
    Mutant("a year is long", "../domain/lots", "on <= _anniversary", "on < _anniversary"),
    Mutant(
        "certificate too large", "flow", "found = {c for c in self.classes if wanted(c)}", "found = set(self.classes)"
    ),
)


def caught(mutant: Mutant | None, folder: Path) -> str:
    """Run the compact check on a copy of the engine with this change: '' when it passes, else what it said."""
    shutil.copytree(ROOT / "bot", folder / "bot", ignore=shutil.ignore_patterns("__pycache__"))
    if mutant is not None:
        path = folder / "bot" / "engine" / f"{mutant.file}.py"
        text = path.read_text(encoding="utf-8")
        assert text.count(mutant.old) == 1, f"{mutant.file}.py no longer holds this text once: {mutant.old!r}"
        path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "tests.engine.alarm"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "hangs"
    return done.stderr or f"exit status {done.returncode}" if done.returncode else ""


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What the check says of each mutant; two at a time."""
    homes = {mutant.name: tmp_path_factory.mktemp("mutant") for mutant in MUTANTS}
    with ThreadPoolExecutor(max_workers=2) as pool:
        said = pool.map(lambda mutant: _verdict(mutant, homes[mutant.name]), MUTANTS)
        yield dict(zip(homes, said, strict=True))


def _verdict(mutant: Mutant, folder: Path) -> str:
    try:
        return caught(mutant, folder)
    except AssertionError as problem:
        return f"STALE {problem}"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_a_broken_rule_is_caught(mutant: Mutant, verdicts: dict[str, str]) -> None:
    said = verdicts[mutant.name]

    assert said, f"nothing noticed: {mutant.old!r} became {mutant.new!r}"
    assert not said.startswith("STALE"), said
    assert "SyntaxError" not in said, said
    assert "ImportError" not in said, said


def test_the_engine_as_it_is_passes(tmp_path: Path) -> None:
    assert caught(None, tmp_path) == ""


def test_no_two_mutants_have_one_name() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
