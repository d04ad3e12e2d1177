"""The schedules would notice: each mistake that others have made with orders is found, and soon."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.machine import quiet
from tests.chaos.plants import PLANTS, Plant
from tests.chaos.prefab import a_folder
from tests.chaos.schedule import play

SOON = 2_000


@pytest.fixture
def folder() -> Iterator[Path]:
    with quiet(), a_folder() as path:
        yield path


def first_found(plant: Plant, folder: Path) -> int | None:
    """The first seed that shows one of its signs, and shows nothing without it."""
    flavour = plant.flavour()
    for seed in range(SOON):
        found = {wrong.kind for wrong in play(seed, plant.kind, folder, flavour=flavour).wrongs}
        if found & set(plant.signs) and not play(seed, plant.kind, folder).wrongs:
            return seed
    return None


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name.replace(" ", "-"))
def test_a_planted_mistake_is_found(plant: Plant, folder: Path) -> None:
    assert first_found(plant, folder) is not None


def test_no_two_mistakes_have_one_name() -> None:
    assert len({plant.name for plant in PLANTS}) == len(PLANTS)
