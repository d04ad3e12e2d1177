"""What this machine says of itself: room on its disks, and how exposed the service that runs on it is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

UNIT = Path("/etc/systemd/system/rebaloop.service")
PATIENCE = 20  # seconds
_SCORE = re.compile(r"Overall exposure level for \S+: (\d+(?:\.\d+)?) ")


def free_megabytes(folder: Path) -> int:
    """Room for an ordinary user on the disk of a folder, or of the nearest folder above that exists."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize // 1_000_000


def exposure(unit: Path = UNIT) -> Decimal | None:
    """What `systemd-analyze security` says of an installed unit, 0 (safe) to 10; None where neither is there."""
    program = shutil.which("systemd-analyze")
    if program is None or not unit.is_file():
        return None
    words = [program, "security", "--offline=true", "--no-pager", str(unit)]
    try:
        told = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=False)  # noqa: S603 - our own words
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _SCORE.search(told.stdout)
    return None if found is None else Decimal(found[1])
