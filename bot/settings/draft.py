"""The first settings of a household, drawn up from a few answers as a file with comments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.@/-]*|401k")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})  # some editors still take for others


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassDraft:
    """A class of the pie: its percent as written, and the funds that stand for it, best first."""

    name: str
    percent: str
    funds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDraft:
    """An account: how it is taxed, whose it is, who keeps it, what it may buy, and its statement where it has one."""

    id: str
    kind: str
    owner: str
    broker: str
    menu: tuple[str, ...]
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDraft:
    """Where letters go, and through which server; nobody logs in without a `username`."""

    address: str
    host: str
    security: str
    username: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaydayDraft:
    """Money that comes again and again; `rhythm` is the key and the value that say when."""

    account: str
    rhythm: tuple[str, object]
    amount: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that was answered."""

    id: str
    classes: tuple[ClassDraft, ...]
    band: tuple[str, str]
    accounts: tuple[AccountDraft, ...]
    mail: MailDraft | None = None
    payday: PaydayDraft | None = None

    @property
    def owners(self) -> tuple[str, ...]:
        """Whoever needs a login at Schwab."""
        return tuple(dict.fromkeys(one.owner for one in self.accounts if one.broker == "schwab"))

    @property
    def secrets(self) -> tuple[tuple[str, str], ...]:
        """The files that its owner puts secrets into, each with what belongs there."""
        found: list[tuple[str, str]] = []
        for owner in self.owners:
            found += [(_named(owner, "app-key"), "the key of your app at developer.schwab.com")]
            found += [(_named(owner, "app-secret"), "its secret")]
        for one in self.accounts:
            if one.broker == "alpaca":
                found += [(_named(one.id, "key"), f"the key of {one.id}"), (_named(one.id, "secret"), "its secret")]
            elif one.broker == "schwab":
                found.append((_named(one.id, "number"), f"the account number of {one.id}"))
        if self.mail is not None and self.mail.username:
            found.append(("mail.secret", f"the password of {self.mail.username} at {self.mail.host}"))
        return tuple(found)


def text_of(draft: Draft, *, schema: str) -> str:
    """The file, which `rebaloop config check` finds sound; `schema` names the file that describes its shape."""
    parts = (_top(draft, schema), _policy(draft), _securities(draft), _logins(draft), _accounts(draft))
    return "".join(f"{line}\n" for part in (*parts, _rules(), _mail(draft), _schedule(draft)) for line in part)


def _top(draft: Draft, schema: str) -> Iterator[str]:
    yield f"# yaml-language-server: $schema={schema}"
    yield "# The settings of one household. Every key is explained in FORMAT.md, and as you write by an editor that"
    yield "# knows the line above. Check what you change with: rebaloop config check"
    yield ""
    yield f"id: {_word(draft.id)}"
    yield ""
    yield "# dry_run draws plans and writes letters, and sends nothing. paper sends approved orders to a broker's paper"
    yield "# account. live needs `rebaloop arm` as well."
    yield "mode: dry_run"
    yield ""


def _policy(draft: Draft) -> Iterator[str]:
    yield "policy:"
    yield "  # Percent of everything you own; they add up to exactly 100."
    yield f"  targets_pct: {_mapping({one.name: one.percent for one in draft.classes})}"
    yield "  # A class is out of its band at so many points of the pie, or at such a percentage of its target."
    yield f"  band: {{absolute_pp: {draft.band[0]}, relative_pct: {draft.band[1]}}}"
    yield "  # never, or losses_only. There is no value that permits a taxable gain."
    yield "  taxable_sells: never"
    yield "  # Smaller orders are left out."
    yield "  min_trade_usd: 50"
    yield ""


def _securities(draft: Draft) -> Iterator[str]:
    yield "# Every fund that is held or may be bought. Add what your accounts hold beside these: the first run names"
    yield "# it. Funds that are the same for the wash-sale rule have one group: {class: stocks, identical_group: us}."
    yield "securities:"
    for one in draft.classes:
        yield from (f"  {_word(fund)}: {{class: {_word(one.name)}}}" for fund in one.funds)
    yield ""


def _logins(draft: Draft) -> Iterator[str]:
    if not draft.owners:
        return
    yield "# One for each person who logs in at Schwab. It dies after seven days, and `rebaloop login NAME` renews it."
    yield "# The app's key and secret come from developer.schwab.com; they lie in files that you alone may read."
    yield "logins:"
    for owner in draft.owners:
        key, secret = _named(owner, "app-key"), _named(owner, "app-secret")
        yield f"  {_word(owner)}:"
        yield "    broker: schwab"
        yield f"    credentials: {{app_key: {{file: {_word(key)}}}, app_secret: {{file: {_word(secret)}}}}}"
        yield "    callback_url: https://127.0.0.1:8182 # your app's, to the last slash"
        yield f"    token: {_word(_named(owner, 'token.json'))} # kept by rebaloop"
    yield ""


def _accounts(draft: Draft) -> Iterator[str]:
    yield "# kind: taxable, traditional, roth, 401k or hsa. role: managed (orders are sent), instructed (you carry"
    yield "# them out), counted (never traded) or ignored. menu: what it may buy, the best first."
    yield "accounts:"
    for one in draft.accounts:
        yield f"  - id: {_word(one.id)}"
        yield f"    kind: {one.kind}"
        yield f"    owner: {_word(one.owner)}"
        yield f"    broker: {one.broker}"
        yield from _reached(one)
        yield f"    menu: [{', '.join(map(_word, one.menu))}]"
    yield ""


def _reached(account: AccountDraft) -> Iterator[str]:
    if account.broker == "alpaca":
        key, secret = _named(account.id, "key"), _named(account.id, "secret")
        yield "    # files beside this one, or in $CREDENTIALS_DIRECTORY; {env: NAME} names an environment variable"
        yield f"    credentials: {{key_id: {{file: {_word(key)}}}, secret_key: {{file: {_word(secret)}}}}}"
    elif account.broker == "schwab":
        yield f"    login: {_word(account.owner)}"
        yield f"    number: {{file: {_word(_named(account.id, 'number'))}}}"
    else:
        yield f"    file: {_word(account.file)} # your statement; you carry this account's orders out yourself"


def _rules() -> Iterator[str]:
    yield "approval:"
    yield "  expires_sessions: 3 # trading days until a plan that nobody approved is dropped"
    yield "  price_collar_pct: 1 # an order is not sent when the price has moved further than this from the plan's"
    yield ""
    yield "limits: # in percent of the whole household"
    yield "  order_pct: 15 # the largest order"
    yield "  day_pct: 40 # all orders of a day together"
    yield "  day_orders: 40"
    yield ""


def _mail(draft: Draft) -> Iterator[str]:
    if draft.mail is None:
        yield "# Letters are files in the folder `letters`. To have them as mail:"
        yield "# mail: {from: ann@example.org, to: ann@example.org, host: mail.example.org}"
    else:
        mail = draft.mail
        yield "# Try it with: rebaloop letters --send-test"
        yield "mail:"
        yield f"  from: {_word(mail.address)}"
        yield f"  to: {_word(mail.address)}"
        yield f"  host: {_word(mail.host)}"
        yield f"  security: {mail.security} # starttls, tls, or none for a server on this machine"
        if mail.username:
            yield f"  username: {_word(mail.username)}"
            yield "  password: {file: mail.secret}"
    yield ""


def _schedule(draft: Draft) -> Iterator[str]:
    if draft.payday is None:
        yield "# What is due when; `rebaloop next` lists it. Money that comes again and again:"
        yield "# schedule:"
        yield "#   paydays:"
        yield "#     - {name: salary, account: ACCOUNT, amount_usd: 1000, days: [15, last]}"
        return
    key, when = draft.payday.rhythm
    amount = f", amount_usd: {draft.payday.amount}" if draft.payday.amount else ""
    yield "# What is due when; `rebaloop next` lists it. On a payday the broker is asked first if the money has come."
    yield "schedule:"
    yield "  paydays:"
    yield f"    - {{name: payday, account: {_word(draft.payday.account)}{amount}, {key}: {_value(when)}}}"


def _named(name: str, what: str) -> str:
    """The name of a file for a name that somebody chose."""
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '-', name)}.{what}"


def _mapping(pairs: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{_word(key)}: {value}" for key, value in pairs.items()) + "}"


def _value(value: object) -> str:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "[" + ", ".join(map(str, value)) + "]"
    return str(value)


def _word(text: str) -> str:
    """A name as YAML; in quotes wherever anybody could take it for something else."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else json.dumps(text, ensure_ascii=False)
