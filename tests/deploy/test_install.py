"""install.sh without a Debian: what it would take from the lock, and how it goes back and away below a folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from adapters.store.backup import back_up
from tests.deploy.ledgers import a_ledger_of, schema_of

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "deploy" / "install.sh"
PACKAGES = [
    line.split() for line in (ROOT / "deploy" / "packages.txt").read_text().splitlines() if not line.startswith("#")
]
EXTRAS = ("alpaca", "schwab", "charts")


def needed(wishes: list[str]) -> set[str]:
    """The names of everything that these requirements need on this machine, themselves among them."""
    found: set[str] = set()
    waiting = [Requirement(one) for one in wishes]
    while waiting:
        wish = waiting.pop()
        name = wish.name.lower().replace("_", "-").replace(".", "-")
        if name in found and not wish.extras:
            continue
        found.add(name)
        try:
            inner = [Requirement(one) for one in requires(wish.name) or ()]
        except PackageNotFoundError:
            continue
        marks = [{"extra": extra} for extra in (wish.extras or {""})]
        waiting += [one for one in inner if one.marker is None or any(one.marker.evaluate(mark) for mark in marks)]
    return found


def listed(*sections: str) -> set[str]:
    return {name for section, name in PACKAGES if section in sections}


def install(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ROOT": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        ["/bin/sh", str(SCRIPT), *words], env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_list_of_packages_is_what_the_project_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    base = needed(project["dependencies"])

    assert listed("base") == base
    for extra in EXTRAS:
        assert listed(extra) == needed(project["optional-dependencies"][extra]) - base


def test_every_package_of_the_list_is_in_the_lock_with_its_hashes() -> None:
    blocks = re.split(r"^(?=\w)", (ROOT / "requirements.lock").read_text(), flags=re.MULTILINE)
    hashed = {block.split("==")[0] for block in blocks if "--hash=sha256:" in block}

    assert {name for _, name in PACKAGES} <= hashed


def test_the_script_is_sound_and_says_what_it_does(tmp_path: Path) -> None:
    assert subprocess.run(["/bin/sh", "-n", str(SCRIPT)], check=False).returncode == 0
    said = install(tmp_path, "--help")
    assert "--rollback" in said.stdout
    assert install(tmp_path, "--colour").returncode == 1
    assert install(tmp_path, "--purge").returncode == 1
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A root in which two releases were installed one after the other, and a ledger that the second brought up."""
    opt, state, etc = (tmp_path / one for one in ("opt/rebaloop", "var/lib/rebaloop", "etc/rebaloop"))
    for name in ("1.0-old", "2.0-new"):
        release = opt / "releases" / name
        (release / "deploy").mkdir(parents=True)
        (release / "deploy" / "rebaloop.sh").write_text(f"#!/bin/sh\necho {name}\n")
        (release / ".venv/bin").mkdir(parents=True)
        (release / ".venv/bin/python").symlink_to(sys.executable)
        program = release / ".venv/bin/rebaloop"
        program.write_text(f'#!/bin/sh\ncd {ROOT} && exec {sys.executable} -m bot "$@"\n')
        program.chmod(0o755)
        (release / ".complete").touch()
    (opt / "current").symlink_to("releases/2.0-new")
    (opt / "previous").symlink_to("releases/1.0-old")
    (state / "backups").mkdir(parents=True)
    etc.mkdir(parents=True)
    (etc / "household.yaml").write_text(
        "id: home\npolicy: {targets_pct: {stocks: 100}}\nsecurities: {VTI: {class: stocks}}\n"
        "accounts: [{id: work, kind: 401k, broker: statement, file: work.csv, menu: [VTI]}]\n"
    )
    copy = state / "backups/before-2.0-new.sqlite3"
    back_up(a_ledger_of(4, tmp_path / "old.sqlite3"), copy)
    (opt / "ledger-before").write_text(f"{copy}\n")
    a_ledger_of(5, state / "ledger.sqlite3")
    return tmp_path


def test_a_roll_back_brings_the_release_and_the_ledger_of_before(installed: Path) -> None:
    said = install(installed, "--rollback")

    assert said.returncode == 0, said.stderr
    assert str((installed / "opt/rebaloop/current").readlink()) == "releases/1.0-old"
    state = installed / "var/lib/rebaloop"
    assert schema_of(state / "ledger.sqlite3") == 4
    assert "rolled back" in (state / "HALT").read_text()
    assert list(state.glob("ledger.sqlite3.until-*"))
    assert install(installed, "--rollback").returncode == 1


def test_a_ledger_of_the_same_schema_stays_as_it_is(installed: Path) -> None:
    state = installed / "var/lib/rebaloop"
    (state / "ledger.sqlite3").unlink()
    a_ledger_of(4, state / "ledger.sqlite3")

    assert install(installed, "--rollback").returncode == 0
    assert not (state / "HALT").exists()
    assert not list(state.glob("ledger.sqlite3.until-*"))


def test_taking_it_away_keeps_what_cannot_be_made_again(installed: Path) -> None:
    said = install(installed, "--uninstall")

    assert said.returncode == 0
    assert not (installed / "opt/rebaloop").exists()
    assert (installed / "var/lib/rebaloop/ledger.sqlite3").exists()
    assert (installed / "etc/rebaloop/household.yaml").exists()
    assert install(installed, "--uninstall", "--purge").returncode == 0
    assert not (installed / "var/lib/rebaloop").exists()
