"""After a crash anywhere one run with a healthy broker is enough: every order is settled, or waits where it must."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from bot.domain.orders import OrderState
from bot.services.points import POINTS
from tests.chaos.hazards import Hazards
from tests.chaos.machine import Machine, quiet
from tests.chaos.prefab import SHAPES, a_folder
from tests.chaos.schedule import AFTER_CLOSE, AS_IT_IS
from tests.chaos.truth import HOUR, OPENS, SECOND
from tests.chaos.verdict import wrongs
from tests.chaos.world import World

SHAPE = SHAPES[1]
SOON = 10 * SECOND  # of the world's time: until the run has settled what it found, and begins anything new


class Stopwatch(Hazards):
    """Notes when a run turns from what it found to something new."""

    world: World
    settled_at = 0

    def step(self, name: str) -> None:
        if name == "recent" and not self.settled_at:
            self.settled_at = self.world.now
        super().step(name)


@pytest.fixture
def folder() -> Iterator[Path]:
    with quiet(), a_folder() as path:
        yield path


def a_machine(folder: Path, *, keyed: bool) -> Machine:
    world = SHAPE.world(Random(1), OPENS + HOUR, calm=True)
    return Machine(path=folder / "ledger.sqlite", world=world, shape=SHAPE, keyed=keyed, flavour=AS_IT_IS)


def steps_of_a_run(folder: Path, *, keyed: bool) -> list[str]:
    names: list[str] = []
    machine = a_machine(folder, keyed=keyed)
    machine.run(Hazards(rng=machine.world.rng, names=names))
    return names


def test_every_named_point_lies_on_the_way_of_a_run(folder: Path) -> None:
    assert set(POINTS) <= set(steps_of_a_run(folder, keyed=True))


@pytest.mark.parametrize("keyed", [True, False])
def test_one_run_after_a_crash_settles_or_says_what_it_waits_for(folder: Path, *, keyed: bool) -> None:
    for step in range(1, len(steps_of_a_run(folder, keyed=keyed)) + 1):
        machine = a_machine(folder, keyed=keyed)
        died = machine.run(Hazards(rng=machine.world.rng, kill_at=step))
        assert died.startswith("killed"), step
        began = machine.world.now
        second = Stopwatch(rng=machine.world.rng)
        second.world = machine.world
        machine.run(second)

        assert (second.settled_at or machine.world.now) - began < SOON, died
        for order in machine.journal():
            works = order.state in {OrderState.ACKED, OrderState.PARTIAL}
            waits_for_the_close = order.state is OrderState.UNKNOWN and not keyed
            assert order.state.is_final or works or waits_for_the_close, f"{died}: {order}"
        assert machine.troubles == []

        machine.world.go_to(AFTER_CLOSE)
        machine.run(Hazards(rng=machine.world.rng))
        assert wrongs(machine.world, SHAPE, machine.journal(), keyed=keyed) == [], died
