"""Whoever watches over the timers is told of every run, and no run ever waits for it or fails because of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
import structlog

from adapters.ping import TRIES, Pinger, allowed
from bot.cli.pinging import EVERY, Beat, pinged
from bot.domain.errors import Reconcile, TryLater
from bot.settings.loading import load_settings
from tests.doors.stage import Home, Terminal


class Watch(HTTPServer):
    """Hears pings; `status` is what it answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Ear)
        self.heard: list[tuple[str, str]] = []
        self.status = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/made-up-secret"


class _Ear(BaseHTTPRequestHandler):
    server: Watch

    def do_POST(self) -> None:
        words = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.heard.append((self.path.removeprefix("/made-up-secret"), words))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name for it
        """Say nothing."""


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Somebody who listens on this machine."""
    with Watch() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join(10)


@pytest.fixture
def watched(home: Home, watch: Watch) -> Home:
    """The household, with an address that is kept like a key."""
    path = home.folder / "ping.url.key"
    path.touch(mode=0o600)
    path.write_text(watch.url, encoding="ascii")
    home.change(ping={"url": {"file": "ping.url.key"}})
    return home


def test_a_run_tells_that_it_begins_and_that_it_ended_well(rebaloop: Terminal, watched: Home, watch: Watch) -> None:
    assert rebaloop("run").code == 3

    assert watch.heard == [("/start", ""), ("", "")]
    assert "made-up-secret" not in rebaloop.transcript


def test_a_run_of_what_is_due_tells_the_same_when_nothing_is(rebaloop: Terminal, watched: Home, watch: Watch) -> None:
    watched.change(schedule={"drift_sessions": 0, "sweep": "never", "year_end": False, "digest_day": 0})

    assert rebaloop("run", "--due").code == 0
    assert watch.heard == [("/start", ""), ("", "")]


def test_a_run_that_fails_tells_its_exit_code_and_nothing_else(
    rebaloop: Terminal, watched: Home, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANOTHER_SECRET", "another")
    watched.tree["accounts"][1]["credentials"]["secret_key"] = {"env": "ANOTHER_SECRET"}
    watched.furnish()

    assert rebaloop("run").code == 4
    assert watch.heard == [("/start", ""), ("/fail", "LogIn, exit code 4")]


def test_what_passes_by_itself_is_neither(watched: Home, watch: Watch) -> None:
    settings = load_settings(watched.settings, {})

    with pytest.raises(TryLater), pinged(settings):
        raise TryLater("another one is at work")

    assert watch.heard == [("/start", "")]


def test_a_service_tells_a_success_now_and_then_and_every_failure(watched: Home, watch: Watch) -> None:
    beat = Beat(load_settings(watched.settings, {}))

    for seconds in (0, 30, 60):
        beat.well(timedelta(seconds=seconds))
    beat.failed(Reconcile("an account 12345678 is wrong"))
    beat.well(timedelta(seconds=90))
    beat.well(timedelta(seconds=90) + EVERY)

    assert watch.heard == [("", ""), ("/fail", "Reconcile, exit code 1"), ("", ""), ("", "")]


def test_a_server_that_is_down_is_tried_three_times_and_is_a_warning(watch: Watch) -> None:
    watch.status = 500

    with structlog.testing.capture_logs() as logged:
        assert not Pinger(watch.url).success()

    assert len(watch.heard) == TRIES
    assert [(one["event"], one["log_level"]) for one in logged] == [("ping.failed", "warning")]
    assert "made-up-secret" not in json.dumps(logged)


@pytest.mark.parametrize("status", [302, 404])
def test_a_redirect_is_not_followed_and_a_refusal_not_repeated(watch: Watch, status: int) -> None:
    watch.status = status

    assert not Pinger(watch.url).success()
    assert {path for path, _ in watch.heard} == {""}
    assert len(watch.heard) == (1 if status == 404 else TRIES)


def test_nobody_listening_is_no_trouble(rebaloop: Terminal, watched: Home) -> None:
    (watched.folder / "ping.url.key").write_text("http://127.0.0.1:1/x", encoding="ascii")

    assert rebaloop("run").code == 3


def test_an_address_that_cannot_be_read_is_no_trouble(rebaloop: Terminal, watched: Home) -> None:
    (watched.folder / "ping.url.key").unlink()

    assert rebaloop("run").code == 3


@pytest.mark.parametrize(
    "url",
    [
        "http://hc.example.org/x",
        "http://127.0.0.1.example.org/x",
        "http://127.0.0.1@example.org/x",
        "ftp://127.0.0.1/x",
        "https:///x",
        "https://user:word@example.org/x",
        "http://localhost:99999/x",
        "https://example.org/\n",
        "",
    ],
)
def test_only_https_and_this_machine_are_pinged(url: str) -> None:
    assert allowed(url) is None
    assert not Pinger(url).success()


@pytest.mark.parametrize("url", ["https://hc-ping.com/abc", "http://127.0.0.1:8000/x", "http://[::1]/x"])
def test_such_an_address_may_be_pinged(url: str) -> None:
    assert allowed(url) is not None
