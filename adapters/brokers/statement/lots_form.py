"""A list of tax lots that is kept by hand, as CSV or YAML: one row or one mapping a lot, and the day of the list."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.brokers.statement.csv_form import FIRST_LINE, Pointer, csv_rows, wrong_columns
from adapters.brokers.statement.discreet import discreet
from adapters.brokers.statement.draft import Cell
from adapters.brokers.statement.lots_draft import COLUMNS, LotDraft, LotLine
from adapters.brokers.statement.yaml_form import key_cell, unknown_keys
from adapters.files.tree import Keys, Tree, broken, lines_of, shown
from adapters.files.yaml_tree import yaml_tree
from bot.domain.errors import FixTheFile

HINT = "write the day of the list into the first line: # as_of: 2026-11-20"


def csv_lots(file: str, text: str) -> LotDraft:
    """The list as it was written.

    Raises:
        FixTheFile: when it is no CSV, or its columns cannot be told apart.
    """
    lines = lines_of(text)
    first = FIRST_LINE.fullmatch(lines[0])
    rows = csv_rows(file, lines, 1 if first else 0)
    at, header = next(rows, (1, []))
    wrong = list(wrong_columns(header, COLUMNS, has_day=first is not None))
    if wrong:
        hidden = tuple(map(discreet, lines))
        raise broken(file, hidden, (at, 1), discreet("; ".join(wrong)), f"the columns are {','.join(COLUMNS)}")
    pointer = Pointer(lines)
    draft = LotDraft(file=file, as_of=Cell(first[1] if first else None, pointer.at(1, "as_of", hint=HINT)))
    for line, cells in rows:
        if len(cells) != len(header):
            draft.faults.append(pointer.at(line, "")("this row has not as many cells as the header", "bad_input"))
            continue
        row = dict(zip(header, cells, strict=True))
        written = {name: Cell(row.get(name), pointer.at(line, name, row.get(name, ""))) for name in COLUMNS}
        draft.lines.append(lot_line(written, f"{file}:{line}"))
    return draft


def yaml_lots(file: str, text: str) -> LotDraft:
    """The list as it was written: `as_of`, and `lots` with the columns of the CSV for keys.

    Raises:
        FixTheFile: when it is no YAML, or no mapping.
    """
    tree = yaml_tree(file, text)
    root = tree.root
    if not isinstance(root, dict):
        raise FixTheFile(file, (tree.fault((), f"a list of lots is a mapping, not {shown(root)}"),))
    draft = LotDraft(file=file, as_of=key_cell(tree, root, (), "as_of"))
    draft.faults = [*tree.faults, *unknown_keys(tree, root, (), frozenset({"as_of", "lots"}))]
    lots = root.get("lots")
    if not isinstance(lots, list | None):
        draft.faults.append(tree.fault(("lots",), f"lots are a list, not {shown(lots)}"))
        return draft
    for number, lot in enumerate(lots or []):
        _take(draft, tree, ("lots", number), lot)
    return draft


def _take(draft: LotDraft, tree: Tree, keys: Keys, lot: object) -> None:
    if not isinstance(lot, dict):
        draft.faults.append(tree.fault(keys, f"a lot is a mapping, not {shown(lot)}"))
        return
    draft.faults += unknown_keys(tree, lot, keys, frozenset(COLUMNS))
    written = {name: key_cell(tree, lot, keys, name) for name in COLUMNS}
    mark = tree.marks.get(keys)
    draft.lines.append(lot_line(written, f"{draft.file}:{mark.value[0]}" if mark else draft.file))


def lot_line(written: Mapping[str, Cell], place: str) -> LotLine:
    """A lot from its columns."""
    return LotLine(
        symbol=written["symbol"],
        quantity=written["quantity"],
        cost_per_share=written["cost_per_share"],
        cost=written["cost"],
        acquired_on=written["acquired_on"],
        how=written["how"],
        basis_for_loss=written["basis_for_loss"],
        note=written["note"],
        place=place,
    )
