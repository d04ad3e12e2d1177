"""`rebaloop serve` as a process of its own: what a service manager hears, what the page says, and how it ends."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.service_manager import ALIVE, notify
from bot.cli.performance import free_port
from tests.doors.stage import Home
from tests.schedule.test_doors import DAILY, FIRST, within_seconds

ROOT = Path(__file__).parents[2]
PATIENCE = 120  # seconds; a busy machine starts a process slowly


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running service, its manager's socket, and where its page listens."""

    process: subprocess.Popen[bytes]
    manager: socket.socket
    port: int

    def hears(self, word: str) -> None:
        """Wait for a datagram of the service that says so."""
        while self.manager.recv(1024).decode() != word:
            continue


def rebaloop(*words: object) -> list[str]:
    """The command line of a process."""
    return [sys.executable, "-m", "bot", *map(str, words)]


@pytest.fixture
def service(home: Home) -> Iterator[Service]:
    """The household of the doors with a look on every session, served by a process of its own."""
    port, path = free_port(), home.folder / "manager"
    home.change(schedule=DAILY, page={"listen": f"127.0.0.1:{port}"})
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        manager.settimeout(PATIENCE)
        env = {**os.environ, "NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "400000"}
        process = subprocess.Popen(
            rebaloop("serve", "--settings", home.settings), cwd=ROOT, env=env, stderr=subprocess.DEVNULL
        )
        try:
            yield Service(process=process, manager=manager, port=port)
        finally:
            process.kill()
            process.wait(PATIENCE)


def test_a_served_household_says_that_it_is_ready_alive_and_stopping(service: Service) -> None:
    service.hears("READY=1")
    service.hears("WATCHDOG=1")
    service.process.send_signal(signal.SIGTERM)
    service.hears("STOPPING=1")

    assert service.process.wait(PATIENCE) == 0


def test_the_page_answers_as_soon_as_the_service_is_ready(service: Service) -> None:
    service.hears("READY=1")
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=PATIENCE)
    connection.request("GET", "/")
    status = connection.getresponse().status
    connection.close()

    assert 200 <= status < 500


def test_another_scheduler_meanwhile_does_no_harm(service: Service, home: Home) -> None:
    service.hears("READY=1")
    others = [
        subprocess.Popen(
            rebaloop("run", "--due", "--settings", home.settings),
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]
    codes = {one.wait(PATIENCE) for one in others}
    assert within_seconds(PATIENCE, lambda: bool(home.letters))
    service.process.send_signal(signal.SIGTERM)

    assert service.process.wait(PATIENCE) == 0
    assert codes <= {0, 3, 75}
    assert [proposal.plan_id for proposal in home.proposals] == [FIRST]
    assert len([letter for letter in home.letters if "Approve" in letter]) == 1


def test_a_manager_that_reads_nothing_any_more_holds_nobody_up(tmp_path: Path) -> None:
    path = tmp_path / "manager"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        answers = [notify(ALIVE, {"NOTIFY_SOCKET": str(path)}) for _ in range(queue_length() + 2)]

    assert answers[0]
    assert not answers[-1]


def queue_length() -> int:
    """How many datagrams this machine keeps for a reader."""
    return int(Path("/proc/sys/net/unix/max_dgram_qlen").read_text(encoding="ascii"))
