"""The questions with which a household's settings begin, each asked again until its answer can be used."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import click
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from adapters.files.words import number, percent, word
from adapters.mail.envelope import is_address
from adapters.mail.server import Security
from bot.domain.household import Kind
from bot.domain.instruments import CASH
from bot.settings.draft import AccountDraft, ClassDraft, Draft, MailDraft, PaydayDraft
from bot.settings.schedule import PaydayPart

Answer = TypeVar("Answer")
KINDS, SECURITIES = (click.Choice([one.value for one in names]) for names in (Kind, Security))
BROKERS = ("alpaca", "schwab", "statement")
COMMON = {"stocks": "VTI", "intl": "VXUS", "bonds": "BND"}
WAYS = "`15, last`; `last friday`; `every two weeks from 2026-01-09`"
TARGETS = "stocks 50, intl 15, bonds 35"


def ask_all() -> Draft:
    """Everything that is needed to begin; never a secret."""
    name = _ask("What is this household called", _name, default="home")
    click.echo("\nThe pie: all accounts together, in percent. They add up to 100.")
    targets = _ask("Targets", _targets, default=TARGETS)
    classes = [ClassDraft(name=one, percent=share, funds=_funds(one)) for one, share in targets]
    band = _ask("Bands: points of the pie / percent of a class's target", _band, default="5/25")
    click.echo("\nThe accounts, one after the other; an empty name ends the list.")
    accounts = _accounts(classes)
    mail = _mail()
    return Draft(
        id=name,
        classes=tuple(classes),
        band=band,
        accounts=tuple(accounts),
        mail=mail,
        payday=_payday([one.id for one in accounts if one.broker != "statement"]),
    )


def _accounts(classes: list[ClassDraft]) -> list[AccountDraft]:
    """At least one; a fund that is new joins its class."""
    found: list[AccountDraft] = []
    while True:
        reads = partial(_free, {one.id for one in found})
        name = _ask(f"Account {len(found) + 1}, its name", reads, default="")
        if not name and found:
            return found
        if not name:
            click.echo("At least one account is needed.")
            continue
        kind = click.prompt("  How it is taxed", type=KINDS, default=Kind.TAXABLE.value)
        owner = _ask("  Whose it is", _name, default="self")
        broker = click.prompt("  Who keeps it", type=click.Choice(BROKERS), default="statement")
        file = _ask("  Its statement", _file, default=f"{name}.csv") if broker == "statement" else ""
        known = [fund for one in classes for fund in one.funds]
        menu = _ask("  What it may buy, the best first", _symbols, default=" ".join(known))
        for symbol in (one for one in menu if one not in known):
            _join(classes, symbol)
        found.append(AccountDraft(id=name, kind=str(kind), owner=owner, broker=str(broker), menu=menu, file=file))


def _join(classes: list[ClassDraft], symbol: str) -> None:
    name = click.prompt(f"  The class of {symbol}", type=click.Choice([one.name for one in classes]))
    at = next(at for at, one in enumerate(classes) if one.name == name)
    old = classes[at]
    classes[at] = ClassDraft(name=old.name, percent=old.percent, funds=(*old.funds, symbol))


def _mail() -> MailDraft | None:
    click.echo("\nLetters are files in a folder, or mail.")
    address = _ask("Your mail address (empty: files)", _address, default="")
    if not address:
        return None
    host = _ask("  Your provider's mail server", _name, default=f"mail.{address.rpartition('@')[2]}")
    security = click.prompt("  Encryption", type=SECURITIES, default=Security.STARTTLS.value)
    username = _ask("  User name there (empty: none is needed)", str.strip, default=address)
    return MailDraft(address=address, host=host, security=str(security), username=username)


def _payday(accounts: list[str]) -> PaydayDraft | None:
    """Where money comes in, and when; not asked where no broker could say whether it has come."""
    if not accounts:
        return None
    click.echo("\nMoney that comes again and again.")
    when = _ask(f"When ({WAYS}; empty: never)", _rhythm, default="")
    if when is None:
        return None
    account = click.prompt("  Into which account", type=click.Choice(accounts), default=accounts[0])
    amount = _ask("  How much (empty: it varies)", _amount, default="")
    return PaydayDraft(account=str(account), rhythm=when, amount=amount)


def _ask(question: str, reads: Callable[[str], Answer], *, default: str) -> Answer:
    def judged(said: str) -> Answer:
        try:
            return reads(said)
        except PydanticCustomError as problem:
            raise click.UsageError(problem.message()) from None

    answer: Answer = click.prompt(question, default=default, value_proc=judged, show_default=bool(default))
    return answer


def _name(said: str) -> str:
    return word(64, blanks=True)(said.strip())


def _file(said: str) -> str:
    return word(400, blanks=True)(said.strip())


def _free(taken: set[str], said: str) -> str:
    name = said.strip() and _name(said)
    if name in taken:
        raise click.UsageError(f"another account is called {name}")
    if Path(name).name != name:
        raise click.UsageError("a name holds no slash")
    return name


def _funds(name: str) -> tuple[str, ...]:
    question = f"Funds for {name}, the best first"
    return () if name == CASH else _ask(question, _symbols, default=COMMON.get(name, ""))


def _symbols(said: str) -> tuple[str, ...]:
    symbols = tuple(dict.fromkeys(said.replace(",", " ").split()))
    if not symbols:
        raise click.UsageError("name at least one fund, such as VTI")
    return tuple(word(32, blanks=False)(symbol) for symbol in symbols)


def _targets(said: str) -> tuple[tuple[str, str], ...]:
    pairs = [one.split() for one in said.replace("%", " ").replace(":", " ").split(",") if one.strip()]
    if not pairs or any(len(pair) != 2 for pair in pairs) or len({pair[0] for pair in pairs}) < len(pairs):
        raise click.UsageError(f"write classes with their percents, each once, such as: {TARGETS}")
    total = sum(percent(share) for _, share in pairs)
    if total != 100:
        raise click.UsageError(f"they add up to {total}, not 100")
    return tuple((_name(name), share) for name, share in pairs)


def _band(said: str) -> tuple[str, str]:
    found = re.fullmatch(r"\s*([0-9.]+)\s*/\s*([0-9.]+)\s*", said)
    if not found:
        raise click.UsageError("write two numbers such as 5/25")
    return f"{percent(found[1]):f}", f"{percent(found[2]):f}"


def _address(said: str) -> str:
    if said and not is_address(said):
        raise click.UsageError("write the address alone, such as ann@example.org")
    return said


def _amount(said: str) -> str:
    return f"{number(said.replace('$', '').replace(',', '')):f}" if said.strip() else ""


def _rhythm(said: str) -> tuple[str, object] | None:
    if not said.strip():
        return None
    words = said.lower().replace(",", " ").split()
    if words[:4] == ["every", "two", "weeks", "from"]:
        key, when = "every_two_weeks_from", " ".join(words[4:])
    elif all(one == "last" or one.isdigit() for one in words):
        days = [one if one == "last" else int(one) for one in words]
        return _sound("days", days)
    else:
        key, when = "weekday", " ".join(words)
    return _sound(key, when)


def _sound(key: str, when: object) -> tuple[str, object]:
    try:
        PaydayPart.model_validate({"name": "payday", "account": "any", key: when})
    except ValidationError as problem:
        raise click.UsageError(problem.errors(include_url=False)[0]["msg"]) from None
    return key, when
