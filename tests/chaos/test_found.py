"""What the schedules have found, each as the shortest story that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from bot.domain.orders import Intent, OrderState
from tests.chaos.hazards import Hazards, Post
from tests.chaos.keeper import Keeper
from tests.chaos.machine import Flavour, Machine, quiet
from tests.chaos.prefab import SHAPES, a_folder
from tests.chaos.schedule import AFTER_CLOSE
from tests.chaos.stations import Stations
from tests.chaos.truth import HOUR, MINUTE, OPENS, Truth
from tests.chaos.verdict import wrongs


class Scripted(Hazards):
    """Every POST ends as it is told to, the first one first; then all is fine."""

    def then(self, *fates: Post) -> Scripted:
        self.fates = list(fates)
        return self

    def post(self) -> Post:
        return self.fates.pop(0) if self.fates else Post.FINE


class TwinKeeper(Keeper):
    """While ours is on the wire the owner sends the very same order, and the answer names the owner's."""

    def _look_alike(self, intent: Intent) -> None:
        count, limit = int(intent.quantity.count), int(intent.limit_price * 100)
        if not self.world.owned:
            self.world.by_hand(intent.account, intent.side, intent.symbol, count, limit)

    def _another(self, intent: Intent, truth: Truth | str | None) -> str:
        return next(one.broker_id for one in self.world.orders if not one.key)


class LuckyTwinKeeper(TwinKeeper):
    """Then the broker cancels ours, unfilled."""

    def _look_alike(self, intent: Intent) -> None:
        super()._look_alike(intent)
        self.world._end(self.world.orders[0], OrderState.CANCELED)


@pytest.fixture
def folder() -> Iterator[Path]:
    with quiet(), a_folder() as path:
        yield path


def a_machine(folder: Path, *, keyed: bool, keeper: type[Keeper] = Keeper) -> Machine:
    world = SHAPES[0].world(Random(1), OPENS + HOUR, calm=True)
    flavour = Flavour(stations=Stations(), keeper=keeper)
    return Machine(path=folder / "ledger.sqlite", world=world, shape=SHAPES[0], keyed=keyed, flavour=flavour)


def a_run(machine: Machine, *fates: Post) -> str:
    return machine.run(Scripted(rng=machine.world.rng).then(*fates))


def what_is_wrong(machine: Machine) -> list[str]:
    told = machine.brake.told
    found = wrongs(machine.world, machine.shape, machine.journal(), keyed=machine.keyed, told=told)
    return [f"{wrong.kind}: {wrong.what}" for wrong in found]


def test_a_refused_repetition_says_nothing_of_the_post_that_is_still_on_its_way(folder: Path) -> None:
    """The second POST under a key is refused (401); the first one arrives a minute later, and fills."""
    machine = a_machine(folder, keyed=True)
    a_run(machine, Post.LATE)
    a_run(machine, Post.LOG_IN)
    machine.world.go_to(AFTER_CLOSE)
    a_run(machine)

    assert machine.world.orders[0].state is OrderState.FILLED
    assert what_is_wrong(machine) == []


def run_with_a_twin(machine: Machine) -> None:
    a_run(machine, Post.WRONG_ID)
    machine.world.advance(5 * MINUTE)
    a_run(machine)
    machine.world.go_to(AFTER_CLOSE)
    a_run(machine)


@pytest.mark.parametrize("keeper", [TwinKeeper, LuckyTwinKeeper])
def test_an_answer_that_names_the_owners_own_twin_is_noticed(keeper: type[Keeper], folder: Path) -> None:
    """The answer fits, so the ledger has the owner's; ours is then a stranger that a program placed."""
    machine = a_machine(folder, keyed=False, keeper=keeper)
    run_with_a_twin(machine)

    assert "(7000001)" in machine.brake.pulled()
    assert what_is_wrong(machine) == []
