"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

settings = click.option(
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The household's settings; default: $REBALOOP_SETTINGS, then ./household.yaml.",
)
