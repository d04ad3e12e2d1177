"""Reads households from files or folders: one file is one household on one day."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.files.complaints import Complaints
from adapters.files.judgements import (
    is_ignored,
    items,
    judge_days,
    judge_glide_path,
    judge_pending_sales,
    judge_tree,
    mapping,
)
from adapters.files.marked import YAML_ENDINGS, read_tree
from adapters.files.models import HoldingPart, IgnoredPart, PolicyPart, PricedSecurityPart, TopPart, TradePart
from adapters.files.nouns import account_of, earmark_of, holding_of, instrument_of, policy_of, price_of, trade_of
from adapters.files.opening import refused
from adapters.files.tree import Keys, Tree, printable
from bot.domain.errors import FixTheFile
from bot.domain.household import Household
from bot.domain.readings import HouseholdFile
from bot.domain.snapshot import Snapshot

ENDINGS = YAML_ENDINGS | {".json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """What came of one file: a household, or the refusal of it. `id` names the household in either case."""

    path: Path
    id: str
    outcome: HouseholdFile | FixTheFile


def read_household_files(path: Path) -> Iterator[ReadFile]:
    """Every household at a path: of a file that one; of a folder each `*.json`, `*.yaml` and `*.yml`, by name.

    A refused file does not keep the others from being read. Hidden files are passed over; a folder without any
    household is itself refused.
    """
    try:
        files = _files(path)
    except FixTheFile as problem:
        yield ReadFile(path=path, id=_stem(path), outcome=problem)
        return
    for file in files:
        yield _read(file)


def read_household(path: Path) -> HouseholdFile:
    """The household of one file.

    Raises:
        FixTheFile: with every mistake of the file; `faults[0].code` is the code of the answer.
    """
    outcome = _read(path).outcome
    if isinstance(outcome, FixTheFile):
        raise outcome
    return outcome


def _files(path: Path) -> list[Path]:
    try:
        if not path.is_dir():
            return [path]
        inside = sorted(path.iterdir(), key=lambda file: file.name)
    except OSError as problem:  # no right to look inside, a name longer than any
        raise refused(path, f"cannot be opened: {problem.strerror}") from None
    files = [file for file in inside if file.suffix in ENDINGS and file.name[:1] != "." and not file.is_dir()]
    if not files:
        raise refused(path, "is a folder without a household in it", "put a .json or .yaml file there")
    return files


def _stem(path: Path) -> str:
    return printable(path.stem) or printable(path.absolute().name) or "household"


def _read(path: Path) -> ReadFile:
    name = _stem(path)
    try:
        with _uncollected():
            tree = read_tree(path)
            if isinstance(tree.root, dict):
                tree.root.setdefault("id", name)
                name = _id(tree.root["id"]) or name
            return ReadFile(path=path, id=name, outcome=_household(tree))
    except FixTheFile as problem:
        return ReadFile(path=path, id=name, outcome=problem)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Nothing that is read forms a cycle: the collector would only go through tens of thousands of lots in vain."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _id(raw: object) -> str:
    return printable(raw) if isinstance(raw, str) else ""


def _household(tree: Tree) -> HouseholdFile:
    root, complaints = tree.root, Complaints(tree)
    raw_securities = mapping(root, "securities")
    top = complaints.part(TopPart, (), root)
    policy = complaints.at(PolicyPart, ("policy",), root)
    securities = [
        complaints.part(PricedSecurityPart, ("securities", key), raw_securities[key]) for key in raw_securities
    ]
    accounts = [_account(complaints, ("accounts", at), raw) for at, raw in enumerate(items(root, "accounts"))]
    history = [complaints.part(TradePart, ("history", at), raw) for at, raw in enumerate(items(root, "history"))]
    judge_tree(complaints, root)
    judge_pending_sales(complaints, accounts)
    if top is not None:
        judge_days(complaints, top.as_of, accounts, history)
        judge_glide_path(complaints, top.as_of, policy)
    complaints.finish()
    assert top is not None
    assert policy is not None
    sound = dict(zip(raw_securities, (part for part in securities if part is not None), strict=True))
    return _assembled(top, policy, sound, [a for a in accounts if a is not None], [t for t in history if t is not None])


def _account(complaints: Complaints, keys: Keys, raw: object) -> HoldingPart | None:
    if is_ignored(raw):
        complaints.part(IgnoredPart, keys, raw)
        return None
    return complaints.part(HoldingPart, keys, raw)


def _assembled(
    top: TopPart,
    policy: PolicyPart,
    securities: dict[str, PricedSecurityPart],
    accounts: list[HoldingPart],
    history: list[TradePart],
) -> HouseholdFile:
    price_per = {symbol: part.price_per for symbol, part in securities.items()}
    return HouseholdFile(
        household=Household(
            id=top.id,
            accounts=tuple(account_of(part) for part in accounts),
            instruments=tuple(instrument_of(symbol, part) for symbol, part in securities.items()),
            earmarks=tuple(earmark_of(part) for part in top.earmarks),
        ),
        policy=policy_of(policy).on(top.as_of),
        snapshot=Snapshot(
            as_of_on=top.as_of,
            holdings=tuple(holding_of(part, price_per) for part in accounts),
            prices=tuple((symbol, price_of(part)) for symbol, part in securities.items()),
            history=tuple(trade_of(part) for part in history),
        ),
    )
