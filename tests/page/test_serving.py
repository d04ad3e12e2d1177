"""The page as it is served: the settings' household over HTTP, one winner among many, and no word of a token."""

from __future__ import annotations

import io
import logging
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import structlog

from adapters.visitor import say_yes
from bot.domain.errors import TryLater, WrongUse
from bot.page.listening import origins
from bot.page.serving import PageServer
from bot.services.cycle import run
from bot.services.passphrases import set_passphrase
from bot.settings.loading import load_settings
from bot.settings.page import PageAddress
from bot.settings.settings import Settings
from bot.wiring import open_house
from tests.doors.stage import Home, a_broker, an_account, build
from tests.page.stage import CHEAP, PHRASES, PageStage, served

MINE = PHRASES["self"]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def request(address: str, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, str]:
    """Status, cookie and body of one answer."""
    with closing(HTTPConnection(urlsplit(address).netloc, timeout=60)) as connection:
        connection.request(method, path, body=body or None, headers=headers)
        answer = connection.getresponse()
        return answer.status, (answer.headers["Set-Cookie"] or "").partition(";")[0], answer.read().decode()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A household at a simulated broker, out of balance, with a page."""
    brokerage, rollover = an_account("brokerage", {"VTI": 5000}), an_account("rollover", {"VTI": 2000, "BND": 6000})
    with a_broker(brokerage, rollover) as broker:
        kinds = {"brokerage": "taxable", "rollover": "traditional"}
        built = build(tmp_path, [broker], {"stocks": 60, "bonds": 40}, kinds)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        built.change(page={"listen": f"127.0.0.1:{port}"})
        yield built


def settings_of(home: Home) -> Settings:
    return load_settings(home.settings, {})


def test_a_letters_link_leads_to_the_plan_and_the_form_there_approves_it(home: Home) -> None:
    settings = settings_of(home)
    with open_house(settings, writing=True) as house:
        assert house.gate is not None
        set_passphrase(person="self", phrase=MINE, clock=house.clock, ledger=house.ledger, gate=house.gate, cost=CHEAP)
        run(house)
    assert settings.page is not None
    link = re.search(rf"{settings.page.url}/a/[\w-]+", home.letters[-1].replace("=\r\n", "").replace("=\n", ""))
    assert link is not None

    with PageServer(settings):
        led_to = say_yes(link[0], MINE)

    with open_house(settings) as house:
        ((_, approval),) = house.ledger.proposals()
    assert approval is not None
    assert (approval.verdict.value, approval.by, led_to) == ("approved", "page:self", urlsplit(link[0]).path)


def test_a_used_link_is_told_apart_from_a_yes(home: Home) -> None:
    settings = settings_of(home)
    with PageServer(settings) as server, pytest.raises(WrongUse, match="no form"):
        say_yes(f"{server.address}/a/nobody", MINE)


def test_without_a_page_in_the_settings_no_port_is_opened(home: Home) -> None:
    settings = replace(settings_of(home), page=None)

    with pytest.raises(WrongUse, match="no page"):
        PageServer(settings)


def test_an_address_that_is_taken_is_for_later(home: Home) -> None:
    settings = settings_of(home)
    with PageServer(settings), pytest.raises(TryLater, match="cannot listen"):
        PageServer(settings).start()


def test_a_page_that_was_closed_can_be_opened_again(home: Home) -> None:
    settings = settings_of(home)
    server = PageServer(settings)
    for _ in range(2):
        with server:
            assert request(server.address, "GET", "/healthz")[::2] == (200, "ok\n")
        with pytest.raises(ConnectionRefusedError):
            request(server.address, "GET", "/healthz")


def test_of_forty_yeses_at_once_exactly_one_counts(stage: PageStage) -> None:
    proposal = stage.propose()
    token = stage.link(proposal)
    with served(stage) as address:
        _, cookie, page = request(address, "GET", f"/a/{token}")
        seal = re.findall(rf'action="/a/{token}/yes"[^>]*><input type="hidden" name="form" value="([^"]+)"', page)[0]
        body = urlencode({"form": seal, "passphrase": MINE})
        headers = {**FORM, "Cookie": cookie, "Origin": address}

        def yes(_: int) -> int:
            return request(address, "POST", f"/a/{token}/yes", body, **headers)[0]

        with ThreadPoolExecutor(40) as crowd:
            statuses = sorted(crowd.map(yes, range(40)))

    with stage.books() as (ledger, _gate):
        said = [fact for fact in ledger.facts(plan=proposal.fingerprint) if type(fact).__name__ == "ConsentGiven"]
    assert (statuses, len(said), stage.verdict(proposal)) == ([303] + [409] * 39, 1, "approved")


def test_no_log_line_holds_a_token_or_a_passphrase(stage: PageStage, capsys: pytest.CaptureFixture[str]) -> None:
    token = stage.link(stage.propose())
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with structlog.testing.capture_logs() as events, served(stage) as address:
            request(address, "GET", f"/a/{token}?passphrase={MINE.split()[0]}")
            say_yes(f"{address}/a/{token}", MINE)
            request(address, "POST", f"/a/{token}/yes", "form=x", **FORM)
            request(address, "GET", f"/a/{token}x")
            stage.folder = stage.folder / f"{token}\x00"
            request(address, "GET", f"/a/{token}")
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    out, err = capsys.readouterr()
    everything = told.getvalue() + str(events) + out + err

    assert "page.failed" in str(events)
    assert (token in everything, "walnut" in everything) == (False, False)


def test_its_own_names_depend_on_where_it_listens() -> None:
    here = PageAddress(port=8787, public_url="https://pie.example")
    open_to_all = PageAddress(host="0.0.0.0", public_url="https://pie.example", behind_tls_proxy=True)  # noqa: S104 - it is what is tested

    assert origins(here) == ("https://pie.example", "http://127.0.0.1:8787", "http://localhost:8787")
    assert origins(open_to_all) == ("https://pie.example",)
