"""The world: whether every broker answers, which world it is, what time it has, and what an owner should know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.cli.checks.finding import Finding, Machine, fail, ok, unseen, warn
from bot.domain.errors import LogIn, RebaloopError
from bot.domain.logins import login_words
from bot.domain.plan import Environment
from bot.services.cycle import observe
from bot.services.house_work import SKEW
from bot.wiring import open_house

if TYPE_CHECKING:
    from bot.ports import Broker
    from bot.services.house import House
    from bot.settings.settings import Settings

LEFT = ("clock", "logins", "accounts", "worlds", "reinvestment", "shares")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What asking every account has brought: sentences by what they are about, and the brokers' own clocks."""

    logins: list[tuple[str, str]] = field(default_factory=list)
    accounts: list[tuple[str, str]] = field(default_factory=list)
    worlds: list[str] = field(default_factory=list)
    clocks: list[tuple[str, datetime, datetime]] = field(default_factory=list)


def look_at_the_world(settings: Settings, blocked: str) -> Iterator[Finding]:
    """Every account once; `blocked` names what has to be mended before the house can be opened at all."""
    if blocked:
        yield from (unseen(check, blocked) for check in LEFT)
        return
    try:
        with open_house(settings) as house:
            found = list(_world(house))
    except RebaloopError as problem:
        found = [fail("accounts", problem.message, problem.next_step)]
    yield from found


def _world(house: House) -> Iterator[Finding]:
    asked = _ask(house)
    yield _clock(asked)
    yield _logins(house, asked)
    yield _first("accounts", asked.accounts, f"{len(house.brokers)} can be read")
    yield _worlds(asked, house.terms.environment)
    if asked.logins or asked.accounts:
        yield unseen("reinvestment", "logins" if asked.logins else "accounts")
        yield unseen("shares", "logins" if asked.logins else "accounts")
        return
    yield from _remarks(house)


def _ask(house: House) -> _Asked:
    asked = _Asked()
    for account, broker in house.brokers.items():
        try:
            broker.read(account)
            asked.clocks.append((account, broker.market().at, house.clock.now()))
            _compare_worlds(account, broker, house.addresses, house, asked)
        except LogIn as problem:
            asked.logins.append((f"{account}: {problem.message}", problem.next_step))
        except RebaloopError as problem:
            asked.accounts.append((f"{account}: {problem.message}", problem.next_step or "rebaloop status"))
    return asked


def _compare_worlds(
    account: str, broker: Broker, addresses: Mapping[str, Environment], house: House, asked: _Asked
) -> None:
    """The address, the broker's own word and the settings must speak of one world wherever orders are sent."""
    if account not in addresses or house.terms.environment is Environment.DRY_RUN:
        return
    said = broker.capabilities().environment
    if not house.household.account(account).automatic:
        return
    if {addresses[account], said} != {house.terms.environment}:
        asked.worlds.append(f"{account} is {said.value} at an address that is {addresses[account].value}")


def _clock(asked: _Asked) -> Finding:
    for account, theirs, ours in asked.clocks:
        if abs(ours - theirs) > SKEW:
            words = f"it is {abs(ours - theirs)} away from that of the keeper of {account}"
            return fail("clock", words, "timedatectl set-ntp true")
    if not asked.clocks:
        return warn("clock", "no broker could be asked for the time", "timedatectl status")
    return ok("clock", f"within {SKEW // timedelta(minutes=1)} minutes of {len(asked.clocks)} keepers")


def _logins(house: House, asked: _Asked) -> Finding:
    if asked.logins:
        return _first("logins", asked.logins, "")
    names = {}
    for broker in house.brokers.values():
        login = broker.login()
        if login is not None:
            names[login.name] = login_words(login, house.clock.now())
    words = next((one for one in names.values() if one), "")
    if words:
        message, _, command = words.rpartition(": ")
        return warn("logins", message, command)
    return ok("logins", f"{len(names)} that last for three days or more, and every key is accepted")


def _first(check: str, found: list[tuple[str, str]], well: str) -> Finding:
    if not found:
        return ok(check, well)
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return fail(check, found[0][0] + more, found[0][1])


def _worlds(asked: _Asked, mode: Environment) -> Finding:
    if asked.worlds:
        return fail("worlds", f"the settings say {mode.value}: {asked.worlds[0]}", "rebaloop config check")
    return ok("worlds", f"{mode.value} by the settings, the addresses and the brokers")


def _remarks(house: House) -> Iterator[Finding]:
    """What a look at all accounts remarks: dividends that reinvest themselves, shares that left without a reason."""
    remarks = observe(house).snapshot.remarks
    reinvested = [one for one in remarks if one.code == "reinvestment_on"]
    yield (
        warn("reinvestment", reinvested[0].message, reinvested[0].mend)
        if reinvested
        else ok("reinvestment", "no dividend of a taxable account buys shares by itself")
    )
    others = [one for one in remarks if one.code not in {"reinvestment_on", "login_ends"}]
    stopping = [one for one in others if one.stops]
    if stopping:
        yield fail("shares", stopping[0].message, stopping[0].mend)
    elif others:
        yield warn("shares", others[0].message, others[0].mend)
    else:
        yield ok("shares", "nothing left an account without a reason")


def look_at_the_calendar(machine: Machine, today: date) -> Finding:
    """Whether the exchange's closures are known until the end of next year (NYSE Rule 7.2; nine or ten a year)."""
    year = today.year + 1
    days = [date(year, 1, 1) + timedelta(days=at) for at in range(365)]
    weekdays = [day for day in days if day.weekday() < 5]
    shut = [day for day in weekdays if machine.calendar.session(day) is None]
    if not 9 <= len(shut) <= 11:
        words = f"{len(shut)} closures are known of {year}, there should be 9 or 10"
        return warn("calendar", words, "update rebaloop, which brings a newer `holidays`")
    return ok("calendar", f"the exchange's days are known until the end of {year}")


def look_at_the_unit(machine: Machine) -> Finding:
    """How exposed the installed service is, by systemd's own score."""
    score = machine.exposure()
    if score is None:
        return ok("service", "no unit of systemd is installed here, or nothing can rate it")
    if score * 10 > 15:
        return warn("service", f"its exposure is {score}, the one that came along has 1.1", "deploy/install.sh")
    return ok("service", f"its exposure is {score} (0 is safe, 10 is not)")
