"""`rebaloop doctor` finds each of many planted faults, and by exactly its line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from adapters.calendar import ExchangeCalendar
from adapters.halt_file import HaltFile
from adapters.pause_file import PauseFile
from adapters.store.ledger import SqliteLedger
from bot import log
from bot.cli.checks.finding import Finding, State
from bot.domain.facts import Break, OrderIntended, OrderMoved, Reconciled
from bot.domain.letter import Letter
from bot.domain.orders import OrderState
from bot.domain.readings import Session
from bot.wiring import open_mail, settings_from
from tests.doors.ward import Ward, ward

__all__ = ["ward"]


class NoHolidays:
    """A calendar that was made before anybody knew when the exchange would be shut next year."""

    def __init__(self) -> None:
        self._known = ExchangeCalendar()

    def session(self, on: date) -> Session | None:
        session = self._known.session(on)
        return session or (None if on.weekday() > 4 else self._known.session(date(2026, 3, 2)))

    def next_session(self, after: date) -> Session:
        return self._known.next_session(after)


def ill(found: list[Finding]) -> list[tuple[str, State]]:
    return [(one.check, one.state) for one in found if one.state in {State.WARN, State.FAIL}]


def _wrong_key(ward: Ward) -> None:
    ward.home.change(colour="blue")


def _settings_open(ward: Ward) -> None:
    ward.home.settings.chmod(0o666)


def _secret_missing(ward: Ward) -> None:
    (ward.home.folder / "brokerage-secret.key").unlink()


def _secret_open(ward: Ward) -> None:
    (ward.home.folder / "brokerage-secret.key").chmod(0o644)


def _ledger_open(ward: Ward) -> None:
    ward.ledger.chmod(0o644)


def _token_open_folder(ward: Ward) -> None:
    ward.home.folder.chmod(0o777)


def _letters_open(ward: Ward) -> None:
    (ward.home.folder / "letters").chmod(0o755)


def _full_disk(ward: Ward) -> None:
    ward.machine = replace(ward.machine, free_megabytes=lambda _: 12)


def _damaged(ward: Ward) -> None:
    ward.sql("PRAGMA journal_mode = DELETE")
    with ward.ledger.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * 4096)


def _rule_gone(ward: Ward) -> None:
    ward.sql("DROP TRIGGER fact_never_changes")


def _newer(ward: Ward) -> None:
    ward.sql("PRAGMA user_version = 99")


def _somebody_elses(ward: Ward) -> None:
    ward.sql("PRAGMA application_id = 7")


def _halted(ward: Ward) -> None:
    HaltFile(ward.home.folder / "HALT").pull("looking into something")


def _paused(ward: Ward) -> None:
    PauseFile(ward.home.folder / "PAUSE").begin(date(2026, 4, 1), "away")


def _stuck(ward: Ward) -> None:
    ward.sql(
        "INSERT INTO due VALUES ('sweep', '', '2026-02-27', 'a sweep', 'claimed', 1,"
        " '2026-02-27T15:00:00+00:00', '2026-02-27T15:00:00+00:00', NULL, '')"
    )


def _nothing_runs(ward: Ward) -> None:
    for broker in (*ward.home.brokers, ward.schwab):
        broker.advance(timedelta(days=6))
    ward.log_in()


def _order_lost(ward: Ward) -> None:
    plan = ward.home.proposals[-1]
    ward.terminal("approve", plan.plan_id, "--yes")
    ward.terminal("run", "--due")
    at = datetime(2026, 2, 27, 15, tzinfo=UTC)
    with SqliteLedger(ward.ledger) as ledger:
        intent = replace(ledger.orders()[0].intent, line=99)
        ledger.record(OrderIntended(at=at, intent=intent))
        ledger.record(OrderMoved(at=at, client_order_id=intent.client_order_id, state=OrderState.SENDING))


def _left_to_a_person(ward: Ward) -> None:
    _order_lost(ward)
    with SqliteLedger(ward.ledger) as ledger:
        lost = next(one for one in ledger.orders() if one.state is OrderState.SENDING)
        for state in (OrderState.UNKNOWN, OrderState.HUMAN):
            at = datetime(2026, 3, 2, 15, tzinfo=UTC)
            ledger.record(OrderMoved(at=at, client_order_id=lost.intent.client_order_id, state=state))


def _books_disagree(ward: Ward) -> None:
    wrong = Break(account="brokerage", symbol="VTI", expected="1", found="2", message="brokerage has 2 VTI, not 1")
    with SqliteLedger(ward.ledger) as ledger:
        at = datetime(2026, 3, 2, 15, tzinfo=UTC)
        ledger.record(Reconciled(at=at, plan=ward.home.proposals[-1].fingerprint, breaks=(wrong,)))


def _other_mode(ward: Ward) -> None:
    ward.home.change(mode="dry_run")


def _no_passphrase(ward: Ward) -> None:
    ward.home.change(page={})


def _letter_waits(ward: Ward) -> None:
    mail = {"from": "bot@home.example", "to": "ann@home.example", "host": "127.0.0.1", "port": 1, "security": "none"}
    ward.home.change(mail=mail)
    log.set_up(quiet=True)
    with open_mail(settings_from(ward.home.settings)) as postbox:
        postbox.send(Letter(subject="a letter", text="a letter"))
        postbox.deliver()


def _clock_wrong(ward: Ward) -> None:
    ward.home.brokers[1].advance(timedelta(minutes=10))


def _login_over(ward: Ward) -> None:
    kept = json.loads(ward.token.read_text(encoding="ascii"))
    kept["creation_timestamp"] = int(datetime(2026, 2, 20, tzinfo=UTC).timestamp())
    kept["token"] |= {"refresh_token": "over", "expires_at": 1}
    ward.token.write_text(json.dumps(kept), encoding="ascii")


def _login_ends(ward: Ward) -> None:
    kept = json.loads(ward.token.read_text(encoding="ascii"))
    kept["creation_timestamp"] = int(datetime(2026, 2, 24, tzinfo=UTC).timestamp())
    ward.token.write_text(json.dumps(kept), encoding="ascii")


def _broker_down(ward: Ward) -> None:
    ward.account("rollover")["host"] = "http://127.0.0.1:1"
    ward.home.furnish()


def _reinvests(ward: Ward) -> None:
    ward.schwab.reinvest("40001678", "VTI")
    for broker in (*ward.home.brokers, ward.schwab):
        broker.advance(timedelta(days=3))


def _shares_left(ward: Ward) -> None:
    for broker in (*ward.home.brokers, ward.schwab):
        broker.advance(timedelta(hours=1))
    ward.home.book("rollover").lots("VTI").remove(Decimal(500))


def _calendar_ends(ward: Ward) -> None:
    ward.machine = replace(ward.machine, calendar=NoHolidays())


def _exposed(ward: Ward) -> None:
    ward.machine = replace(ward.machine, exposure=lambda: Decimal("9.2"))


def _ping_nowhere(ward: Ward) -> None:
    path = ward.home.folder / "ping.url"
    path.touch(mode=0o600)
    path.write_text("http://example.org/abc", encoding="ascii")
    ward.home.change(ping={"url": {"file": "ping.url"}})


PLANTED: dict[str, tuple[Callable[[Ward], None], str, State, str]] = {
    "a key that nobody knows": (_wrong_key, "settings", State.FAIL, "rebaloop config check"),
    "settings that others may change": (_settings_open, "settings file", State.FAIL, "chmod go-w"),
    "a secret that is not there": (_secret_missing, "secrets", State.FAIL, ""),
    "a secret that others may read": (_secret_open, "secrets", State.FAIL, "chmod 600"),
    "a ledger that others may read": (_ledger_open, "state", State.FAIL, "chmod 600"),
    "a folder that others may write": (_token_open_folder, "state", State.FAIL, "chmod 700"),
    "letters that others may read": (_letters_open, "letters", State.FAIL, "chmod 700"),
    "a full disk": (_full_disk, "disk", State.FAIL, "df -h"),
    "a damaged ledger": (_damaged, "ledger", State.FAIL, "rebaloop restore"),
    "a ledger without one of its rules": (_rule_gone, "ledger", State.FAIL, "rebaloop restore"),
    "a ledger of a newer version": (_newer, "ledger", State.FAIL, "update rebaloop"),
    "somebody else's database": (_somebody_elses, "ledger", State.FAIL, "rebaloop restore"),
    "a brake that was pulled": (_halted, "brake", State.WARN, "rebaloop resume"),
    "a pause": (_paused, "brake", State.WARN, "rebaloop resume"),
    "a due date that was begun and never ended": (_stuck, "due dates", State.FAIL, "rebaloop run --due"),
    "a timer that rings no more": (_nothing_runs, "due dates", State.FAIL, "systemctl status"),
    "an order of unknown fate": (_order_lost, "orders", State.FAIL, "rebaloop run"),
    "an order that was left to a person": (_left_to_a_person, "orders", State.WARN, "rebaloop history"),
    "books that disagree with a broker": (_books_disagree, "books", State.FAIL, "rebaloop accept brokerage"),
    "a plan of another mode": (_other_mode, "environment", State.FAIL, "rebaloop reject"),
    "a page without a passphrase": (_no_passphrase, "page", State.FAIL, "rebaloop passphrase self"),
    "a letter that waits in vain": (_letter_waits, "post", State.WARN, "rebaloop letters"),
    "a clock that is wrong": (_clock_wrong, "clock", State.FAIL, "timedatectl"),
    "a login that is over": (_login_over, "logins", State.FAIL, "rebaloop login anna"),
    "a login that ends soon": (_login_ends, "logins", State.WARN, "rebaloop login anna"),
    "a broker that does not answer": (_broker_down, "accounts", State.FAIL, ""),
    "dividends that buy shares by themselves": (_reinvests, "reinvestment", State.WARN, ""),
    "shares that left without a reason": (_shares_left, "shares", State.FAIL, "rebaloop accept"),
    "a calendar that ends with the year": (_calendar_ends, "calendar", State.WARN, "update rebaloop"),
    "a unit without its walls": (_exposed, "service", State.WARN, "install.sh"),
    "a ping in clear text": (_ping_nowhere, "ping", State.WARN, "ping"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found_by_exactly_its_line(ward: Ward, fault: str) -> None:
    plant, check, state, mend = PLANTED[fault]
    plant(ward)

    found = ward.look()

    assert ill(found) == [(check, state)]
    line = next(one for one in found if one.check == check)
    assert mend in line.mend
    assert line.mend


def test_nothing_is_found_in_a_household_that_is_well(ward: Ward) -> None:
    found = ward.look()

    assert ill(found) == []
    assert not [one for one in found if one.state is State.UNSEEN]
    assert len({one.check for one in found}) == len(found)


def test_twenty_faults_are_planted_at_least() -> None:
    assert len(PLANTED) >= 20


def test_a_mail_server_that_is_not_there_is_found_when_a_letter_is_sent(ward: Ward) -> None:
    mail = {"from": "bot@home.example", "to": "ann@home.example", "host": "127.0.0.1", "port": 1, "security": "none"}
    ward.home.change(mail=mail)

    assert ill(ward.look()) == []
    assert ill(ward.look(mail=True)) == [("mail", State.FAIL)]


def test_the_command_shows_a_line_for_each_thing_and_how_to_mend_it(ward: Ward) -> None:
    _halted(ward)
    _ledger_open(ward)

    said = ward.terminal("doctor")

    assert said.code == 1
    lines = said.out.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("warn    brake"))
    assert lines[at].endswith("halted, nothing is sent: looking into something")
    assert lines[at + 1].strip() == "next: rebaloop resume"
    assert lines[-1].endswith("1 warn, 1 fail")


def test_a_warning_alone_is_no_failure(ward: Ward) -> None:
    _halted(ward)

    said = ward.terminal("doctor", "--json")

    assert said.code == 0
    assert {"check": "brake", "state": "warn"}.items() <= next(
        one for one in said.objects if one["check"] == "brake"
    ).items()


def test_the_doctor_draws_no_plan(ward: Ward) -> None:
    before = ward.home.proposals
    ward.look()

    assert ward.home.proposals == before
