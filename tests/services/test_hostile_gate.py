"""Who reads every letter and knows one passphrase of two approves nothing, in any order of steps."""

import random
from pathlib import Path

import pytest

from bot.domain.facts import ConsentGiven
from tests.services.gate_stage import GateStage
from tests.services.hostile import Attack, play_all


def test_hostile_sequences_approve_nothing(tmp_path: Path) -> None:
    refused, earned = play_all(60, seed=1, folder=tmp_path)

    assert refused > 100
    assert earned > 5


def test_a_yes_that_nobody_earned_would_be_seen(tmp_path: Path) -> None:
    stage = GateStage(tmp_path)
    attack = Attack(stage=stage, dice=random.Random(1))
    attack.new_plan()
    stage.ledger.record(ConsentGiven(at=stage.at(), plan=attack.plans[0].fingerprint, person="self", by="page:self"))

    with pytest.raises(AssertionError):
        attack.judge()
