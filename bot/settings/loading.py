"""Finds the settings file and reads it, all its mistakes at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.files.complaints import Complaints, did_you_mean
from adapters.files.judgements import is_ignored, items, judge_tree, mapping
from adapters.files.marked import read_tree
from adapters.files.models import AccountPart, PolicyPart, SecurityPart
from adapters.files.nouns import account_of, earmark_of, instrument_of, policy_of, price_of
from adapters.files.tree import Keys, Tree, printable, shown
from bot.domain.errors import Fault, FixTheFile
from bot.domain.household import Household
from bot.domain.limits import Limits
from bot.settings.judging import AnyPart, judge_automatic, judge_logins, judge_worlds
from bot.settings.mail import mail_of
from bot.settings.models import (
    AlpacaPart,
    ApprovalPart,
    IgnoredAccountPart,
    LoginPart,
    SchwabPart,
    SettingsPart,
    StatementPart,
)
from bot.settings.ping import ping_of
from bot.settings.schedule import judge_schedule
from bot.settings.secret import Secret
from bot.settings.settings import (
    AlpacaConnection,
    ApprovalRules,
    Connection,
    SchwabConnection,
    SchwabLogin,
    Settings,
    StatementConnection,
)
from bot.settings.tax import with_taxes

FILE_NAME = "household.yaml"
VARIABLE = "REBALOOP_SETTINGS"
PREFIX = "REBALOOP_"
EXAMPLE = "write one with rebaloop init, start from config/household.example.yaml, or name a file with --settings"

_BROKERS: dict[str, type[AnyPart]] = {"alpaca": AlpacaPart, "schwab": SchwabPart, "statement": StatementPart}


def find_settings(explicit: Path | None, environ: Mapping[str, str]) -> Path:
    """The settings file: the one that was named, else `$REBALOOP_SETTINGS`, else `household.yaml` here.

    Raises:
        FixTheFile: with exit code 78 and the next step when there is no such file.
    """
    named = environ.get(VARIABLE, "")
    path = explicit or Path(named or FILE_NAME)
    try:
        if path.is_file():
            return path
    except OSError:  # a name longer than any: there is no such file
        pass
    origin = "" if explicit else f" (from {VARIABLE})" if named else " in this folder"
    fault = Fault(message=f"there is no settings file of this name{origin}", hint=EXAMPLE)
    raise FixTheFile(printable(str(path), 400), (fault,), settings=True)


def load_settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """The settings in a file; `REBALOOP_MODE`, `REBALOOP_LEDGER` and `REBALOOP_LETTERS` override its plain fields.

    Relative paths start at the file's folder. Secrets are not read here, only when they are revealed.

    Raises:
        FixTheFile: with exit code 78 and every mistake of the file.
    """
    try:
        return _settings(path, effective_tree(path, environ).tree, environ)
    except FixTheFile as problem:
        variables = {key: name for key, (name, _) in _said(environ)[0].items()}
        faults = tuple(replace(fault, place=variables.get(fault.place, fault.place)) for fault in problem.faults)
        raise FixTheFile(problem.file, faults, settings=True) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """A file with what the environment puts in the place of its keys; `variables` says of those keys which did."""

    tree: Tree
    variables: Mapping[str, str]


def effective_tree(path: Path, environ: Mapping[str, str]) -> Effective:
    """What a file and the environment say together; what comes from a variable has no place in the file any more.

    Raises:
        FixTheFile: when the file cannot be read at all, or a variable has almost the name of one that counts.
    """
    tree = read_tree(path)
    said, slips = _said(environ)
    if slips:
        faults = tuple(
            Fault(message="there is no such variable", place=name, hint=f"did you mean `{meant}`?")
            for name, meant in slips.items()
        )
        raise FixTheFile(tree.file, faults, settings=True)
    if isinstance(tree.root, dict):
        root = {"id": Path(tree.file).stem} | tree.root | {key: value for key, (_, value) in said.items()}
        marks = {keys: mark for keys, mark in tree.marks.items() if not keys or keys[0] not in said}
        tree = replace(tree, root=root, marks=marks)
    return Effective(tree=tree, variables={key: name for key, (name, _) in said.items()})


def _said(environ: Mapping[str, str]) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """See `environment.overrides`; its library is loaded only where there is something for it to read."""
    if not any(name.startswith(PREFIX) and name != VARIABLE for name in environ):
        return {}, {}
    from bot.settings.environment import overrides  # noqa: PLC0415 - same

    return overrides(environ)


def _settings(path: Path, tree: Tree, environ: Mapping[str, str]) -> Settings:
    root, complaints = tree.root, Complaints(tree, settings=True)
    raw_securities = mapping(root, "securities")
    top = complaints.part(SettingsPart, (), root)
    policy = complaints.at(PolicyPart, ("policy",), root)
    securities = [complaints.part(SecurityPart, ("securities", key), raw_securities[key]) for key in raw_securities]
    raw_logins = mapping(root, "logins")
    logins = {name: complaints.part(LoginPart, ("logins", name), raw_logins[name]) for name in raw_logins}
    accounts = [_account(complaints, ("accounts", at), raw) for at, raw in enumerate(items(root, "accounts"))]
    judge_logins(complaints, raw_logins, accounts)
    if top is not None:
        judge_worlds(complaints, top.mode, root, logins, accounts)
    judge_automatic(complaints, root)
    if top is not None:
        kept = {part.id: part.broker for part in accounts if part is not None}
        judge_schedule(complaints, top.schedule, kept, raw_securities)
    judge_tree(complaints, root)
    complaints.finish()
    assert top is not None
    assert policy is not None
    sound = dict(zip(raw_securities, (part for part in securities if part is not None), strict=True))
    parts = {at: part for at, part in enumerate(accounts) if part is not None}
    secrets = _Secrets(path, tree, environ)
    return Settings(
        file=path,
        household=Household(
            id=top.id,
            accounts=tuple(account_of(part, automatic=not isinstance(part, StatementPart)) for part in parts.values()),
            instruments=tuple(instrument_of(symbol, part) for symbol, part in sound.items()),
            earmarks=tuple(earmark_of(part) for part in top.earmarks),
        ),
        policy=with_taxes(policy_of(policy), top.tax, path),
        prices=tuple((symbol, price) for symbol, part in sound.items() if (price := price_of(part)) is not None),
        connections=tuple(_connection(secrets, at, part) for at, part in parts.items()),
        logins=tuple(_login(secrets, name, part) for name, part in logins.items() if part is not None),
        mode=top.mode,
        approval=_approval(top.approval),
        limits=Limits(order_pct=top.limits.order_pct, day_pct=top.limits.day_pct, day_orders=top.limits.day_orders),
        ledger=path.parent / top.ledger,
        letters=path.parent / top.letters,
        mail=mail_of(top.mail, secrets.at, secrets.beside),
        page=None if top.page is None else top.page.address,
        ping=ping_of(top.ping, secrets.at),
        schedule=top.schedule.noun,
        successor=top.successor.noun,
    )


def _approval(part: ApprovalPart) -> ApprovalRules:
    return ApprovalRules(
        expires_sessions=part.expires_sessions,
        price_collar_pct=part.price_collar_pct,
        each_owner=part.each_owner,
        automatic=part.automatic == "paper",
    )


def _account(complaints: Complaints, keys: Keys, raw: object) -> AnyPart | None:
    if not isinstance(raw, dict):
        complaints.part(AccountPart, keys, raw)
        return None
    if is_ignored(raw):
        complaints.part(IgnoredAccountPart, keys, raw)
        return None
    broker = raw.get("broker")
    model = _BROKERS.get(broker) if isinstance(broker, str) else None
    if model is not None:
        return complaints.part(model, keys, raw)
    if "broker" in raw:
        message = f"should be 'alpaca', 'schwab' or 'statement', got {shown(broker)}"
        complaints.add((*keys, "broker"), message, hint=did_you_mean(broker, _BROKERS))
    else:
        complaints.missing((*keys, "broker"))
    complaints.part(AccountPart, keys, {key: raw[key] for key in AccountPart.model_fields if key in raw})
    return None


@dataclass(frozen=True, slots=True)
class _Secrets:
    """Makes references to secrets that know where in the file they stand."""

    path: Path
    tree: Tree
    environ: Mapping[str, str]

    def at(self, keys: Keys, reference: tuple[str, str]) -> Secret:
        """The secret that is named at this key's path."""
        fault = self.tree.fault(keys, "")
        return Secret(
            source=reference[0],
            name=reference[1],
            settings=str(self.path),
            place=fault.place,
            line=fault.line,
            column=fault.column,
            environ=self.environ,
        )

    def beside(self, name: str | None) -> Path | None:
        """A file that is named relative to the settings."""
        return None if name is None else self.path.parent / name


def _login(secrets: _Secrets, name: str, part: LoginPart) -> SchwabLogin:
    keys = ("logins", name, "credentials")
    return SchwabLogin(
        name=name,
        host=part.host,
        app_key=secrets.at((*keys, "app_key"), part.credentials.app_key),
        app_secret=secrets.at((*keys, "app_secret"), part.credentials.app_secret),
        callback_url=part.callback_url,
        token=secrets.path.parent / part.token,
    )


def _connection(secrets: _Secrets, at: int, part: AnyPart) -> Connection:
    keys, lots = ("accounts", at), secrets.beside(part.lots)
    match part:
        case StatementPart():
            file = secrets.path.parent / part.file
            return StatementConnection(account=part.id, file=file, account_ends=part.account_ends, lots=lots)
        case SchwabPart():
            number = secrets.at((*keys, "number"), part.number)
            return SchwabConnection(account=part.id, login=part.login, number=number, lots=lots)
        case AlpacaPart():
            return AlpacaConnection(
                account=part.id,
                host=part.host,
                data_host=part.prices_host,
                key_id=secrets.at((*keys, "credentials", "key_id"), part.credentials.key_id),
                secret_key=secrets.at((*keys, "credentials", "secret_key"), part.credentials.secret_key),
                lots=lots,
            )
