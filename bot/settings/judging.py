"""What a settings file gets wrong that no single part of it can see: names that lead nowhere, worlds that mix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.files.complaints import Complaints, did_you_mean
from adapters.files.judgements import is_ignored, items, mapping
from adapters.files.nouns import account_of
from adapters.files.tree import Keys, shown
from bot.domain.plan import Environment
from bot.settings.hosts import LIVE, PAPER, allowed_host, is_loopback
from bot.settings.models import AlpacaPart, LoginPart, SchwabPart, StatementPart

AnyPart = AlpacaPart | SchwabPart | StatementPart


def judge_logins(complaints: Complaints, logins: Mapping[str, object], accounts: Sequence[AnyPart | None]) -> None:
    """Each account at Schwab names a login that is there."""
    for at, part in enumerate(accounts):
        if isinstance(part, SchwabPart) and part.login not in logins:
            message = f"there is no login {shown(part.login)}"
            hint = did_you_mean(part.login, logins) or "describe it below `logins:`"
            complaints.add(("accounts", at, "login"), message, hint=hint)


def judge_worlds(
    complaints: Complaints,
    mode: Environment,
    root: object,
    logins: Mapping[str, LoginPart | None],
    accounts: Sequence[AnyPart | None],
) -> None:
    """Whether every account belongs to the world of the mode; at Alpaca whatever else is wrong with the account."""
    for at, raw in enumerate(items(root, "accounts")):
        if isinstance(raw, dict) and raw.get("broker") == "alpaca" and not is_ignored(raw):
            host = raw.get("host", PAPER)
            _judge_alpaca(complaints, ("accounts", at), mode, allowed_host(str(host), real=LIVE) or host)
    for at, part in enumerate(accounts):
        if isinstance(part, SchwabPart) and mode is Environment.PAPER:
            login = logins.get(part.login)
            if login is not None and not is_loopback(login.host):
                _judge_paper(complaints, ("accounts", at, "login"), part)


def _judge_alpaca(complaints: Complaints, account: Keys, mode: Environment, host: object) -> None:
    keys = (*account, "host")
    if host == LIVE and mode is not Environment.LIVE:
        message = f"{LIVE} moves real money, and the mode is {mode.value}"
        complaints.add(keys, message, hint="leave the key out for the paper service, or write `mode: live` at the top")
    elif host == PAPER and mode is Environment.LIVE:
        message, hint = f"the mode is live, and {PAPER} is the paper service", f"write `host: {LIVE}`, or `mode: paper`"
        at = keys if keys in complaints.tree.marks else (*account, "broker")
        complaints.add(at, message, hint=hint)


def _judge_paper(complaints: Complaints, keys: Keys, part: SchwabPart) -> None:
    """No orders in paper mode where there is no paper: Schwab's accounts are all real."""
    account = account_of(part, automatic=True)
    if account.managed and account.automatic:
        message = f"{part.id} is a real account: Schwab has no paper ones"
        hint = "write `mode: dry_run` at the top, or `role: instructed` for this account"
        complaints.add(keys, message, hint=hint)


def judge_automatic(complaints: Complaints, root: object) -> None:
    """Of real accounts a person decides; asked of the raw file, so that no other mistake can hide it."""
    if isinstance(root, dict) and root.get("mode") == "live" and mapping(root, "approval").get("automatic") == "paper":
        message = "with real accounts nothing is approved without asking"
        complaints.add(("approval", "automatic"), message, hint="write `automatic: never`, or leave the key out")
