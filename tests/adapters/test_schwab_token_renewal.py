"""A token is renewed once for everybody who waits for it, and no failure on the way loses it."""

import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.brokers.schwab.access import Access
from adapters.brokers.schwab.line import PATIENCE
from adapters.brokers.schwab.session import Session
from adapters.brokers.schwab.token_file import TokenFile
from bot.domain.errors import LogIn, RebaloopError, TryLater
from bot.domain.logins import login_words
from bot.domain.readings import Login
from tests.adapters.hostile import Reply
from tests.adapters.scripted_schwab import (
    LISTED,
    LOGGED_IN_AT,
    NUMBERS,
    TOKEN,
    Script,
    access_to,
    line_to,
    scripted_schwab,
    store,
    tokens,
)

ROOT = Path(__file__).resolve().parents[2]
GATE = b"<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD></HTML>"
DEAD = {
    "error": "unsupported_token_type",
    "error_description": '400 Bad Request: "{"error":"refresh_token_authentication_error"}"',
}

Desk = tuple[Script, Access]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A broker, and a login whose access token has ended."""
    with scripted_schwab() as script:
        access = access_to(script.url, tmp_path)
        store(access.token_path, expires_at=1)
        yield script, access


def test_an_ended_access_token_is_renewed_with_the_apps_credentials_and_kept(desk: Desk) -> None:
    script, access = desk
    line_to(access).account_numbers()
    renewal = script.asked[0]

    assert renewal.form == {"grant_type": "refresh_token", "refresh_token": "canary-refresh-token"}
    assert renewal.headers["authorization"].startswith("Basic ")
    assert TokenFile(access.token_path, login="schwab").load().access_token == "canary-access-token-1"


def test_a_renewal_does_not_make_the_login_any_younger(desk: Desk) -> None:
    _, access = desk
    line = line_to(access)
    line.account_numbers()

    assert line.login() == Login(name="schwab", logged_in_at=LOGGED_IN_AT, expires_at=LOGGED_IN_AT + timedelta(days=7))


def test_a_broker_that_names_no_refresh_token_keeps_the_old_one(desk: Desk) -> None:
    script, access = desk
    script.say(TOKEN, Reply(body={key: value for key, value in tokens().items() if key != "refresh_token"}))
    line_to(access).account_numbers()

    assert TokenFile(access.token_path, login="schwab").load().refresh_token == "canary-refresh-token"


FAILURES: dict[str, tuple[Reply, type[RebaloopError]]] = {
    "the vendor's word for a dead login": (Reply(status=400, body=DEAD), LogIn),
    "invalid_client": (Reply(status=401, body={"error": "invalid_client"}), LogIn),
    "invalid_grant": (Reply(status=400, body={"error": "invalid_grant"}), LogIn),
    "busy": (Reply(status=400, body={"error": "temporarily_unavailable"}), TryLater),
    "the gate": (Reply(status=403, body=GATE), TryLater),
    "503": (Reply(status=503), TryLater),
    "500 with an error": (Reply(status=500, body={"error": "server_error"}), TryLater),
    "no json": (Reply(body=b"<html>Log in</html>"), TryLater),
    "a list": (Reply(body=[1]), TryLater),
    "no token inside": (Reply(body={"message": "maintenance"}), TryLater),
    "a gateway's fault": (Reply(status=429, body={"fault": {"faultstring": "Rate limit"}}), TryLater),
    "an access token that is none": (Reply(body={**tokens(), "access_token": None}), TryLater),
    "another kind of token": (Reply(body={**tokens(), "token_type": "mac"}), TryLater),
    "a strange end": (Reply(body={**tokens(), "expires_in": {"a": 1}}), TryLater),
    "dropped": (Reply(drop=True), TryLater),
}


@pytest.mark.parametrize(("reply", "kind"), FAILURES.values(), ids=FAILURES)
def test_only_the_brokers_own_no_wants_its_owner_and_no_failure_touches_the_file(
    desk: Desk, reply: Reply, kind: type[RebaloopError]
) -> None:
    script, access = desk
    script.say(TOKEN, reply)
    before = access.token_path.read_bytes()
    line = line_to(access)

    with pytest.raises(kind) as caught:
        line.account_numbers()
    assert (caught.value.next_step == "rebaloop login schwab") == (kind is LogIn)
    assert access.token_path.read_bytes() == before
    assert script.count(NUMBERS) == 0
    script.say(TOKEN, Reply(body=tokens()))
    assert line.account_numbers() == LISTED


def test_an_answer_that_does_not_come_puts_the_renewal_off(desk: Desk) -> None:
    script, access = desk
    script.say(TOKEN, Reply(hang=True))
    with pytest.raises(TryLater, match="in time"):
        line_to(access, patience=timedelta(milliseconds=50)).account_numbers()


def test_no_token_is_asked_for_that_could_not_be_kept(desk: Desk) -> None:
    script, access = desk
    access.token_path.with_name(".schwab.json.draft").mkdir()
    with pytest.raises(TryLater, match="cannot be kept"):
        line_to(access).account_numbers()

    assert not script.asked


def test_no_token_is_asked_for_on_a_full_disk(desk: Desk) -> None:
    script, access = desk
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(TryLater, match="File too large"):
            line_to(access).account_numbers()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert not script.asked
    assert line_to(access).account_numbers() == LISTED


def test_a_token_that_ends_between_a_look_at_it_and_the_request_is_renewed_and_kept_all_the_same(desk: Desk) -> None:
    script, access = desk
    session = Session(access, previews=False, orders=False, patience=PATIENCE)

    assert session.once(lambda client: client.get_account_numbers()).status == 200
    assert script.count(TOKEN) == 1
    assert TokenFile(access.token_path, login="schwab").load().access_token == "canary-access-token-1"


def test_many_threads_renew_once(desk: Desk) -> None:
    script, access = desk
    line = line_to(access)
    threads = [threading.Thread(target=line.account_numbers) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (script.count(TOKEN), script.count(NUMBERS)) == (1, 8)


def test_many_lines_over_one_file_renew_once(desk: Desk) -> None:
    script, access = desk
    lines = [line_to(access) for _ in range(6)]
    threads = [threading.Thread(target=line.account_numbers) for line in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (script.count(TOKEN), script.count(NUMBERS)) == (1, 6)


def test_a_process_that_comes_second_takes_what_the_first_has_kept(desk: Desk) -> None:
    script, access = desk
    line = line_to(access)
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from tests.adapters.scripted_schwab import access_to, line_to\n"
        "line_to(access_to(sys.argv[1], Path(sys.argv[2]))).account_numbers()\n"
    )
    words = [sys.executable, "-c", program, access.origin, str(access.token_path.parent)]
    with TokenFile(access.token_path, login="schwab").rewriting():
        others = [subprocess.Popen(words, cwd=ROOT) for _ in range(2)]
    assert [other.wait(timeout=60) for other in others] == [0, 0]
    line.account_numbers()

    assert (script.count(TOKEN), script.count(NUMBERS)) == (1, 3)


def test_a_login_made_while_we_run_is_taken_up_where_the_old_token_fails(desk: Desk) -> None:
    script, access = desk
    store(access.token_path, serial="old")
    line = line_to(access)
    line.account_numbers()
    store(access.token_path, serial="new")
    script.say(NUMBERS, Reply(status=401, body={"errors": [{"title": "Unauthorized"}]}), Reply(body=LISTED))

    assert line.account_numbers() == LISTED
    assert script.asked[-1].headers["authorization"] == "Bearer canary-access-token-new"
    assert script.count(TOKEN) == 0


def test_a_token_without_an_end_is_used_until_the_broker_forgets_it(desk: Desk) -> None:
    script, access = desk
    store(access.token_path, expires_at=None)

    assert line_to(access).account_numbers() == LISTED
    assert script.count(TOKEN) == 0


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=7), ""),
        (timedelta(days=3), ""),
        (timedelta(days=3, seconds=-1), "ends in 2 days"),
        (timedelta(days=2), "ends in 2 days"),
        (timedelta(days=2, seconds=-1), "ends in 1 day,"),
        (timedelta(hours=23), "ends in less than a day"),
        (timedelta(0), "ended on Monday 2026-03-09 at 11:00 New York time"),
        (timedelta(days=-1), "ended on"),
    ],
)
def test_an_owner_hears_in_time_of_the_end(left: timedelta, words: str) -> None:
    login = Login(name="schwab", logged_in_at=LOGGED_IN_AT, expires_at=LOGGED_IN_AT + timedelta(days=7))
    said = login_words(login, login.expires_at - left)

    assert (words in said) if words else (said == "")
    assert not said or said.endswith("rebaloop login schwab")


def test_no_token_is_lost_by_kills_and_full_disks() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.chaos.tokens", "100"],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "100 kills, 0 tokens lost" in run.stdout
