"""Spoilt answers of brokers in every run of the tests: few here, a million with `python -m tests.fuzz.replies`."""

from __future__ import annotations

import pytest

from tests.fuzz.replies import outcome, run
from tests.fuzz.reply_samples import Sample, all_samples


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return all_samples()


def test_every_sound_answer_is_read_or_refused_with_a_reason(samples: list[Sample]) -> None:
    assert [(one.name, problem) for one in samples for _, problem in [outcome(one, one.tree)] if problem] == []


def test_both_brokers_are_spoilt(samples: list[Sample]) -> None:
    assert {one.broker for one in samples} == {"alpaca", "schwab"}
    assert any(one.name.startswith("simulated transactions") for one in samples)


@pytest.mark.parametrize("broker", ["alpaca", "schwab"])
def test_a_spoilt_answer_is_read_or_refused_with_a_reason(samples: list[Sample], broker: str) -> None:
    tally = run(range(3_000), [one for one in samples if one.broker == broker])

    assert not tally.findings
    assert tally.outcomes[f"{broker} nouns"] > 500
    assert tally.outcomes[f"{broker} Reconcile"] > 500
