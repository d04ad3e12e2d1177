"""The two pictures of the long view: twenty years of wealth gaps with their bands, and the $15,000 beside the $0."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from statistics import median

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.longview.life import STEP
from bot.longview.study import Study, bp
from bot.longview.units import rounded
from bot.longview.ways import Way

SIZE = (5, 6)  # inches: readable at the width of a phone
DOTS = 160  # an inch
INK, PALE = "#222222", "#cccccc"
SCALE = 1000  # figures are drawn as whole thousandths of a percent
SALE = 10_000_000  # cents sold in the what-if
GAINS = ((100, "cost nothing"), (70, "cost 30% of today's price"), (40, "cost 60%"), (5, "cost 95%"))


def draw(study: Study, folder: Path) -> list[Path]:
    """Draw both into a folder; the paths written."""
    return [_gap(study, folder / "gap.png"), _what_if(study, folder / "whatif.png")]


def _gap(study: Study, path: Path) -> Path:
    """How far the adaptive loop is ahead of the careful and of the careless silo, after selling all."""
    figure = Figure(figsize=SIZE, dpi=DOTS, layout="constrained")
    panels = figure.subplots(2, 1, sharex=True, sharey=True)
    pairs = (
        (Way.SILO, "a careful silo: 5-point band, dearest lots first"),
        (Way.SILO_ANNUAL_FIFO, "a careless one: once a year, oldest lots first"),
    )
    for axes, (other, words) in zip(panels, pairs, strict=True):
        _panel(study, axes, other)
        axes.set_title(f"… against {words}", fontsize=9, loc="left")
    panels[-1].set_xlabel("years", fontsize=9)
    figure.suptitle(
        "Wealth gap of the tax-free loop (adaptive),\nafter selling everything and paying all tax", fontsize=11
    )
    matched = study.line(Way.ADAPTIVE).matched
    risk = f"At equal risk after tax the first gap is {bp(matched.middle)} bp a year." if matched else ""
    note = (
        f"{study.paths[:1].upper()}{study.paths[1:]}.\n"
        "Line: the middle; band: 8 in 10 paths. Windows overlap. Today's rates on all\n"
        f"of history. Much of a gap is a larger share of stocks after tax.\n{risk}"
    )
    figure.supxlabel(note, fontsize=7, x=0, ha="left", parse_math=False)
    figure.savefig(path, metadata={"Software": None})
    return path


def _panel(study: Study, axes: Axes, other: Way) -> None:
    mine, theirs = study.question.ways.index(Way.ADAPTIVE), study.question.ways.index(other)
    years, low, middle, high = [0], [0], [0], [0]
    for at in range(study.question.home.months // STEP):
        gaps = sorted(_percent(s.lives[mine].steps[at], s.lives[theirs].steps[at]) for s in study.sides)
        years.append((at + 1) * STEP // 12)
        low.append(gaps[(len(gaps) - 1) // 10])
        middle.append(int(median(gaps)))
        high.append(gaps[(len(gaps) - 1) * 9 // 10])
    axes.fill_between(years, low, high, facecolor=PALE, edgecolor="#777777", hatch="//", linewidth=1)
    axes.plot(years, middle, color=INK, linewidth=2, marker="o", markersize=4)
    axes.axhline(0, color=INK, linewidth=1)
    last = Decimal(middle[-1]) / SCALE
    axes.annotate(f"{last:+.1f}%", (years[-1], middle[-1]), textcoords="offset points", xytext=(4, 4), fontsize=9)
    axes.set_xlim(0, years[-1] + 3)
    axes.set_xticks(years)
    axes.yaxis.set_major_formatter(lambda figure, _: f"{Decimal(int(figure)) / SCALE:+.0f}%")
    axes.set_ylabel("wealth", fontsize=9)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _percent(mine: int, other: int) -> int:
    return (mine - other) * 100 * SCALE // other if other else 0


def _what_if(study: Study, path: Path) -> Path:
    """A million, $100,000 of it to be shifted: what selling it costs by its basis, and what the loop costs."""
    rates = study.question.home.rates
    bars = [(words, rounded(SALE * gain // 100, rates.gains) // 100) for gain, words in GAINS]
    bars.append(("the loop: new money, and\nswaps inside the IRA", 0))
    figure = Figure(figsize=(5, 4), dpi=DOTS, layout="constrained")
    axes = figure.add_subplot()
    spots = range(len(bars), 0, -1)
    axes.barh(list(spots), [tax for _, tax in bars], color=PALE, edgecolor=INK, hatch="//")
    for spot, (_, tax) in zip(spots, bars, strict=True):
        axes.annotate(
            f"${tax:,}", (tax, spot), textcoords="offset points", xytext=(4, -4), fontsize=11, parse_math=False
        )
    names = [f"sell shares that\n{words}" for words, _ in bars[:-1]]
    axes.set_yticks(list(spots), [*names, bars[-1][0]], fontsize=8, parse_math=False)
    axes.set_xlim(0, max(1, bars[0][1]) * 5 // 4)
    axes.set_xticks([])
    axes.set_xlabel("federal tax on long-term gains now", fontsize=9)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    title = "$1M, of which $100,000 too much in stocks:\nwhat does it cost to move it to bonds?"
    figure.suptitle(title, fontsize=11, parse_math=False)
    note = (
        f"At {Decimal(rates.gains) / 100:.0f}%, without a state's tax or the tax on investments (3.8%). The loop's\n"
        "tax is put off, not gone: it is due when the shares are sold, unless they go to heirs or\n"
        "to charity. In the 0% bracket selling is free too. The loop needs a large enough shelter."
    )
    figure.supxlabel(note, fontsize=7, x=0, ha="left", parse_math=False)
    figure.savefig(path, metadata={"Software": None})
    return path
