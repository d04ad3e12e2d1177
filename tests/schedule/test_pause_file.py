"""A pause is a file beside the ledger, by its date; one that cannot be read lasts; a manager hears how we are."""

from __future__ import annotations

import os
import socket
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from adapters.halt_file import HaltFile
from adapters.pause_file import FOR_EVER, PausableBrake, PauseFile
from adapters.service_manager import ALIVE, notify, watchdog_period
from bot.domain.errors import TryLater
from tests.fakes.clock import FakeClock

UNTIL = date(2026, 3, 9)


@pytest.fixture
def pause(tmp_path: Path) -> PauseFile:
    return PauseFile(tmp_path / "PAUSE")


def test_a_pause_lasts_until_its_day(pause: PauseFile, tmp_path: Path) -> None:
    pause.begin(UNTIL, "on\nholiday")

    assert pause.until() == UNTIL
    assert (tmp_path / "PAUSE").read_text(encoding="utf-8") == "2026-03-09\non holiday\n"
    assert (pause.end(), pause.end(), pause.until()) == (True, False, None)


@pytest.mark.parametrize("text", [b"", b"soon\n", b"\xff\xfe"])
def test_a_pause_that_cannot_be_read_lasts_for_ever(pause: PauseFile, tmp_path: Path, text: bytes) -> None:
    (tmp_path / "PAUSE").write_bytes(text)

    assert pause.until() == FOR_EVER


def test_a_folder_of_that_name_pauses_too(pause: PauseFile, tmp_path: Path) -> None:
    (tmp_path / "PAUSE").mkdir()

    assert pause.until() == FOR_EVER
    with pytest.raises(TryLater):
        pause.begin(UNTIL, "")
    with pytest.raises(TryLater):
        pause.end()


def test_the_brake_counts_a_pause_by_the_households_clock(pause: PauseFile, tmp_path: Path) -> None:
    clock = FakeClock(datetime(2026, 3, 9, 3, tzinfo=UTC))  # still the 8th in New York
    brake = PausableBrake(HaltFile(tmp_path / "HALT"), pause, clock)
    pause.begin(UNTIL, "")

    assert brake.pulled() == "paused until 2026-03-09"
    clock.pass_by(timedelta(hours=2))
    assert brake.pulled() == ""


def test_resuming_ends_the_halt_and_the_pause(pause: PauseFile, tmp_path: Path) -> None:
    brake = PausableBrake(HaltFile(tmp_path / "HALT"), pause, FakeClock(datetime(2026, 3, 2, 15, tzinfo=UTC)))
    pause.begin(UNTIL, "")
    brake.pull("stop")

    assert brake.pulled() == "stop"
    assert (brake.release(), brake.pulled(), brake.release()) == (True, "", False)


def test_a_manager_that_listens_hears_how_we_are(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))

        assert notify(ALIVE, {"NOTIFY_SOCKET": str(tmp_path / "notify")})
        assert manager.recv(64) == b"WATCHDOG=1"


@pytest.mark.parametrize("address", ["", "relative", "/nowhere/notify"])
def test_where_nobody_listens_nothing_happens(address: str) -> None:
    assert not notify(ALIVE, {"NOTIFY_SOCKET": address})


@pytest.mark.parametrize(
    ("environ", "period"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "60000000"}, timedelta(seconds=30)),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}, timedelta(seconds=30)),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_hears_from_us_twice_in_its_time(environ: dict[str, str], period: timedelta | None) -> None:
    assert watchdog_period(environ) == period
