"""The plugboard: which adapter stands behind which port."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from adapters.brokers.alpaca.broker import AlpacaBroker
from adapters.brokers.statement.seed import read_lots
from adapters.calendar import ExchangeCalendar
from adapters.clock import DateClock, SystemClock
from adapters.halt_file import NAME as HALT, HaltFile
from adapters.letters_folder import LettersFolder
from adapters.pause_file import NAME as PAUSE, PausableBrake, PauseFile
from adapters.store.due_book import SqliteDueBook
from adapters.store.gate import SqliteGate
from adapters.store.ledger import SqliteLedger
from adapters.store.lock import single_instance
from bot.domain.errors import Fault, FixTheFile, WrongUse
from bot.domain.plan import Environment
from bot.domain.post import OutboxState
from bot.domain.seeds import Seed
from bot.keepers import World, clock_among, reached, statement, worlds_of
from bot.ports import Clock, Ledger, Postbox
from bot.services.arming import order_most, why_not
from bot.services.due_work import Agenda
from bot.services.held_cash import held, with_held_cash
from bot.services.house import House
from bot.services.house_work import HouseWork
from bot.services.terms import Terms, new_york_date
from bot.settings.hosts import is_loopback, world_of
from bot.settings.loading import find_settings, load_settings
from bot.settings.settings import AlpacaConnection, Settings, StatementConnection

if TYPE_CHECKING:
    from adapters.mail.postbox import MailPostbox


def settings_from(explicit: Path | None, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that a command should use; FixTheFile (exit 78) when there are none or they are wrong."""
    return load_settings(find_settings(explicit, environ), environ)


@contextmanager
def open_house(settings: Settings, *, writing: bool = False, world: World = world_of) -> Iterator[House]:
    """Everything that a run has to ask, plugged together; `writing` keeps other instances out until it ends.

    Raises:
        FixTheFile: for `mode: live` that is not armed (exit 78).
        NotAllowed: for a host that is not allowed in the mode.
        TryLater: when another instance is at work, or the ledger cannot be written.
    """
    alone = single_instance(settings.ledger) if writing else nullcontext()
    with alone, SqliteLedger(settings.ledger) as ledger, ExitStack() as opened:
        armed = _armed(settings, ledger)
        live = reached(settings, armed=armed)
        clock, calendar = clock_among(settings, live), ExchangeCalendar()
        kept = {
            c.account: statement(c, settings, calendar, clock)
            for c in settings.connections
            if isinstance(c, StatementConnection)
        }
        yield House(
            household=with_held_cash(settings.household, held(ledger)),
            policy=settings.policy,
            terms=Terms(
                environment=settings.mode,
                settings_fingerprint=settings.fingerprint,
                expires_sessions=settings.approval.expires_sessions,
                price_collar_pct=settings.approval.price_collar_pct,
                limits=replace(settings.limits, order_most=order_most(ledger)) if armed else settings.limits,
                live_enabled=armed,
                each_owner=settings.approval.each_owner,
                automatic=settings.approval.automatic,
            ),
            brokers={**live, **kept},
            addresses=worlds_of(settings, world),
            calendar=calendar,
            clock=clock,
            ledger=ledger,
            brake=brake_of(settings, clock),
            postbox=opened.enter_context(open_postbox(settings, clock)),
            fallback_prices=dict(settings.prices),
            seeds=seeds_of(settings, clock),
            gate=SqliteGate(ledger),
            page_url=settings.page.url if settings.page else "",
            schedule=settings.schedule,
            announcers={account: broker for account, broker in live.items() if isinstance(broker, AlpacaBroker)},
        )


def _armed(settings: Settings, ledger: Ledger) -> bool:
    """Whether orders to real accounts are open; in live mode nothing at all is, unless they are."""
    if settings.mode is not Environment.LIVE:
        return False
    why = why_not(ledger, settings.armed_for)
    if why:
        fault = Fault(message=f"real accounts are not open: {why}", place="mode", hint="rebaloop arm; or mode: dry_run")
        raise FixTheFile(str(settings.file), (fault,), settings=True)
    return True


@contextmanager
def open_postbox(settings: Settings, clock: Clock) -> Iterator[Postbox]:
    """Where letters leave: as mail where the settings say how, otherwise into a folder."""
    if settings.mail is None:
        yield LettersFolder(settings.letters, clock)
    else:
        with open_mail(settings) as postbox:
            yield postbox


class Post(TypedDict):
    """What it takes to write a letter where the house cannot be opened."""

    clock: Clock
    ledger: Ledger
    postbox: Postbox


@contextmanager
def open_post(settings: Settings) -> Iterator[Post]:
    """The books and the postbox, by this machine's clock; raises like `open_house`."""
    clock = SystemClock()
    with SqliteLedger(settings.ledger) as ledger, open_postbox(settings, clock) as postbox:
        yield Post(clock=clock, ledger=ledger, postbox=postbox)


@contextmanager
def open_mail(settings: Settings) -> Iterator[MailPostbox]:
    """The post office, by this machine's clock: for a mail server a simulated broker's days do not pass.

    Raises:
        WrongUse: where the settings say nothing of mail.
        FixTheFile: for a password that cannot be read (exit 78).
    """
    from adapters.mail.postbox import MailPostbox  # noqa: PLC0415 - only who sends mail loads what that takes
    from adapters.mail.server import MailServer  # noqa: PLC0415 - same
    from adapters.store.outbox import Outbox  # noqa: PLC0415 - same

    mail = settings.mail
    if mail is None:
        message = f"Letters go to the folder {settings.letters}: the settings say nothing of mail."
        raise WrongUse(message, next_step="describe your mail server below `mail:`")
    server = MailServer(
        sender=mail.sender,
        recipients=mail.recipients,
        host=mail.host,
        port=mail.port,
        security=mail.security,
        username=mail.username,
        password="" if mail.password is None else mail.password.reveal(),
        ca_file=mail.ca_file,
    )
    with Outbox(settings.ledger) as outbox:
        yield MailPostbox(outbox, server, SystemClock())


def outbox_state(settings: Settings) -> OutboxState:
    """What waits for the post and what never arrived, for whoever opens no house; raises like `open_mail`."""
    with open_postbox(settings, SystemClock()) as postbox:
        return postbox.outbox_state()


def seeds_of(settings: Settings, clock: Clock) -> tuple[Seed, ...]:
    """The tax lots that were written down for the accounts, as their files say now.

    Raises:
        FixTheFile: with every mistake of a list (exit 65).
    """
    today = new_york_date(clock.now())
    return tuple(
        read_lots(
            one.lots,
            account=one.account,
            today=today,
            account_ends=one.account_ends if isinstance(one, StatementConnection) else "",
        )
        for one in settings.connections
        if one.lots is not None
    )


def brake_of(settings: Settings, clock: Clock | None = None) -> PausableBrake:
    """The emergency brake, a file beside the ledger that works while a run is under way; a pause counts too."""
    return PausableBrake(HaltFile(settings.ledger.with_name(HALT)), pause_of(settings), clock or SystemClock())


def pause_of(settings: Settings) -> PauseFile:
    """A pause from trading: another file beside the ledger."""
    return PauseFile(settings.ledger.with_name(PAUSE))


@contextmanager
def open_agenda(settings: Settings, *, writing: bool = False) -> Iterator[tuple[Agenda, HouseWork]]:
    """What is due, and the house that it is due in; raises like `open_house`."""
    with open_house(settings, writing=writing) as house, SqliteDueBook(settings.ledger) as book:
        work = HouseWork(house=house, book=book)
        agenda = Agenda(
            schedule=house.schedule,
            calendar=house.calendar,
            clock=house.clock,
            book=book,
            pause=pause_of(settings),
            work=work,
        )
        yield agenda, work


@contextmanager
def open_ledger(settings: Settings) -> Iterator[SqliteLedger]:
    """The books alone, for commands that only read them."""
    with SqliteLedger(settings.ledger) as ledger:
        yield ledger


@contextmanager
def open_gate(settings: Settings) -> Iterator[tuple[SqliteLedger, SqliteGate]]:
    """The books with their gate, for commands that ask nobody else."""
    with SqliteLedger(settings.ledger) as ledger:
        yield ledger, SqliteGate(ledger)


def time_of(settings: Settings) -> Clock:
    """The household's time, for whoever opens no house: a simulated broker's own, where one keeps an account."""
    hosts = [one.host for one in settings.connections if isinstance(one, AlpacaConnection)]
    simulated = [host for host in (*hosts, *(login.host for login in settings.logins)) if is_loopback(host)]
    return DateClock(simulated[0]) if simulated else SystemClock()
