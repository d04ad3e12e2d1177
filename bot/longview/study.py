"""A finished study as plain tables: rows of text for the terminal, CSV and JSON, the same figures everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from bot.domain.money import Usd
from bot.longview.crowd import Question, Side
from bot.longview.measures import Era, Line, Spread, eras, lines, taxes_by_year
from bot.longview.ways import Way

Row = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Study:
    """All lives of a question; `since` is the first year of its history, `said` what was left out of a household."""

    question: Question
    sides: tuple[Side, ...]
    since: int
    drawn: bool = False
    said: tuple[str, ...] = ()

    @cached_property
    def lines(self) -> list[Line]:
        """One line for every way."""
        return lines(self.question, self.sides)

    def line(self, way: Way) -> Line:
        """The line of a way."""
        return next(line for line in self.lines if line.way is way)

    def eras(self, way: Way) -> list[Era]:
        """When a way lost."""
        return eras(self.question, self.sides, way)

    def taxes(self, way: Way) -> list[Usd]:
        """What its taxable income cost year by year, on average."""
        return [Usd(cents) for cents in taxes_by_year(self.sides, self.question.ways.index(way))]

    @property
    def paths(self) -> str:
        """What was lived through, in words."""
        years = self.question.home.months // 12
        if self.drawn:
            return f"{len(self.sides):,} paths of {years} years, drawn in blocks of 12 months from {self.since} on"
        return f"{len(self.sides):,} windows of {years} years of history, from {self.since} on"

    @property
    def caveats(self) -> list[str]:
        """What a reader must know before using a figure."""
        rates = self.question.home.rates
        told = [
            (
                f"Today's rates on all of history: {_rate(rates.gains)} on gains, {_rate(rates.ordinary)} on the rest; "
                "no state's, no spreads, no fund costs. The tax that the loop saves is put off, not gone."
            ),
            (
                "Stocks and bonds are averages of each month (Shiller, public domain): they move less than a month's "
                "last day does."
            ),
        ]
        if not self.drawn:
            overlap = "Windows overlap: many windows, few independent ones"
            told.append(f"{overlap} (about {max(1, (2023 - self.since) // (self.question.home.months // 12))}).")
        told.append(
            "Most of a gap after selling all is a larger share of stocks after tax; `matched` compares at equal shares."
        )
        return told


def _rate(basis_points: int) -> str:
    return f"{(Decimal(basis_points) / 100).normalize():f}%"


HEADINGS = (
    "way",
    "after",
    "10..90%",
    "before",
    "step-up",
    "matched",
    "10%",
    "wins",
    "gap",
    "gains tax",
    "missed",
    "worst",
    "stocks",
)
UNITS = (
    "after / before / step-up / matched: basis points of wealth a year ahead of the first line, after selling all at "
    "the end, before it, with the basis stepped up at death, and against a silo of the same after-tax share of stocks; "
    "wins: percent of paths; missed: percent in which a band was ever broken after the trades; worst: points from "
    "target; stocks: percent after tax."
)


def rows(study: Study) -> list[Row]:
    """The table, a row for each way."""
    return [_row(line) for line in study.lines]


def _row(line: Line) -> Row:
    held = line.way is not Way.NEVER
    return (
        line.way.words,
        bp(line.liquidated.middle),
        f"{bp(line.liquidated.low)}..{bp(line.liquidated.high)}",
        bp(line.standing.middle),
        bp(line.stepped_up.middle),
        bp(line.matched.middle) if line.matched else "-",
        bp(line.matched.low) if line.matched else "-",
        f"{line.wins_pct:.0f}%",
        dollars(line.gap_cents),
        dollars(line.gains_tax),
        percent(line.missed_pct) if held else "-",
        f"{line.drift_worst:.1f}",
        f"{line.share_pct:.1f}%",
    )


def bp(figure: Decimal) -> str:
    """Basis points with one decimal and a sign; no minus before a zero."""
    text = f"{figure:+.1f}"
    return "0.0" if text in {"+0.0", "-0.0"} else text


def percent(figure: Decimal) -> str:
    """Whole percents, but nothing above zero is called zero."""
    return "<1%" if 0 < figure < Decimal("0.5") else f"{figure:.0f}%"


def dollars(cents: int) -> str:
    """Thousands of dollars, with a sign where negative."""
    thousands = (abs(cents) + 50_000) // 100_000
    return f"{'-' if cents < 0 and thousands else ''}${thousands:,}k"


def markdown(study: Study) -> str:
    """The table for a page of Markdown."""
    head = f"| {' | '.join(HEADINGS)} |\n|---|{'---:|' * (len(HEADINGS) - 1)}\n"
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows(study))


LIVES = ("path", "way", "liquidated_usd", "before_usd", "step_up_usd", "gains_tax_usd", "taxes_usd", "realised_usd")
LIVES_TOO = ("months_out_of_band", "worst_drift_pp", "after_tax_stocks_pct")


def lives(study: Study) -> list[Row]:
    """Every life in full, for a CSV; the first row are the names."""
    told: list[Row] = [LIVES + LIVES_TOO]
    for side in study.sides:
        for life in side.lives:
            money = (life.liquidated, life.standing, life.stepped_up, life.on_gains, sum(life.taxes), life.realised)
            shares = (str(life.stuck), _plain(life.worst), _plain(life.share))
            told.append((life.path, life.way, *(Usd(cents).plain for cents in money), *shares))
    return told


def _plain(ppm: int) -> str:
    return f"{Decimal(ppm) / 10_000:.2f}"


def figures(study: Study) -> list[dict[str, object]]:
    """The table for programs: one object for each way, figures as text."""
    return [_figures(study, line) for line in study.lines]


def _figures(study: Study, line: Line) -> dict[str, object]:
    return {
        "way": line.way.value,
        "after_bp": _spread(line.liquidated),
        "before_bp": _spread(line.standing),
        "step_up_bp": _spread(line.stepped_up),
        "matched_bp": _spread(line.matched) if line.matched else None,
        "wins_pct": f"{line.wins_pct:.1f}",
        "gap_usd": Usd(line.gap_cents).plain,
        "gains_tax_usd": Usd(line.gains_tax).plain,
        "taxes_usd": Usd(line.taxes).plain,
        "realised_usd": Usd(line.realised).plain,
        "missed_pct": f"{line.missed_pct:.1f}",
        "months_out_of_band": f"{line.stuck_months:.2f}",
        "worst_drift_pp": {"median": f"{line.drift_middle:.2f}", "largest": f"{line.drift_worst:.2f}"},
        "after_tax_stocks_pct": f"{line.share_pct:.2f}",
        "ran_dry_pct": f"{line.ran_dry_pct:.1f}",
        "taxes_by_year_usd": [tax.plain for tax in study.taxes(line.way)],
        "by_decade": [
            {"from": era.name, "paths": era.paths, "after_bp": f"{era.middle:.2f}", "lost_pct": f"{era.lost_pct:.1f}"}
            for era in study.eras(line.way)
        ],
    }


def _spread(of: Spread) -> dict[str, str]:
    return {"median": f"{of.middle:.2f}", "p10": f"{of.low:.2f}", "p90": f"{of.high:.2f}"}


def who_loses(study: Study, ways: Sequence[Way]) -> list[Row]:
    """By decade of the start: the middle gap and the percent of paths that lost, for some ways; names first."""
    told: list[Row] = [("began in", *(way.words for way in ways))]
    columns = [study.eras(way) for way in ways]
    told.extend(
        (row[0].name, *(f"{bp(era.middle)}, {era.lost_pct:.0f}% lost" for era in row))
        for row in zip(*columns, strict=True)
    )
    return told
