"""The lots of a position: read at once where all are sound, and piece by piece where a mistake is to be named."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Annotated

from pydantic import BaseModel, GetCoreSchemaHandler, GetPydanticSchema
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_wrap_validator_function

from adapters.files.words import STRICT, Day, NotNegative, day, not_negative
from bot.domain.lots import TaxLot
from bot.domain.money import Shares


class LotPart(BaseModel):
    """Shares bought together; an absent cost is unknown, an absent day of purchase long ago."""

    model_config = STRICT

    qty: NotNegative
    cost_per_share: NotNegative | None = None
    acquired: Day | None = None
    locked_until: Day | None = None


def _schema_of_lots(_: object, handler: GetCoreSchemaHandler) -> CoreSchema:
    return no_info_wrap_validator_function(_lots, handler.generate_schema(list[LotPart]))


def _lots(raw: object, check: Callable[[object], list[LotPart]]) -> tuple[TaxLot, ...]:
    """The lots at once where all are sound, as they may be many; otherwise piece by piece, with every mistake noted."""
    if isinstance(raw, list):
        with suppress(KeyError, PydanticCustomError):
            return tuple([_lot(one) for one in raw])
    return tuple(
        TaxLot(
            quantity=Shares(part.qty),
            cost_per_share=part.cost_per_share,
            acquired_on=part.acquired,
            locked_until_on=part.locked_until,
        )
        for part in check(raw)
    )


def _lot(raw: object) -> TaxLot:
    """One lot; KeyError or PydanticCustomError where it is not sound."""
    if type(raw) is not dict or not _LOT_KEYS.issuperset(raw):
        raise KeyError
    cost, acquired, locked = raw.get("cost_per_share"), raw.get("acquired"), raw.get("locked_until")
    return TaxLot(
        quantity=Shares(not_negative(raw["qty"])),
        cost_per_share=None if cost is None else not_negative(cost),
        acquired_on=None if acquired is None else day(acquired),
        locked_until_on=None if locked is None else day(locked),
    )


_LOT_KEYS = frozenset(LotPart.model_fields)
Lots = Annotated[tuple[TaxLot, ...], GetPydanticSchema(_schema_of_lots)]
