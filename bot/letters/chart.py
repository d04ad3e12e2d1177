"""The pie as a picture where matplotlib is: three bars above each other, now, after the plan, and the target."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from bot.domain.plan import Plan
from bot.letters.words import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's palette (jfly.uni-koeln.de/color, 2008), which colour-blind people can tell apart; then again from the
# first. Each with the ink that is readable on it.
COLOURS = (
    ("#0072b2", "white"),
    ("#e69f00", "black"),
    ("#009e73", "black"),
    ("#cc79a7", "black"),
    ("#56b4e9", "black"),
    ("#d55e00", "white"),
    ("#f0e442", "black"),
)
WHOLE = 1000
READABLE = 90  # of a thousand: a narrower piece has no room for its number
STEP, HEIGHT = 10, 6
BARS, ROW = 36, 7  # twentieths of an inch: all bars, and one row of the legend
LINE, GAP, LONGEST = 60, 4, 24  # signs: of a row of the legend, around a name, and of a name


def pie_chart(plan: Plan) -> bytes | None:
    """A PNG of 960 pixels' width; None without classes, or where it cannot be drawn: a letter is complete without."""
    if not plan.pie.cents or not plan.classes:
        return None
    try:
        return _drawn(plan)
    except (ImportError, OSError, RuntimeError, ValueError):  # no library, no folder for its fonts, a broken font
        return None


def _drawn(plan: Plan) -> bytes:
    from matplotlib.figure import Figure  # noqa: PLC0415 - heavy, and not everybody has it

    names = [_plain(line.asset_class) for line in plan.classes]
    columns = max(1, LINE // max(len(name) + GAP for name in names))
    legend = ROW * -(-len(names) // columns)
    figure = Figure(figsize=(6, (BARS + legend) / 20), dpi=160, facecolor="white")
    axes = figure.add_axes((1 / 8, 0, 7 / 8, BARS / (BARS + legend)))
    rows = {
        "Target": [line.goal.cents for line in plan.classes],
        "After": [line.after.cents for line in plan.classes],
        "Now": [line.before.cents for line in plan.classes],
    }
    for place, cents in enumerate(rows.values()):
        _bar(axes, place * STEP, [(2 * part * WHOLE + plan.pie.cents) // (2 * plan.pie.cents) for part in cents])
    _legend(axes, names, columns)
    axes.set_yticks([place * STEP for place in range(len(rows))], list(rows), fontsize=13)
    axes.set_xlim(0, WHOLE)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.set_frame_on(False)
    page = BytesIO()
    figure.savefig(page, format="png", metadata={"Software": None})
    return page.getvalue()


def _bar(axes: Axes, place: int, parts: list[int]) -> None:
    left = 0
    for number, part in enumerate(parts):
        colour, ink = COLOURS[number % len(COLOURS)]
        axes.barh(place, part, left=left, height=HEIGHT, color=colour, edgecolor="white", linewidth=2)
        if part >= READABLE:
            words = f"{part // 10}.{part % 10}%"
            axes.text(left + part // 2, place, words, ha="center", va="center", color=ink, fontsize=13)
        left += part


def _legend(axes: Axes, names: list[str], columns: int) -> None:
    colours = axes.patches[: len(names)]
    legend = axes.legend(
        colours,
        names,
        loc="lower left",
        bbox_to_anchor=(0, 1, 1, 0),
        ncols=columns,
        frameon=False,
        borderaxespad=0,
        columnspacing=1,
        handlelength=1,
        handleheight=1,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)  # a name is a name, whatever signs are in it
        text.set_fontsize(12)


def _plain(name: str) -> str:
    """A name in signs that every font has, and not too long."""
    return clean(name)[:LONGEST].encode("latin-1", "replace").decode("latin-1")
