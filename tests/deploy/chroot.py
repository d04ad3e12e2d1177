"""Installs rebaloop in a clean Debian, lets cron call it, upgrades, rolls back, takes it away; says what it saw.

    python -m tests.deploy.chroot [--debian DIR] [--wheels DIR]

Root and debootstrap are needed. Without --debian a Debian is made from the mirror that apt uses; without --wheels the
packages of requirements.lock are downloaded, each checked against its hash. systemd does not run as PID 1 in a chroot,
so starting units is not part of this: what is checked is that they are placed, sound and hardly exposed.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.deploy.ledgers import PLAN, SCHEMAS, a_ledger_of, schema_of

ROOT = Path(__file__).parents[2]
PARTS = ("bot", "adapters", "config", "deploy", "pyproject.toml", "requirements.lock", "README.md", "LICENSE")
INCLUDED = "python3,python3-venv,ca-certificates,systemd,cron"
CRON = {"HOME": "/root", "LOGNAME": "root", "SHELL": "/bin/sh", "PATH": "/usr/local/bin:/usr/bin:/bin"}
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SETTINGS = """\
id: drill
policy: {targets_pct: {stocks: 60, bonds: 40}}
securities: {VTI: {class: stocks, price: 100}, BND: {class: bonds, price: 50}}
accounts:
  - {id: work, kind: 401k, broker: statement, file: /var/lib/rebaloop/work.csv, menu: [VTI, BND]}
schedule: {drift_sessions: 1, sweep: never, year_end: false, digest_day: 1}
"""
STATEMENT = "# as_of: {on}\nsymbol,quantity,price,value\nVTI,100,100,10000\nCASH,0,,\n"
NEXT_MIGRATION = "-- A step that only this drill takes.\nCREATE TABLE drill (only INTEGER PRIMARY KEY);\n"


class Debian:
    """A Debian below a folder, in which commands run as root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *words: str, expect: Sequence[int] = (0,), environ: dict[str, str] | None = None) -> str:
        """Run a command there; what it said. Stops everything when it ends otherwise than expected."""
        inside = ["unshare", "--mount", "--pid", "--fork", f"--mount-proc={self.folder}/proc"]
        said = subprocess.run(
            [*inside, "/usr/sbin/chroot", str(self.folder), *words],
            env=environ or {"PATH": PATH, "HOME": "/root", "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
        if said.returncode not in expect:
            sys.exit(f"FAILED ({said.returncode}): {' '.join(words)}\n{said.stdout}\n{said.stderr}")
        return said.stdout + said.stderr

    def install(self, *words: str, expect: Sequence[int] = (0,)) -> str:
        """install.sh, from the source below /src."""
        return self("/src/deploy/install.sh", *words, expect=expect)


def main() -> None:
    """The whole drill."""
    wishes = argparse.ArgumentParser(description=__doc__)
    wishes.add_argument("--debian", type=Path, help="a Debian that is there already")
    wishes.add_argument("--wheels", type=Path, help="a folder with the wheels of requirements.lock")
    told = wishes.parse_args()
    with tempfile.TemporaryDirectory(prefix="rebaloop-debian-") as scratch:
        debian = Debian(told.debian or _bootstrapped(Path(scratch) / "debian"))
        _say("a clean Debian", debian("cat", "/etc/debian_version").strip())
        shutil.copytree(
            told.wheels or _downloaded(Path(scratch) / "wheels"), debian.folder / "wheels", dirs_exist_ok=True
        )
        _furnish(debian)
        _install(debian)
        _cron(debian)
        _upgrade_ledgers(debian)
        _upgrade_and_roll_back(debian)
        _uninstall(debian)


def _bootstrapped(folder: Path) -> Path:
    words = ["debootstrap", "--variant=minbase", f"--include={INCLUDED}", "bookworm", str(folder)]
    subprocess.run([*words, "http://deb.debian.org/debian"], check=True, stdout=subprocess.DEVNULL)
    return folder


def _downloaded(folder: Path) -> Path:
    """The wheels of the lock that a server needs; pip refuses one whose hash is another."""
    names = {line.split()[1] for line in (ROOT / "deploy/packages.txt").read_text().splitlines() if line[0] != "#"}
    blocks = re.split(r"^(?=\w)", (ROOT / "requirements.lock").read_text(), flags=re.MULTILINE)
    folder.mkdir(parents=True)
    subset = folder / "subset.txt"
    subset.write_text("".join(block for block in blocks if block.split("==")[0] in names))
    words = ["-m", "pip", "download", "-q", "--require-hashes", "--no-deps", "--only-binary", ":all:"]
    subprocess.run([sys.executable, *words, "-r", str(subset), "-d", str(folder)], check=True)
    return folder


def _furnish(debian: Debian) -> None:
    """The source as a clone has it; what an earlier drill left is taken away."""
    source = debian.folder / "src"
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir()
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, source / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / part, source / part)
    debian.install("--uninstall", "--purge")


def _install(debian: Debian) -> None:
    first = debian.install("--wheels", "/wheels", "--cron")
    assert "systemd does not run here" in first, first
    _say("install.sh", "systemd is not PID 1 here: it said so, and cron takes its place")
    again = debian.install("--wheels", "/wheels", "--cron")
    assert "building" not in again, again
    _say("install.sh again", "changed nothing")
    modes = debian(
        "stat", "-c", "%a %U %n", "/etc/rebaloop/credentials", "/var/lib/rebaloop", "/etc/rebaloop/household.yaml"
    )
    assert [line.split()[:2] for line in modes.splitlines()] == [
        ["700", "rebaloop"],
        ["700", "rebaloop"],
        ["640", "root"],
    ]
    _say("folders", "credentials and state are of the user rebaloop alone")
    units = [
        f"/etc/systemd/system/{name}" for name in ("rebaloop.service", "rebaloop-due.service", "rebaloop-due.timer")
    ]
    debian("systemd-analyze", "verify", "--man=no", *units)
    for unit in units[:2]:
        debian("systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", unit)
    _say("units", "verified, exposure at most 1.5")


def _cron(debian: Debian) -> None:
    """What cron would call, in the surroundings that cron gives it."""
    (debian.folder / "etc/rebaloop/household.yaml").write_text(SETTINGS)
    today = debian("date", "+%Y-%m-%d").strip()
    statement = debian.folder / "var/lib/rebaloop/work.csv"
    statement.write_text(STATEMENT.format(on=today))
    debian("chown", "rebaloop:", "/var/lib/rebaloop/work.csv")
    lines = (debian.folder / "etc/cron.d/rebaloop").read_text().splitlines()
    calls = [line.split("root", 1)[1].strip() for line in lines if " root " in line]
    for call in calls:
        debian("/bin/sh", "-c", call, environ=CRON, expect=(0, 3))
    assert "reconcile" in debian("rebaloop", "next") or "drift" in debian("rebaloop", "next")
    owner = debian("stat", "-c", "%a %U", "/var/lib/rebaloop/ledger.sqlite3").strip()
    assert owner == "600 rebaloop", owner
    doctor = debian("rebaloop", "doctor", expect=(0, 1))
    assert "ok      ledger" in doctor, doctor
    debian("rebaloop", "healthcheck", expect=(0, 1))
    _say("cron", f"ran {', '.join(call.split(' >')[0] for call in calls)}; the ledger is of the user rebaloop")


def _upgrade_ledgers(debian: Debian) -> None:
    ledger = debian.folder / "var/lib/rebaloop/ledger.sqlite3"
    newest = schema_of(ledger)
    for schema in SCHEMAS:
        for file in ledger.parent.glob("ledger.sqlite3*"):
            file.unlink()
        a_ledger_of(schema, ledger)
        debian("chown", "rebaloop:", "/var/lib/rebaloop/ledger.sqlite3")
        assert PLAN in debian("rebaloop", "history", "--json")
        assert schema_of(ledger) == newest
    _say("ledgers", f"of schema {', '.join(map(str, SCHEMAS))} are of schema {newest} now, and say the same")


def _upgrade_and_roll_back(debian: Debian) -> None:
    current = debian.folder / "opt/rebaloop/current"
    before = current.readlink()
    ledger = debian.folder / "var/lib/rebaloop/ledger.sqlite3"
    schema = schema_of(ledger)
    project = debian.folder / "src/pyproject.toml"
    project.write_text(re.sub(r'^version = ".*"$', 'version = "99.0"', project.read_text(), flags=re.MULTILINE))
    (debian.folder / f"src/adapters/store/migrations/{schema + 1:04}_drill.sql").write_text(NEXT_MIGRATION)
    debian.install("--wheels", "/wheels")
    assert str(current.readlink()).startswith("releases/99.0-")
    assert schema_of(ledger) == schema + 1
    assert len(list((ledger.parent / "backups").iterdir())) == 1
    _say(
        "upgrade",
        f"to {debian('rebaloop', '--version').strip()}; the ledger was copied, then brought to schema {schema + 1}",
    )
    debian.install("--rollback")
    assert current.readlink() == before
    assert schema_of(ledger) == schema
    assert PLAN in debian("rebaloop", "history", "--json")
    assert "rolled back" in debian("rebaloop", "doctor", expect=(0, 1))
    _say("roll back", "to the release before, with the ledger of before; halted until somebody has looked")


def _uninstall(debian: Debian) -> None:
    debian.install("--uninstall")
    assert not (debian.folder / "opt/rebaloop").exists()
    assert not (debian.folder / "etc/cron.d/rebaloop").exists()
    assert (debian.folder / "var/lib/rebaloop/ledger.sqlite3").exists()
    debian.install("--uninstall", "--purge")
    assert not (debian.folder / "var/lib/rebaloop").exists()
    assert not (debian.folder / "etc/rebaloop").exists()
    _say("uninstall", "kept settings, ledger and letters; --purge took them")


def _say(what: str, words: str) -> None:
    print(f"{what:<18} {words}", flush=True)  # noqa: T201 - a drill tells what it saw


if __name__ == "__main__":
    main()
