"""The page for a spouse or successor: what this is and holds, how to stop it, whom to ask, where the papers are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.household import Account, Household
from bot.domain.letter import Letter
from bot.domain.lots import Position
from bot.domain.money import Usd
from bot.domain.plan import Environment
from bot.domain.snapshot import Holding, Snapshot
from bot.letters.notice import Notice, Part, Tone, notice_letter

NOBODY = "Nobody was named. A fee-only fiduciary adviser or a CPA can read this page."
NOWHERE = "Nothing was written down. Statements come from the keepers named above, by mail or on their pages."


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """What the page is about; `keepers` says in words who keeps each account, `ask` and `papers` are its owner's words.

    `mode` is what the program may do now.
    """

    household: Household
    snapshot: Snapshot
    mode: Environment
    keepers: Mapping[str, str]
    ask: str = ""
    papers: str = ""


def successor_letter(estate: Estate) -> Letter:
    """The page, without any secret: no number of an account, no key, no password."""
    return notice_letter(
        Notice(
            environment=estate.mode,
            title="For whoever takes over",
            lead=(_what_it_is(estate.household), _what_it_does(estate.mode)),
            parts=(
                Part(title=_total(estate.snapshot), entries=_accounts(estate)),
                Part(title="To stop it, any one of these is enough:", entries=_stopping(), tone=Tone.ALARM),
                Part(title="What happens if nobody does anything:", entries=_left_alone()),
                Part(title="Do not:", entries=_never(), tone=Tone.OPEN),
            ),
            closing=(
                f"Whom to ask: {estate.ask or NOBODY}",
                f"Where the papers are: {estate.papers or NOWHERE}",
                f"Written on {estate.snapshot.as_of_on:%A %Y-%m-%d}, from what the accounts held then.",
            ),
            commands=("rebaloop halt", "rebaloop status"),
        )
    )


def _what_it_is(household: Household) -> str:
    owners = dict.fromkeys(account.owner for account in household.accounts)
    return (
        "This is about a program, rebaloop, that runs on a computer at home. It looks at the investment accounts of "
        f"{' and '.join(owners)} as one whole and says which funds to buy or sell so that the mix stays as it was "
        "chosen. It keeps no money: every account is at a broker, in its owner's name, and opens to its owner there."
    )


def _what_it_does(mode: Environment) -> str:
    match mode:
        case Environment.DRY_RUN:
            return "It only writes letters. It never sends an order."
        case Environment.PAPER:
            return "It sends orders to practice accounts only. No real money moves through it."
        case Environment.LIVE:
            return "It sends an order only after a person has said yes to exactly that plan, with a passphrase."


def _total(snapshot: Snapshot) -> str:
    worth = Usd.total(_worth(holding, snapshot) for holding in snapshot.holdings)
    return f"What there is ({worth}), account by account:"


def _accounts(estate: Estate) -> tuple[str, ...]:
    return tuple(_account(one, estate) for one in estate.household.accounts)


def _account(account: Account, estate: Estate) -> str:
    holding = next((one for one in estate.snapshot.holdings if one.account == account.id), None)
    keeper = estate.keepers.get(account.id, "")
    head = f"{account.id}: a {_kind(account)} account of {account.owner}" + (f" at {keeper}" if keeper else "")
    return f"{head}. {_held(holding, estate.snapshot)}"


def _kind(account: Account) -> str:
    return {"401k": "401(k)", "hsa": "health savings", "roth": "Roth", "traditional": "traditional retirement"}.get(
        account.kind.value, account.kind.value
    )


def _held(holding: Holding | None, snapshot: Snapshot) -> str:
    if holding is None:
        return "What is in it is not known here."
    funds = [f"{one.quantity} {one.symbol} ({_value(one, snapshot)})" for one in holding.positions if one.quantity]
    return f"{', '.join([*funds, f'{holding.cash} in cash'])}; together {_worth(holding, snapshot)}."


def _worth(holding: Holding, snapshot: Snapshot) -> Usd:
    return Usd.total([*(_value(one, snapshot) for one in holding.positions), holding.cash])


def _value(position: Position, snapshot: Snapshot) -> Usd:
    return position.quantity.value(snapshot.price(position.symbol) or Decimal(0))


def _stopping() -> tuple[str, ...]:
    return (
        "Switch the computer off. Orders that are at a broker already end with the day.",
        "Type `rebaloop halt` on it: from then on nothing is sent, whatever anybody has said yes to.",
        "Open the approval page and press the button that stops everything; no passphrase is needed for that.",
        "Ring the brokers and ask them to close the program's access (the API keys, or the authorised app).",
    )


def _left_alone() -> tuple[str, ...]:
    return (
        "No order is sent without a yes. A plan that nobody answers runs out after a few trading days.",
        "Its letters go on until the computer is switched off. The accounts stay as they are.",
    )


def _never() -> tuple[str, ...]:
    return (
        "sell in a taxable account before somebody has looked: what is inherited usually gets a new cost (IRC 1014);",
        "move a retirement account by taking the money out: let its keeper transfer it;",
        "answer mails that ask for a password. This program never asks for one by mail.",
    )
