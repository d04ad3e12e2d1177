"""The units of systemd are sound and keep the service behind walls, by systemd's own word."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.cli.main import COMMANDS

DEPLOY = Path(__file__).parents[2] / "deploy"
SERVICES = ("rebaloop.service", "rebaloop-due.service")
UNITS = (*SERVICES, "rebaloop-due.timer")
THRESHOLD = 15  # tenths


@pytest.fixture
def analyze() -> str:
    """The program that rates units; only a laptop may be without it."""
    found = shutil.which("systemd-analyze")
    if found is None:
        assert not os.environ.get("CI"), "apt-get install systemd"
        pytest.skip("systemd-analyze is not installed")
    return found


@pytest.fixture
def placed(tmp_path: Path) -> Path:
    """The units, which start a program that is there."""
    for unit in UNITS:
        text = (DEPLOY / unit).read_text(encoding="utf-8")
        (tmp_path / unit).write_text(text.replace("/opt/rebaloop/current/.venv/bin/rebaloop", "/bin/true"))
    return tmp_path


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_is_sound(analyze: str, placed: Path, unit: str) -> None:
    said = subprocess.run(
        [analyze, "verify", "--man=no", placed / unit], capture_output=True, text=True, check=False, timeout=60
    )

    assert not [line for line in said.stderr.splitlines() if "rebaloop" in line]


@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_is_hardly_exposed(analyze: str, placed: Path, unit: str) -> None:
    words = [analyze, "security", "--offline=true", "--no-pager", f"--threshold={THRESHOLD}", str(placed / unit)]
    said = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)

    assert said.returncode == 0, said.stdout[-300:]


def test_a_unit_without_walls_would_be_seen(analyze: str, placed: Path) -> None:
    bare = placed / "bare.service"
    bare.write_text("[Service]\nExecStart=/bin/true\n")
    words = [analyze, "security", "--offline=true", "--no-pager", f"--threshold={THRESHOLD}", str(bare)]

    assert subprocess.run(words, capture_output=True, check=False, timeout=60).returncode != 0


@pytest.mark.parametrize("unit", SERVICES)
def test_a_unit_starts_a_command_that_exists(unit: str) -> None:
    found = re.findall(r"^ExecStart=\S+/rebaloop (\w+)", (DEPLOY / unit).read_text(encoding="utf-8"), re.MULTILINE)

    assert found
    assert set(found) <= set(COMMANDS)


def test_what_a_person_has_to_mend_is_not_tried_again_and_again() -> None:
    text = (DEPLOY / "rebaloop.service").read_text(encoding="utf-8")

    (codes,) = re.findall(r"^RestartPreventExitStatus=(.*)$", text, re.MULTILINE)
    assert codes.split() == ["2", "4", "65", "78"]


def test_cron_calls_commands_that_exist() -> None:
    lines = (DEPLOY / "rebaloop.cron").read_text(encoding="utf-8").splitlines()
    called = [found[1] for line in lines if (found := re.search(r"root  rebaloop (\w+)", line))]

    assert called == ["run", "letters"]
