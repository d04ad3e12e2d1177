"""Logging in at Schwab: an address out, an address back, and a token that is proven before it is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.brokers.schwab.access import Access
from adapters.brokers.schwab.line import Line
from adapters.brokers.schwab.logins import log_in
from adapters.brokers.schwab.redirects import authorization_url, code_in
from adapters.brokers.schwab.token_file import TokenFile
from adapters.simulator.market.exchange import Asset, Market
from adapters.simulator.market.prices import PricePath
from adapters.simulator.schwab.logins import SchwabAccount, SchwabLogin
from adapters.simulator.server import SimulatedBroker
from bot.domain.errors import LogIn, TryLater
from bot.domain.plan import Environment
from tests.adapters.hostile import Reply
from tests.adapters.scripted_schwab import HASH, NUMBER, NUMBERS, TOKEN, access_to, scripted_schwab, store, tokens
from tests.doors.stage import Said, Terminal, ten_o_clock
from tests.fakes.clock import FakeClock

CALLBACK = "https://127.0.0.1:8182"
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A broker with the login `anna`, and settings that name it."""

    broker: SimulatedBroker
    folder: Path
    terminal: Terminal

    @property
    def token_path(self) -> Path:
        return self.folder / "anna.json"

    def way(self) -> str:
        """The address that the command shows."""
        said = self.terminal("login", "anna")
        return next(line.strip() for line in said.out.splitlines() if "oauth/authorize" in line)

    def sent_to(self, **changed: str) -> str:
        """Where the browser is sent after a yes, with parts of the answer changed."""
        url = self.broker.schwab_login("anna", self.way())
        for old, new in changed.items():
            url = url.replace(f"{old}={parse_qs(urlsplit(url).query)[old][0]}", f"{old}={new}")
        return url

    def settle(self, **logins: Mapping[str, object]) -> None:
        """Write the settings, with these logins beside the first."""
        anna = {
            "broker": "schwab",
            "host": self.broker.url,
            "callback_url": CALLBACK,
            "token": "anna.json",
            "credentials": {"app_key": {"env": "APP_KEY"}, "app_secret": {"env": "APP_SECRET"}},
        }
        account = {"kind": "taxable", "broker": "schwab", "login": "anna", "menu": ["VTI"]}
        tree = {
            "id": "home",
            "policy": {"targets_pct": {"stocks": 100}},
            "securities": {"VTI": {"class": "stocks"}},
            "logins": {"anna": anna, **{name: {**anna, **part} for name, part in logins.items()}},
            "accounts": [
                {**account, "id": "brokerage", "number": {"env": "BROKERAGE"}},
                {**account, "id": "rollover", "kind": "traditional", "number": {"env": "ROLLOVER"}},
            ],
        }
        (self.folder / "household.yaml").write_text(json.dumps(tree), encoding="ascii")


@pytest.fixture
def office(tmp_path: Path, rebaloop: Terminal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    accounts = (
        SchwabAccount(name="one", number="40001678", cash=Decimal(1000)),
        SchwabAccount(name="two", number="40002234", cash=Decimal(1000)),
    )
    anna = SchwabLogin(
        name="anna", app_key="canary-key", app_secret="canary-secret", callback_url=CALLBACK, accounts=accounts
    )
    market = Market(
        start_at=ten_o_clock(NOW.date()), assets=(Asset(symbol="VTI"),), prices={"VTI": PricePath.flat("100")}
    )
    variables = {
        "APP_KEY": "canary-key",
        "APP_SECRET": "canary-secret",
        "BROKERAGE": "40001678",
        "ROLLOVER": "40009999",
        "REBALOOP_SETTINGS": str(tmp_path / "household.yaml"),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with SimulatedBroker(market=market, schwab_logins=[anna]) as broker:
        built = Office(broker=broker, folder=tmp_path, terminal=rebaloop)
        built.settle()
        yield built
    assert broker.failures == []


def test_a_headless_login_shows_the_way_takes_the_answer_and_keeps_the_token(office: Office) -> None:
    said = office.terminal("login", "anna", typed=office.sent_to() + "\n")

    assert said.code == 0, said.err
    assert said.out.partition("Paste the address here: ")[2].splitlines() == [
        "The login `anna` opens 2 accounts:",
        "  ...678  brokerage",
        "  ...234  (not in the settings)",
        "Warning: it does not open `rollover`; log in again and tick that account, or correct its number.",
        "It lasts until Monday 2026-03-09 at 11:00 New York time.",
        "next: rebaloop status",
    ]
    assert TokenFile(office.token_path, login="anna").load().logged_in_at == NOW


@pytest.mark.parametrize("words", [("login", "anna"), ("login", "schwab"), ("login",)])
def test_the_answer_can_come_with_a_second_command(office: Office, words: tuple[str, ...]) -> None:
    said = office.terminal(*words, "--url", office.sent_to())

    assert (said.code, said.out.splitlines()[0]) == (0, "The login `anna` opens 2 accounts:")


def test_nothing_secret_is_shown(office: Office) -> None:
    office.terminal("login", "anna", typed=office.sent_to() + "\n")
    stored = TokenFile(office.token_path, login="anna").load()
    shown = office.terminal.transcript
    secrets = ("canary-secret", "40001678", "40002234", stored.access_token, stored.refresh_token)

    assert not [secret for secret in secrets if secret in shown]


def test_the_session_of_a_new_login_still_renews_itself_after_half_an_hour(office: Office) -> None:
    office.terminal("login", "--url", office.sent_to())
    office.broker.advance(timedelta(minutes=31))
    access = Access(
        name="anna",
        app_key="canary-key",
        app_secret="canary-secret",
        callback_url=CALLBACK,
        token_path=office.token_path,
        origin=office.broker.url,
    )
    line = Line(access, environment=Environment.PAPER, clock=FakeClock(NOW))

    assert isinstance(line.account_numbers(), list)
    office.broker.advance(timedelta(days=7))
    with pytest.raises(LogIn):
        line.account_numbers()


def refused(office: Office, pasted: str) -> Said:
    """A login that fails, and leaves what was there before."""
    store(office.token_path, serial="good")
    before = office.token_path.read_bytes()
    said = office.terminal("login", "anna", "--url", pasted)
    assert office.token_path.read_bytes() == before
    assert said.err.endswith("next: rebaloop login anna\n")
    return said


WRONG = {
    "nothing": ("", "begins with https://127.0.0.1:8182"),
    "another address": ("https://example.com/?code=1&state=2", "begins with"),
    "another port": ("https://127.0.0.1:8183/?code=1", "begins with"),
    "the code alone": ("C0.abc@", "begins with"),
    "no address": ("http://[", "begins with"),
    "a no": (f"{CALLBACK}/?error=access_denied&state=1", "told no in the browser"),
    "no code": (f"{CALLBACK}/?state=1", "holds no code"),
    "no state": (f"{CALLBACK}/?code=C0.abc", "another question"),
    "a made-up state": (f"{CALLBACK}/?code=C0.abc&state=1772463600.abc", "another question"),
    "a state beyond ascii": (f"{CALLBACK}/?code=C0.abc&state=%C3%A9", "another question"),
}


@pytest.mark.parametrize(("pasted", "words"), WRONG.values(), ids=WRONG)
def test_a_wrong_paste_is_told_in_one_sentence_and_nothing_is_asked(office: Office, pasted: str, words: str) -> None:
    said = refused(office, pasted)

    assert said.code == 4
    assert words in said.err
    assert not office.broker.requests


def test_a_code_opens_once(office: Office) -> None:
    pasted = office.sent_to()
    office.terminal("login", "--url", pasted)
    said = refused(office, pasted)

    assert said.code == 4
    assert "only within half a minute" in said.err


def test_a_code_that_is_too_old_is_refused(office: Office) -> None:
    pasted = office.sent_to()
    office.broker.advance(timedelta(seconds=31))
    said = refused(office, pasted)

    assert (said.code, "only within half a minute" in said.err) == (4, True)


def test_an_app_that_the_broker_does_not_know_is_told_apart(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_SECRET", "another")
    said = refused(office, office.sent_to())

    assert (said.code, "does not know this app" in said.err) == (4, True)


def test_somebody_elses_login_does_not_take_the_place_of_the_right_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROKERAGE", "50001111")
    said = refused(office, office.sent_to())

    assert (said.code, "was somebody else logged in?" in said.err) == (4, True)


def test_a_login_that_is_not_there_is_named_with_those_that_are(office: Office) -> None:
    office.settle(bert={"token": "bert.json"})

    assert office.terminal("login", "carl").err.startswith("error: There is no login 'carl'; there are `anna`, `bert`.")
    assert office.terminal("login").code == 2
    assert office.terminal("login", "schwab").err.startswith("error: There is no login 'schwab'")


def test_an_address_that_nobody_pastes_ends_the_command(office: Office) -> None:
    said = office.terminal("login", "anna", typed="")

    assert said.code == 130
    assert not office.token_path.exists()


def answer_to(access: Access, now: datetime = NOW) -> str:
    """Where a browser would be sent."""
    state = parse_qs(urlsplit(authorization_url(access, now)).query)["state"][0]
    return f"{CALLBACK}/?code=C0.abc%40&session=1&state={state}"


def test_the_code_is_exchanged_to_the_letter(tmp_path: Path) -> None:
    with scripted_schwab() as script:
        access = access_to(script.url, tmp_path)
        log_in(access, answer_to(access), expected={}, clock=FakeClock(NOW))

        assert script.asked[0].form == {
            "grant_type": "authorization_code",
            "code": "C0.abc@",
            "redirect_uri": CALLBACK,
        }
        assert [f"{asked.method} {asked.path}" for asked in script.asked] == [TOKEN, NUMBERS, NUMBERS]


@pytest.mark.parametrize(
    "reply",
    [Reply(status=403, body=b"<title>Access Denied</title>"), Reply(status=503), Reply(drop=True), Reply(body={})],
)
def test_a_login_service_that_fails_for_now_leaves_the_old_token(tmp_path: Path, reply: Reply) -> None:
    with scripted_schwab() as script:
        access = access_to(script.url, tmp_path)
        store(access.token_path, serial="good")
        script.say(TOKEN, reply)
        with pytest.raises(TryLater):
            log_in(access, answer_to(access), expected={}, clock=FakeClock(NOW))

        assert TokenFile(access.token_path, login="schwab").load().access_token.endswith("good")


@pytest.mark.parametrize("reply", [Reply(status=503), Reply(drop=True), Reply(hang=False, status=500)])
def test_a_new_token_is_kept_although_its_proof_has_to_wait(tmp_path: Path, reply: Reply) -> None:
    with scripted_schwab() as script:
        access = access_to(script.url, tmp_path)
        script.say(TOKEN, Reply(body=tokens("new")))
        script.say(NUMBERS, reply)
        with pytest.raises(TryLater, match="The new login is kept"):
            log_in(access, answer_to(access), expected={"a": NUMBER}, clock=FakeClock(NOW))

        assert TokenFile(access.token_path, login="schwab").load().access_token.endswith("new")


def test_a_new_token_that_opens_nothing_is_not_kept(tmp_path: Path) -> None:
    with scripted_schwab() as script:
        access = access_to(script.url, tmp_path)
        script.say(NUMBERS, Reply(status=401, body={"errors": [{"title": f"no {HASH}"}]}))
        with pytest.raises(LogIn, match=r"opens no account to this login: no \.\.\."):
            log_in(access, answer_to(access), expected={}, clock=FakeClock(NOW))

        assert not access.token_path.exists()


def test_an_answer_after_half_an_hour_is_too_late(tmp_path: Path) -> None:
    access = access_to("http://127.0.0.1:9", tmp_path)

    assert code_in(answer_to(access), access, NOW + timedelta(minutes=29)) == "C0.abc@"
    with pytest.raises(LogIn, match="too long ago"):
        code_in(answer_to(access), access, NOW + timedelta(minutes=31))


def test_the_answer_for_one_login_is_none_for_another(tmp_path: Path) -> None:
    access = access_to("http://127.0.0.1:9", tmp_path)
    other = Access(
        name="other",
        app_key=access.app_key,
        app_secret=access.app_secret,
        callback_url=CALLBACK,
        token_path=tmp_path / "other.json",
        origin=access.origin,
    )
    with pytest.raises(LogIn, match="another question"):
        code_in(answer_to(access), other, NOW)
