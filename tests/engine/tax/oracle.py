"""Compares a thousand random households with Tax-Calculator and policyengine-us, by hand and in their own environment.

    uv venv oracles && uv pip install --python oracles/bin/python -r requirements-oracles.lock
    PYTHONPATH=. oracles/bin/python -m tests.engine.tax.oracle

Neither is a dependency of the project, and no test needs them. Both compute in binary floating point (policyengine in
single precision, so its sums are only good to a few cents near a million dollars).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from adapters.files.tax_tables import read_tax_tables
from bot.domain.money import Usd
from bot.domain.taxes import FilingStatus, Income
from bot.engine.tax.federal import bill

COUNT, SEED, SHOWN = 1000, 20260302, 8
EXACT = 0.501  # cents: ours are rounded, theirs are not
SINGLE = 25  # cents: what single precision leaves of some ten million cents
STATUSES = tuple(FilingStatus)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One household in one year."""

    year: int
    status: FilingStatus
    income: Income


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Cents of income tax before credits (minimum tax among it), and of the tax on investments, as computed."""

    federal: float
    niit: float


def households(count: int, seed: int) -> list[Asked]:
    """Incomes from nothing to a few millions, every third near an edge of a bracket."""
    random = Random(seed)
    return [_household(random) for _ in range(count)]


def _household(random: Random) -> Asked:
    status = random.choice(STATUSES)
    year = random.choice((2025, 2026))

    def some(largest: int, chance: int) -> Usd:
        return Usd(int(100 * largest * random.random() ** 3)) if random.randrange(100) < chance else Usd()

    ordinary = some(1_500_000, 95)
    if random.randrange(3) == 0:
        table = next(one for one in read_tax_tables(status) if one.year == year)
        edge = random.choice((*table.ordinary.tops, *table.gains.tops, table.niit_threshold))
        ordinary = edge + table.standard_deduction + Usd(random.randrange(-100_000, 100_001))
    short, long = some(300_000, 50), some(2_000_000, 80)
    income = Income(
        ordinary=ordinary,
        interest=some(100_000, 50),
        qualified=some(100_000, 50),
        short=-short if random.randrange(3) == 0 else short,
        long=-long if random.randrange(5) == 0 else long,
    )
    return Asked(year=year, status=status, income=income)


def ours(asked: Sequence[Asked]) -> list[Answer]:
    """What the engine says."""
    tables = {(one.status, one.year): one for status in STATUSES for one in read_tax_tables(status)}
    bills = [bill(tables[one.status, one.year], one.income) for one in asked]
    return [Answer(federal=one.federal.cents, niit=one.niit.cents) for one in bills]


def tax_calculator(asked: Sequence[Asked]) -> list[Answer]:
    """What Tax-Calculator says."""
    import pandas as pd  # type: ignore[import-untyped]  # noqa: PLC0415 - of the oracles' own environment, untyped
    import taxcalc  # type: ignore[import-not-found]  # noqa: PLC0415 - same, and not installed in ours

    answers: dict[int, Answer] = {}
    for year in sorted({one.year for one in asked}):
        rows = [(at, one) for at, one in enumerate(asked) if one.year == year]
        table = pd.DataFrame(
            [
                {
                    "RECID": at + 1,
                    "MARS": STATUSES.index(one.status) + 1,
                    "age_head": 50,
                    "age_spouse": 50 if one.status is FilingStatus.MARRIED_JOINT else 0,
                    "e00200": one.income.ordinary.cents / 100,
                    "e00200p": one.income.ordinary.cents / 100,
                    "e00300": one.income.interest.cents / 100,
                    "e00600": one.income.qualified.cents / 100,
                    "e00650": one.income.qualified.cents / 100,
                    "p22250": one.income.short.cents / 100,
                    "p23250": one.income.long.cents / 100,
                }
                for at, one in rows
            ]
        )
        records = taxcalc.Records(data=table, start_year=year, gfactors=None, weights=None)
        calculator = taxcalc.Calculator(policy=taxcalc.Policy(), records=records)
        calculator.advance_to_year(year)
        calculator.calc_all()
        columns = [calculator.array(name) for name in ("c05800", "niit")]
        for (at, _), federal, niit in zip(rows, *columns, strict=True):
            answers[at] = Answer(federal=federal * 100, niit=niit * 100)
    return [answers[at] for at in range(len(asked))]


def policyengine(asked: Sequence[Asked]) -> list[Answer]:
    """What policyengine-us says."""
    from policyengine_us import Simulation  # type: ignore[import-not-found]  # noqa: PLC0415 - same

    answers: dict[int, Answer] = {}
    for year in sorted({one.year for one in asked}):
        rows = [(at, one) for at, one in enumerate(asked) if one.year == year]
        simulation = Simulation(situation=_situation(rows, year))
        names = ("income_tax_before_credits", "net_investment_income_tax")
        federal, niit = (simulation.calculate(name, year) for name in names)
        for place, (at, _) in enumerate(rows):
            answers[at] = Answer(federal=float(federal[place]) * 100, niit=float(niit[place]) * 100)
    return [answers[at] for at in range(len(asked))]


def _situation(rows: Sequence[tuple[int, Asked]], year: int) -> dict[str, object]:
    people: dict[str, object] = {}
    units: dict[str, object] = {}
    homes: dict[str, object] = {}
    words = {
        FilingStatus.SINGLE: "SINGLE",
        FilingStatus.MARRIED_JOINT: "JOINT",
        FilingStatus.MARRIED_SEPARATE: "SEPARATE",
        FilingStatus.HEAD_OF_HOUSEHOLD: "HEAD_OF_HOUSEHOLD",
    }
    for at, one in rows:
        income = one.income
        people[f"p{at}"] = {
            "age": {year: 50},
            "employment_income": {year: income.ordinary.cents / 100},
            "taxable_interest_income": {year: income.interest.cents / 100},
            "qualified_dividend_income": {year: income.qualified.cents / 100},
            "short_term_capital_gains": {year: income.short.cents / 100},
            "long_term_capital_gains": {year: income.long.cents / 100},
        }
        members = [f"p{at}"]
        if one.status is FilingStatus.MARRIED_JOINT:
            people[f"s{at}"] = {"age": {year: 50}}
            members.append(f"s{at}")
        units[f"t{at}"] = {"members": members, "filing_status": {year: words[one.status]}}
        homes[f"h{at}"] = {"members": members, "state_code": {year: "TX"}}
    return {"people": people, "tax_units": units, "households": homes}


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def compare(name: str, asked: Sequence[Asked], mine: Sequence[Answer], theirs: Sequence[Answer], slack: float) -> int:
    """Print how far an oracle is off by more than `slack` cents; how many households that concerns."""
    off, worst = 0, 0.0
    for one, a, b in zip(asked, mine, theirs, strict=True):
        gap = max(abs(a.federal - b.federal), abs(a.niit - b.niit))
        if gap <= slack:
            worst = max(worst, gap)
            continue
        off += 1
        if off <= SHOWN:
            _say(f"  {one}\n    ours {a}\n    {name} {b}")
    _say(f"{name}: {len(asked)} households, {off} off by more than {slack} cents; else at most {worst:.3f} cents")
    return off


def main() -> int:
    """Ask both; 1 when one of them disagrees where it is known to follow the forms."""
    asked = households(COUNT, SEED)
    tables = {(one.status, one.year): one for status in STATUSES for one in read_tax_tables(status)}
    bills = [bill(tables[one.status, one.year], one.income) for one in asked]
    owed = sum(bool(one.minimum) for one in bills)
    _say(f"{len(asked)} households; {owed} owe minimum tax, {sum(bool(one.niit) for one in bills)} tax on investments")
    plain = [one for one in households(2 * COUNT, SEED) if not _is_added(one)][:COUNT]
    off = compare("taxcalc", plain, ours(plain), tax_calculator(plain), EXACT)
    _say("  without those who file separately with so much that line 4 of Form 6251 grows: taxcalc leaves that out")
    return int(bool(off + compare("policyengine", asked, ours(asked), policyengine(asked), SINGLE)))


def _is_added(one: Asked) -> bool:
    """Whether line 4 of Form 6251 grows for spouses who file separately (or Tax-Calculator's exemption ends early)."""
    gains = one.income.short + one.income.long
    gross = one.income.ordinary + one.income.interest + one.income.qualified + max(gains, Usd.of(-1500))
    return one.status is FilingStatus.MARRIED_SEPARATE and gross > Usd.of(900_350 if one.year == 2025 else 639_200)


if __name__ == "__main__":
    sys.exit(main())
