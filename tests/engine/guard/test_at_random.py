"""A short share of the guard's long exercises: the attack, the drifts and the mutants."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.engine.guard.attack import CHUNK, SINS, attack
from tests.engine.guard.drifts import drift
from tests.engine.guard.mutation import EQUIVALENT, mutants

ROOT = Path(__file__).parents[3]


def test_no_sinful_order_passes() -> None:
    total = sum((attack(seed) for seed in range(3_000 // CHUNK)), Counter[str]())

    assert total["orders"] == 3_000
    assert total["passed"] > 500
    assert total["passed loss"] > 3
    assert not any(total[sin] for sin in SINS), total


def test_the_naive_checker_convicts() -> None:
    total = sum((attack(seed, convict=True) for seed in range(8)), Counter[str]())

    assert all(total[f"refused {sin}"] > 5 for sin in SINS), total


def test_drifts_are_judged_rightly() -> None:
    assert [one for one in map(drift, range(500)) if one[1]] == []


def test_a_share_of_the_mutants_is_noticed() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "tests.engine.guard.mutation", "--every", "60"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 0, said.stdout + said.stderr


def test_every_equivalent_mutant_is_still_one() -> None:
    assert set(EQUIVALENT) <= {(one.old, one.new) for one in mutants()}
