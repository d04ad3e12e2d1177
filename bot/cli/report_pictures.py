"""A report's pictures: the tax that naive selling would have cost, and the drift before and after each plan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.cli.report_rows import Account
from bot.cli.report_view import WAYS
from bot.cli.view import whole
from bot.domain.deferral import First, Scope
from bot.domain.money import Usd

Words = tuple[str, str]  # the title, and the note below
Picture = Callable[[Account, Axes], Words]
SIZE = (5, 4)  # inches: readable at the width of a phone
DOTS = 160  # an inch
HATCHES = ("", "//", "..", "xx")  # told apart in black and white
GREYS = ("#222222", "#666666", "#999999", "#cccccc")


def draw(told: Account, folder: Path) -> list[Path]:
    """Draw both pictures into a folder; none of what has no figures. The paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures: dict[str, Picture] = {"deferred.png": _deferred, "drift.png": _drift}
    return [_saved(told, folder / name, picture) for name, picture in pictures.items() if told.steps]


def _saved(told: Account, path: Path, picture: Picture) -> Path:
    figure = Figure(figsize=SIZE, dpi=DOTS, layout="constrained")
    axes = figure.add_subplot()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.yaxis.set_major_formatter(lambda dollars, _: f"${dollars:,.0f}")
    title, note = picture(told, axes)
    figure.legend(loc="outside upper left", title=title, title_fontsize=10, alignment="left", fontsize=8, frameon=False)
    axes.set_xlabel(note, fontsize=7, loc="left", parse_math=False)
    figure.savefig(path, metadata={"Software": None})
    return path


def _deferred(told: Account, axes: Axes) -> Words:
    """Bars by year and way."""
    years = sorted({one.year for one in told.naive})
    for place, (scope, first) in enumerate(WAYS):
        tax = {one.year: one.tax for one in told.way(scope, first)}
        heights = [_dollars(tax.get(year, Usd())) for year in years]
        spots = [10 * at + 2 * place for at in range(len(years))]
        axes.bar(
            spots,
            heights,
            width=2,
            color=GREYS[place],
            hatch=HATCHES[place],
            edgecolor="white",
            label=_words(scope, first),
        )
    axes.set_xticks([10 * at + 3 for at in range(len(years))], [str(year) for year in years])
    axes.set_ylabel("tax of the year, dollars")
    note = (
        f"Deferred, not gone: {whole(told.waiting_gain)} of gain waits, {whole(told.waiting_tax)} of tax if sold on "
        f"{told.on}.\nEach way keeps lots of its own from the first plan on. Estimates."
    )
    return "Tax that naive selling would have cost", note


def _drift(told: Account, axes: Axes) -> Words:
    """Drift before and after every plan that was carried out."""
    spots = range(len(told.steps))
    before, after = ([_dollars(step.drift[at]) for step in told.steps] for at in (0, 1))
    axes.vlines(spots, after, before, color=GREYS[2], linewidth=1)
    axes.plot(spots, before, "o", color=GREYS[0], markersize=5, label="before the plan")
    axes.plot(spots, after, "o", markerfacecolor="white", color=GREYS[0], markersize=5, label="after it, as planned")
    ticks = sorted({0, len(told.steps) // 2, len(told.steps) - 1})
    axes.set_xticks(ticks, [told.steps[at].on.isoformat() for at in ticks])
    axes.set_xlim(-1, len(told.steps))
    axes.set_ylim(bottom=0)
    axes.set_ylabel("total drift, dollars")
    return "Drift of the household, plan by plan", "Plans carried out, in their order. Prices move on between them."


def _words(scope: Scope, first: First) -> str:
    who = "same shifts in taxable" if scope is Scope.HOUSEHOLD else "each account alone"
    return f"{who}, {'highest cost' if first is First.HIGHEST_COST else 'oldest'} first"


def _dollars(amount: Usd) -> int:
    """Whole dollars: a picture shows no cent."""
    return amount.cents // 100
