"""The one picture of a letter: drawn where the library is, and not missed where it is not."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from io import BytesIO

import pytest
from matplotlib.image import imread

from bot.domain.money import Usd
from bot.letters.chart import pie_chart
from bot.letters.plan import plan_letter
from tests.architecture.tree import ROOT
from tests.letters.sample import HOUSEHOLD, LINK, PLAN, PROPOSAL

WITHOUT = """
import sys


class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"matplotlib", "numpy"}:
            raise ModuleNotFoundError(name)


sys.meta_path.insert(0, Absent())
from bot.letters.plan import plan_letter
from tests.letters.sample import HOUSEHOLD, PROPOSAL

letter = plan_letter(PROPOSAL, HOUSEHOLD)
print(len(letter.pictures), "cid:" in letter.html, "39.6%" in letter.html, "39.6%" in letter.text)
"""
LOADED = """
import sys
import bot.letters.plan, bot.letters.receipt, bot.letters.alarms, bot.letters.digest
print([name for name in ("matplotlib", "numpy", "pyplot") if name in sys.modules])
"""


def answer(program: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def test_it_is_a_png_that_a_phone_can_show() -> None:
    png = pie_chart(PLAN)

    assert png is not None
    assert png.startswith(b"\x89PNG")
    assert len(png) < 60_000
    assert imread(BytesIO(png)).shape[1] == 960


def test_the_same_plan_has_the_same_picture() -> None:
    assert pie_chart(PLAN) == pie_chart(PLAN)


def test_without_the_library_the_letter_is_complete() -> None:
    assert answer(WITHOUT) == "0 False True True"


def test_nothing_heavy_is_loaded_before_a_picture_is_drawn() -> None:
    assert answer(LOADED) == "[]"


@pytest.mark.parametrize("name", ["$x_1$", "_hidden", "", "\u4e2d\u6587", "a" * 300, "$\\frac{$", "\U0001f600"])
def test_any_name_of_a_class_can_be_drawn(name: str) -> None:
    classes = (replace(PLAN.classes[0], asset_class=name), *PLAN.classes[1:])

    assert pie_chart(replace(PLAN, classes=classes)) is not None


def test_more_classes_than_colours_can_be_drawn() -> None:
    classes = tuple(replace(PLAN.classes[0], asset_class=f"class_{number}") for number in range(20))

    assert pie_chart(replace(PLAN, classes=classes)) is not None


def test_a_pie_that_is_worth_nothing_has_no_picture() -> None:
    assert pie_chart(replace(PLAN, pie=Usd())) is None


def test_a_debt_is_drawn_as_nothing_and_not_backwards() -> None:
    classes = (*PLAN.classes[:3], replace(PLAN.classes[3], before=Usd.of(-1000)))

    assert pie_chart(replace(PLAN, classes=classes)) is not None


def test_what_is_on_it_is_told_in_words() -> None:
    (picture,) = plan_letter(PROPOSAL, HOUSEHOLD, links=(LINK,)).pictures

    assert "us_bonds 30.8% now, 39.6% after, target 40%" in picture.alt
