"""Where a plan to be explained comes from: a household file, drawn now, or the books with the snapshot behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from adapters.files.household_file import read_household
from bot import log
from bot.domain.facts import SnapshotTaken
from bot.domain.plan import Plan, Proposal
from bot.domain.readings import HouseholdFile
from bot.domain.snapshot import Snapshot
from bot.engine.loop import draw
from bot.ports import Ledger
from bot.services.approve import find
from bot.settings.settings import Settings
from bot.wiring import open_ledger, settings_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A plan by name; `day` is what it was drawn from, None where that is not known any more, and `missing` why."""

    name: str
    plan: Plan
    day: HouseholdFile | None
    missing: str = ""


def from_files(names: Iterable[str]) -> list[Case]:
    """The plans of household files, drawn now. Raises FixTheFile."""
    cases = []
    for name in names:
        day = read_household(Path(name))
        plan = draw(day.household, day.policy, day.snapshot)
        cases.append(Case(name=plan.household, plan=plan, day=day))
    return cases


def from_books(names: Iterable[str], explicit: Path | None) -> list[Case]:
    """The plans of that name in the ledger, each with its day. Raises FixTheFile without settings, NoSuchPlan."""
    log.set_up(quiet=True)
    settings = settings_from(explicit)
    with open_ledger(settings) as ledger:
        return [_case(find(name, ledger)[0], settings, ledger) for name in names]


def _case(proposal: Proposal, settings: Settings, ledger: Ledger) -> Case:
    """A kept plan, with its day as far as the same plan can be drawn from it again."""
    day, missing = None, ""
    snapshot = _snapshot(proposal, ledger)
    if proposal.settings_fingerprint != settings.fingerprint:
        missing = "the settings have changed since it was drawn"
    elif snapshot is None:
        missing = "the snapshot that it was drawn from is not in the ledger"
    else:
        day = HouseholdFile(household=settings.household, policy=settings.policy, snapshot=snapshot)
        if draw(day.household, day.policy, day.snapshot).lines != proposal.plan.lines:
            day, missing = None, "this version of the program draws another plan from the same circumstances"
    return Case(name=proposal.plan_id, plan=proposal.plan, day=day, missing=missing)


def _snapshot(proposal: Proposal, ledger: Ledger) -> Snapshot | None:
    found = None
    for fact in ledger.facts():
        if isinstance(fact, SnapshotTaken) and fact.snapshot.fingerprint == proposal.snapshot_fingerprint:
            found = fact.snapshot
    return found
