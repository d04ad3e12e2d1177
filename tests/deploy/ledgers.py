"""Ledgers as earlier versions wrote them, from the dumps in `fixtures`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

FIXTURES = Path(__file__).with_name("fixtures")
SCHEMAS = tuple(sorted(int(file.stem.partition("-")[2]) for file in FIXTURES.glob("schema-*.sql")))
PLAN = "P-2026-03-02-A"


def a_ledger_of(schema: int, path: Path) -> Path:
    """A file as a rebaloop of that schema left it: a plan that was drawn, approved, sent and filled."""
    path.touch(mode=0o600)
    with closing(sqlite3.connect(path)) as books:
        books.executescript((FIXTURES / f"schema-{schema}.sql").read_text(encoding="utf-8"))
    return path


def schema_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as books:
        return int(books.execute("PRAGMA user_version").fetchone()[0])
