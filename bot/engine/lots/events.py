"""The order in which a household's past is told: which entries stand, and what comes first within a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from bot.domain.readings import Activity
from bot.engine.lots.members import RENAME, RETURN_OF_CAPITAL, SELL, SPLIT, TRADE, TRANSFER

Key = tuple[date, int, datetime, bool, str, str, str, Decimal, Decimal, int]

_TOLD = frozenset({TRADE, SPLIT, RENAME, TRANSFER, RETURN_OF_CAPITAL})
_DAY = attrgetter("on")
_NEVER = datetime.min.replace(tzinfo=UTC)
_ON_THE_WAY = timedelta(days=10)  # a transfer between brokers takes about a week (FINRA Rule 11870: ACATS)
# A split or a new name is there before the exchange opens; capital goes to those who held before; what a transfer
# brings can be sold that day, and what it takes was not.
ARRIVALS = 2
_STAGES = {SPLIT: 0, RENAME: 0, RETURN_OF_CAPITAL: 1, TRADE: 3}


def standing(activities: Iterable[Activity]) -> list[Activity]:
    """The entries that change lots, each once, oldest first, in an order that no order of the input can change.

    An entry that was cancelled or corrected does not stand, nor does anything else that bears its id.
    """
    told = [one for one in activities if one.kind in _TOLD and one.symbol]
    done: dict[str, set[str]] = defaultdict(set)  # the ids of an account that do not stand, or were told
    for one in told:
        if one.reversed:
            done[one.account].add(one.activity_id)
    kept = []
    for _, day in groupby(sorted((one for one in told if not one.reversed), key=_DAY), key=_DAY):
        for one in sorted(day, key=key_of):
            if not one.activity_id:
                kept.append(one)
            elif one.activity_id not in done[one.account]:
                done[one.account].add(one.activity_id)
                kept.append(one)
    return kept


def key_of(one: Activity) -> Key:
    """Day, stage of the day, instant, purchases before sales where no instant tells, and names for the rest."""
    stage = _STAGES.get(one.kind)
    if stage is None:
        stage = ARRIVALS if one.quantity.count > 0 else 4
    at = one.at if one.at is not None and stage == 3 else _NEVER
    price = one.price if one.price is not None else Decimal(-1)
    selling = one.side is SELL
    return (
        one.on,
        stage,
        at,
        selling,
        one.account,
        one.symbol,
        one.activity_id,
        one.quantity.count,
        price,
        one.net.cents,
    )


def journeys(activities: Sequence[Activity], sheltered: frozenset[str]) -> dict[int, int]:
    """Transfers out that are transfers in elsewhere in the household, by the place of either in the list.

    The same shares of one symbol leave one account and reach another of the same tax within some days; each is paired
    once, with the nearest. Between spouses too the basis travels (IRC 1041(b)).
    """
    leaving: dict[tuple[str, Decimal], list[int]] = defaultdict(list)
    arriving = []
    for place, one in enumerate(activities):
        if one.kind is TRANSFER:
            if one.quantity.count < 0:
                leaving[one.symbol, -one.quantity.count].append(place)
            else:
                arriving.append(place)
    pairs: dict[int, int] = {}
    for place in arriving:
        there = activities[place]
        fits = [
            (abs(activities[one].on - there.on), one)
            for one in leaving[there.symbol, there.quantity.count]
            if one not in pairs and _one_household(activities[one], there, sheltered)
        ]
        if fits:
            start = min(fits)[1]
            pairs[start], pairs[place] = place, start
    return pairs


def _one_household(here: Activity, there: Activity, sheltered: frozenset[str]) -> bool:
    same_tax = (here.account in sheltered) is (there.account in sheltered)
    return here.account != there.account and same_tax and abs(here.on - there.on) <= _ON_THE_WAY
