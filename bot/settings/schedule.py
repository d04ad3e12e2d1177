"""The words of `schedule:`: paydays, pay dates and everything else that is due in a household's year."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from adapters.files.complaints import Complaints, did_you_mean
from adapters.files.models import Part
from adapters.files.tree import Keys, shown
from adapters.files.words import Allowance, Amount, Day, Percent, Symbol, Word, to_100, wrong
from bot.domain.money import Usd
from bot.domain.schedule import (
    LAST,
    QUARTERS,
    Contribution,
    EveryTwoWeeks,
    Monthly,
    NthWeekday,
    PayDate,
    Payday,
    Rhythm,
    Roll,
    Schedule,
    Source,
)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
OPENS, SHUTS = time(9, 35), time(15, 30)
WIDEST = 12  # days: two paydays a fortnight apart are never taken for one another

_Days = int | Literal["last"]
_SWEEP = WithJsonSchema({"type": ["string", "integer"], "default": "second tuesday"})


def _day_of_month(value: object) -> int:
    if value == "last":
        return LAST
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 1 <= value <= LAST or value != int(value):
        raise wrong(f"should be a day of the month (1 to 31) or `last`, got {shown(value)}")
    return int(value)


def _days(value: object) -> tuple[int, ...]:
    days = tuple(_day_of_month(one) for one in value) if isinstance(value, list) else (_day_of_month(value),)
    if not days or len(set(days)) < len(days):
        raise wrong("should be one day of the month or several different ones, such as [15, last]")
    return days


def _weekday(value: object) -> NthWeekday:
    words = value.lower().split() if isinstance(value, str) else []
    if len(words) != 2 or words[0] not in PLACES or words[1] not in WEEKDAYS:
        message = f"should be a place and a weekday such as `second tuesday`, got {shown(value)}"
        raise wrong(message, hint=f"{', '.join(PLACES)}; {', '.join(WEEKDAYS)}")
    return NthWeekday(nth=PLACES[words[0]], weekday=WEEKDAYS.index(words[1]))


def _sweep(value: object) -> Rhythm | None:
    if value == "never":
        return None
    if isinstance(value, str) and " " in value:
        found = _weekday(value)
        return NthWeekday(nth=found.nth, weekday=found.weekday, months=QUARTERS)
    return Monthly(days=(_day_of_month(value),), months=QUARTERS)


def _at(value: object) -> time:
    found = None
    if isinstance(value, str) and len(value) == len("10:00"):
        try:
            found = time.fromisoformat(value)
        except ValueError:
            found = None
    if found is None:
        raise wrong(f"should be a time of day such as 10:00, got {shown(value)}")
    if not OPENS <= found <= SHUTS:
        raise wrong(f"should lie between 09:35 and 15:30 New York time, got {shown(value)}", hint="such as 10:00")
    return found


class RhythmPart(Part):
    """When it comes: exactly one of three ways."""

    days: Annotated[tuple[int, ...], PlainValidator(_days, json_schema_input_type=_Days | list[_Days])] | None = None
    weekday: Annotated[NthWeekday, PlainValidator(_weekday, json_schema_input_type=str)] | None = None
    every_two_weeks_from: Day | None = None
    roll: Annotated[Roll, Field(strict=False)] = Roll.PREVIOUS

    @model_validator(mode="after")
    def _one_way(self) -> RhythmPart:
        if sum(one is not None for one in (self.days, self.weekday, self.every_two_weeks_from)) != 1:
            hint = "`days: [15, last]`, `weekday: last friday` or `every_two_weeks_from: 2026-01-09`"
            raise wrong("should say in exactly one way when it comes", hint=hint)
        return self

    @property
    def rhythm(self) -> Rhythm:
        """The same as a noun."""
        if self.days is not None:
            return Monthly(days=self.days)
        if self.weekday is not None:
            return self.weekday
        assert self.every_two_weeks_from is not None
        return EveryTwoWeeks(anchor_on=self.every_two_weeks_from)


class PaydayPart(RhythmPart):
    """Money that comes into an account again and again."""

    name: Word
    account: Word
    amount_usd: Amount | None = None
    tolerance_usd: Allowance | None = None
    early_days: Annotated[int, Field(ge=0, le=WIDEST)] = 3
    late_days: Annotated[int, Field(ge=0, le=WIDEST)] = 5

    @model_validator(mode="after")
    def _told_apart(self) -> PaydayPart:
        if self.early_days + self.late_days > WIDEST:
            raise wrong(f"`early_days` and `late_days` must be at most {WIDEST} together", at=("late_days",))
        if self.tolerance_usd is not None and self.amount_usd is None:
            raise wrong("a tolerance needs an `amount_usd`", at=("tolerance_usd",))
        return self

    @property
    def noun(self) -> Payday:
        """The same as a noun; without a tolerance a twentieth of the amount either way will do."""
        twentieth = Usd() if self.amount_usd is None else self.amount_usd.percent(Decimal(5))
        return Payday(
            name=self.name,
            account=self.account,
            rhythm=self.rhythm,
            roll=self.roll,
            amount=self.amount_usd,
            early_days=self.early_days,
            late_days=self.late_days,
            tolerance=twentieth if self.tolerance_usd is None else self.tolerance_usd,
        )


class ContributionPart(RhythmPart):
    """What payroll puts into an account that no program can reach."""

    account: Word
    amount_usd: Amount
    funds: Annotated[dict[Symbol, Percent], Field(min_length=1)]

    @model_validator(mode="after")
    def _whole(self) -> ContributionPart:
        total = sum(self.funds.values(), Decimal(0))
        if total != 100:
            raise wrong(f"the percents add up to {total}, not 100", hint=to_100(total), at=("funds",))
        return self


class PayDatePart(Part):
    """A day on which a fund pays, as its owner knows it."""

    account: Word
    symbol: Symbol
    on: Day


class SchedulePart(Part):
    """Everything that is due."""

    paydays: list[PaydayPart] = Field(default=[])
    contributions: list[ContributionPart] = Field(default=[])
    dividends: Literal["auto", "by_hand"] = "auto"
    pay_dates: list[PayDatePart] = Field(default=[])
    sweep: Annotated[Rhythm | None, PlainValidator(_sweep), _SWEEP] = Schedule().sweep
    drift_sessions: Annotated[int, Field(ge=0, le=250)] = 10
    digest_day: Annotated[int, Field(ge=0, le=31)] = 1
    year_end: bool = True
    at: Annotated[time, PlainValidator(_at, json_schema_input_type=str)] = time(10)
    wait_sessions: Annotated[int, Field(ge=0, le=10)] = 3
    catch_up_days: Annotated[int, Field(ge=1, le=60)] = 20

    @property
    def noun(self) -> Schedule:
        """The same as a noun."""
        return Schedule(
            paydays=tuple(one.noun for one in self.paydays),
            contributions=tuple(
                Contribution(
                    account=one.account,
                    amount=one.amount_usd,
                    rhythm=one.rhythm,
                    roll=one.roll,
                    funds=tuple(one.funds.items()),
                )
                for one in self.contributions
            ),
            pay_dates=tuple(
                PayDate(on=one.on, account=one.account, symbol=one.symbol, source=Source.BY_HAND)
                for one in self.pay_dates
            ),
            dividends=self.dividends == "auto",
            sweep=self.sweep,
            drift_sessions=self.drift_sessions,
            digest_day=self.digest_day,
            year_end=self.year_end,
            at=self.at,
            wait_sessions=self.wait_sessions,
            catch_up_days=self.catch_up_days,
        )


def judge_schedule(
    complaints: Complaints, part: SchedulePart, kept: Mapping[str, str], symbols: Container[str]
) -> None:
    """Whether every name means something; `kept` says of each account who its broker is."""
    names: set[str] = set()
    for at, payday in enumerate(part.paydays):
        keys: Keys = ("schedule", "paydays", at)
        _judge_account(complaints, (*keys, "account"), payday.account, kept)
        if kept.get(payday.account) == "statement":
            message = f"nobody can be asked whether money has come into {payday.account}: it is known from a file alone"
            complaints.add((*keys, "account"), message, hint="describe it below `contributions:`")
        if payday.name in names:
            complaints.add((*keys, "name"), f"another payday is called {shown(payday.name)}")
        names.add(payday.name)
    for at, contribution in enumerate(part.contributions):
        keys = ("schedule", "contributions", at)
        _judge_account(complaints, (*keys, "account"), contribution.account, kept)
        if kept.get(contribution.account, "statement") != "statement":
            message = f"{contribution.account} is read from its broker, which knows better"
            complaints.add((*keys, "account"), message, hint="describe it below `paydays:`")
        for symbol in contribution.funds:
            _judge_symbol(complaints, (*keys, "funds", symbol), symbol, symbols)
    for at, pay_date in enumerate(part.pay_dates):
        keys = ("schedule", "pay_dates", at)
        _judge_account(complaints, (*keys, "account"), pay_date.account, kept)
        _judge_symbol(complaints, (*keys, "symbol"), pay_date.symbol, symbols)


def _judge_account(complaints: Complaints, keys: Keys, name: str, kept: Mapping[str, str]) -> None:
    if name not in kept:
        complaints.add(keys, f"there is no account {shown(name)}", hint=did_you_mean(name, kept))


def _judge_symbol(complaints: Complaints, keys: Keys, symbol: str, symbols: Container[str]) -> None:
    if symbol not in symbols:
        complaints.add(keys, f"`securities` does not name {shown(symbol)}", at_key=keys[-1] == symbol)
