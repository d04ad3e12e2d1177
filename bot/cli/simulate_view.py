"""The long view as tables for a person, as JSON, and as files."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from rich.table import Table

from bot.cli.view import console, heading
from bot.longview.study import HEADINGS, UNITS, Study, figures, lives, rows, who_loses
from bot.longview.ways import Way

SHOWN = ("way", "after", "10..90%", "before", "step-up", "matched", "wins", "gains tax", "missed", "worst")
TELLING = (Way.LAGGING, Way.LOCATION, Way.ADAPTIVE)


def show_study(study: Study) -> None:
    """Write it to the terminal."""
    out = console()
    out.print(heading("The long view", f"  {study.paths}"))
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold")
    for name in SHOWN:
        table.add_column(name, justify="left" if name == "way" else "right", no_wrap=True)
    for row in rows(study):
        table.add_row(*(row[HEADINGS.index(name)] for name in SHOWN))
    out.print(table)
    out.print(UNITS, style="dim")
    out.print(heading("Who loses, and when", "  against the first line, after selling all, by decade of the start"))
    names, *decades = who_loses(study, TELLING)
    when = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in names:
        when.add_column(name)
    for row in decades:
        when.add_row(*row)
    out.print(when)
    for line in (*study.said, *study.caveats):
        out.print(line)


def study_json(study: Study) -> str:
    """One object."""
    return json.dumps({"paths": study.paths, "ways": figures(study), "caveats": [*study.said, *study.caveats]})


def write_study(study: Study, folder: Path) -> list[Path]:
    """The table, every life, and the pictures where the charts extra is installed; the paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [_csv(folder / "table.csv", [HEADINGS, *rows(study)]), _csv(folder / "lives.csv", lives(study))]
    try:
        from bot.cli.simulate_pictures import draw  # noqa: PLC0415 - heavy, and not everybody has it
    except ImportError:
        return written
    return written + draw(study, folder)


def _csv(path: Path, table: list[tuple[str, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as page:
        csv.writer(page, lineterminator="\n").writerows(table)
    return path
