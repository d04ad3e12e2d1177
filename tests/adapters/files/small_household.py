"""A small valid household, and ways to spoil it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from adapters.files.household_file import read_household, read_household_files
from bot.domain.errors import Fault, FixTheFile
from bot.domain.readings import HouseholdFile

Tree = dict[str, Any]
Spoil = Callable[[Tree], object]

HOUSEHOLD: Tree = {
    "id": "small",
    "as_of": "2026-03-02",
    "policy": {"targets_pct": {"stocks": 60, "bonds": 40}},
    "securities": {
        "VTI": {"class": "stocks", "price": 100, "identical_group": "total-us"},
        "BND": {"class": "bonds", "price": "50.25"},
    },
    "accounts": [
        {
            "id": "ira",
            "kind": "traditional",
            "cash_settled": 1000,
            "menu": ["VTI", "BND"],
            "positions": [
                {"symbol": "VTI", "lots": [{"qty": 10, "cost_per_share": 80, "acquired": "2020-01-02"}]},
                {"symbol": "BND", "lots": [{"qty": "2.5"}]},
            ],
            "pending_orders": [{"side": "sell", "symbol": "VTI", "qty": 3}],
        }
    ],
    "history": [{"date": "2026-02-27", "account": "old", "owner": "self", "side": "buy", "symbol": "VTI", "qty": 1}],
}


def drawn(folder: Path, spoil: Spoil | None = None, *, name: str = "small.json") -> Path:
    """The household as a JSON file, spoilt in one way."""
    tree = copy.deepcopy(HOUSEHOLD)
    if spoil is not None:
        spoil(tree)
    return written(folder, json.dumps(tree), name=name)


def written(folder: Path, text: str | bytes, *, name: str = "small.json") -> Path:
    """A file with this text."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def read(folder: Path, spoil: Spoil | None = None) -> HouseholdFile:
    """The household, spoilt in one way and read back."""
    return read_household(drawn(folder, spoil))


def faults(path: Path) -> tuple[Fault, ...]:
    """The mistakes for which a file is refused; none when it is read."""
    (file,) = read_household_files(path)
    return file.outcome.faults if isinstance(file.outcome, FixTheFile) else ()
