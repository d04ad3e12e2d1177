"""Logging in at Schwab: codes, access tokens and refresh tokens, by the virtual clock."""

import http.client
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from adapters.simulator.schwab.logins import SchwabLogin
from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator.conftest import small_market, two_logins
from tests.adapters.simulator.schwab_customer import CALLBACK, Owner

NUMBERS = "/trader/v1/accounts/accountNumbers"


def _with(login: SchwabLogin) -> SimulatedBroker:
    return SimulatedBroker(market=small_market(), schwab_logins=(login,))


def test_a_code_buys_a_token_once(both: SimulatedBroker) -> None:
    alex = Owner(both, "alex")
    code = alex.code()
    first = alex.ask_for_token(grant_type="authorization_code", code=code, redirect_uri=CALLBACK)
    assert (first.status, first.body["expires_in"], first.body["token_type"]) == (200, 1800, "Bearer")
    assert alex.ask_for_token(grant_type="authorization_code", code=code, redirect_uri=CALLBACK).status == 400


def test_a_code_dies_after_thirty_seconds(both: SimulatedBroker) -> None:
    alex = Owner(both, "alex")
    code = alex.code()
    both.advance(timedelta(seconds=30))
    assert alex.ask_for_token(grant_type="authorization_code", code=code, redirect_uri=CALLBACK).status == 400


def test_the_callback_must_match_to_the_last_slash(both: SimulatedBroker) -> None:
    alex = Owner(both, "alex")
    reply = alex.ask_for_token(grant_type="authorization_code", code=alex.code(), redirect_uri=CALLBACK + "/")
    assert reply.status == 400


def test_a_wrong_app_secret_is_refused(both: SimulatedBroker) -> None:
    stranger = Owner(both, "alex", wrong_secret=True)
    reply = stranger.ask_for_token(grant_type="authorization_code", code=stranger.code(), redirect_uri=CALLBACK)
    assert (reply.status, reply.body["error"]) == (401, "invalid_client")


def test_the_state_of_the_clients_address_comes_back(both: SimulatedBroker) -> None:
    address = f"https://api.schwabapi.com/v1/oauth/authorize?client_id=app-key&redirect_uri={CALLBACK}&state=s%2F1"
    received = both.schwab_login("alex", address)
    assert received.startswith(CALLBACK + "?code=")
    assert parse_qs(urlsplit(received).query)["state"] == ["s/1"]
    with pytest.raises(ValueError, match="does not belong"):
        both.schwab_login("alex", address.replace("app-key", "another"))


def test_an_access_token_dies_after_half_an_hour_and_a_refresh_brings_another(both: SimulatedBroker) -> None:
    alex = Owner(both, "alex").log_in()
    both.advance(timedelta(seconds=1799))
    assert alex.call("GET", NUMBERS).status == 200
    both.advance(timedelta(seconds=1))
    refused = alex.call("GET", NUMBERS)
    assert (refused.status, refused.body["errors"][0]["detail"]) == (401, "Client not authorized")
    assert alex.refresh().status == 200
    assert alex.call("GET", NUMBERS).status == 200


@pytest.mark.parametrize("path", [NUMBERS, "/trader/v1/userPreference", "/marketdata/v1/quotes"])
def test_without_a_token_nothing_is_told(both: SimulatedBroker, path: str) -> None:
    reply = Owner(both, "alex").call("GET", path)
    assert (reply.status, reply.body["errors"][0]["status"]) == (401, 401)


def test_a_refresh_returns_the_same_refresh_token(both: SimulatedBroker) -> None:
    alex = Owner(both, "alex").log_in()
    first = alex.token
    alex.refresh()
    assert alex.token["refresh_token"] == first["refresh_token"]
    assert alex.token["access_token"] != first["access_token"]


def test_the_refresh_token_dies_seven_days_after_the_login_however_often_it_was_used(both: SimulatedBroker) -> None:
    alex = Owner(both, "alex").log_in()
    for _ in range(13):
        both.advance(timedelta(hours=12))
        assert alex.refresh().status == 200
    both.advance(timedelta(hours=12))
    dead = alex.refresh()
    assert (dead.status, dead.body["error"]) == (400, "unsupported_token_type")
    assert "refresh_token_authentication_error" in dead.body["error_description"]
    assert alex.log_in().call("GET", NUMBERS).status == 200


def test_a_rotating_login_forgets_the_refresh_token_it_replaced() -> None:
    with _with(replace(two_logins()[0], rotates_refresh_token=True)) as sim:
        alex = Owner(sim, "alex").log_in()
        old = alex.token["refresh_token"]
        assert alex.refresh().status == 200
        assert alex.token["refresh_token"] != old
        assert alex.ask_for_token(grant_type="refresh_token", refresh_token=old).status == 400


def test_a_strict_login_keeps_one_access_token_alive() -> None:
    with _with(replace(two_logins()[0], one_access_token=True)) as sim:
        alex = Owner(sim, "alex").log_in()
        before = dict(alex.token)
        alex.refresh()
        alex.token = before
        assert alex.call("GET", NUMBERS).status == 401


def test_the_levers_end_a_token_and_a_login(both: SimulatedBroker) -> None:
    alex = Owner(both, "alex").log_in()
    both.end_access("alex")
    assert alex.call("GET", NUMBERS).status == 401
    assert alex.refresh().status == 200
    both.end_login("alex")
    assert alex.call("GET", NUMBERS).status == 401
    assert alex.refresh().status == 400


def test_each_login_opens_its_own_accounts(both: SimulatedBroker) -> None:
    alex, sam = Owner(both, "alex").log_in(), Owner(both, "sam").log_in()
    assert [row["accountNumber"] for row in alex.get(NUMBERS)] == ["10000001", "10000002"]
    assert [row["accountNumber"] for row in sam.get(NUMBERS)] == ["20000001"]
    assert sam.call("GET", f"/trader/v1/accounts/{both.account_hash('10000001')}").status == 400


def test_the_authorize_page_says_yes_at_once_when_it_knows_who_asks(both: SimulatedBroker) -> None:
    query = {"client_id": "app-key", "redirect_uri": CALLBACK, "state": "s", "response_type": "code"}

    def page(**more: str) -> http.client.HTTPResponse:
        line = http.client.HTTPConnection("127.0.0.1", int(both.url.rsplit(":", 1)[1]))
        line.request("GET", "/v1/oauth/authorize?" + urlencode({**query, **more}))
        answer = line.getresponse()
        line.close()
        return answer

    assert page().status == 400  # Alex and Sam share the app
    answer = page(login="alex")
    received = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert (answer.status, received["state"]) == (302, ["s"])
    alex = Owner(both, "alex")
    form = {"grant_type": "authorization_code", "code": received["code"][0], "redirect_uri": CALLBACK}
    assert alex.ask_for_token(**form).status == 200
