"""Every page of the runbook, tried: the trouble is made, the page's commands are typed, and all is well again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.store.ledger import SqliteLedger
from bot.cli.main import COMMANDS
from bot.domain.approval import Verdict
from bot.domain.facts import Break, OrderIntended, OrderMoved, Reconciled
from bot.domain.orders import Intent, OrderState
from bot.domain.plan import Proposal
from tests.adapters.mail.mailroom import mailroom
from tests.doors.stage import Home, Terminal
from tests.doors.ward import Ward, ward

__all__ = ["ward"]

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
PAGES = sorted((DEPLOY / "runbook").glob("*.md"))
DOCUMENTS = sorted(DEPLOY.rglob("*.md"))
PLAN = "P-2026-03-02-A"
PHRASE = "walnut harbour seven"
_COMMAND = re.compile(r"(?:^|[`(;|&] *|sudo )rebaloop(?: --debug)? ([a-z]+)(?P<rest>[^`\n;|]*)", re.MULTILINE)


def approved(rebaloop: Terminal) -> None:
    assert rebaloop("run").code == 3
    assert rebaloop("approve", PLAN, "--yes").code == 0


def states(terminal: Terminal) -> dict[str, str]:
    """What the doctor says, line by line."""
    return {str(one["check"]): str(one["state"]) for one in terminal("doctor", "--json").objects}


def verdict_of(home: Home) -> Verdict | None:
    with SqliteLedger(home.folder / "ledger.sqlite3") as ledger:
        ((_, approval), *_) = ledger.proposals()
    return approval.verdict if approval else None


# --- the drills ------------------------------------------------------------------------------------------------------


def test_kill_switch(rebaloop: Terminal, home: Home) -> None:
    approved(rebaloop)

    assert rebaloop("halt", "--because", "a plan looks odd").code == 0
    assert states(rebaloop)["brake"] == "warn"
    stopped = rebaloop("run")
    assert "a plan looks odd" in stopped.out
    assert home.posts == 0
    assert "a plan looks odd" in rebaloop("resume").out
    assert rebaloop("run").code == 0
    assert home.posts == 2


def test_unknown_order(rebaloop: Terminal, home: Home) -> None:
    """The program died between writing an order down and hearing of it."""
    approved(rebaloop)
    proposal = home.proposals[0]
    order = _intend(home, proposal)
    home.brokers[0].advance(timedelta(hours=8))  # the session is over, and an hour more

    assert states(rebaloop)["orders"] == "fail"
    rebaloop("run")
    after = next(one for one in home.orders if one.intent.client_order_id == order)
    assert after.state.is_final
    assert states(rebaloop)["orders"] == "ok"
    assert home.posts == 0


def _intend(home: Home, proposal: Proposal) -> str:
    """An order of a plan as the books have it when its answer is lost."""
    line = proposal.plan.lines[0]
    intent = Intent(
        plan=proposal.fingerprint,
        line=line.number,
        attempt=1,
        account=line.account,
        side=line.side,
        symbol=line.symbol,
        quantity=line.quantity,
        limit_price=Decimal(100),
    )
    with SqliteLedger(home.folder / "ledger.sqlite3") as ledger:
        ledger.record(OrderIntended(at=proposal.created_at, intent=intent))
        ledger.record(
            OrderMoved(at=proposal.created_at, client_order_id=intent.client_order_id, state=OrderState.SENDING)
        )
    return intent.client_order_id


def test_books_disagree(rebaloop: Terminal, home: Home) -> None:
    approved(rebaloop)
    rebaloop("run")
    wrong = Break(account="rollover", symbol="BND", expected="10", found="9", message="rollover holds 9 BND, not 10")
    plan = home.proposals[0]
    with SqliteLedger(home.folder / "ledger.sqlite3") as ledger:
        ledger.record(Reconciled(at=plan.created_at, plan=plan.fingerprint, breaks=(wrong,)))
    rebaloop("halt", "--because", "books and broker disagree")

    assert states(rebaloop)["books"] == "fail"
    assert rebaloop("status").code == 0
    assert rebaloop("history").code == 0
    assert rebaloop("accept", "rollover", "--because", "looked at the broker's own page").code == 0
    assert rebaloop("resume").code == 0
    assert (states(rebaloop)["books"], states(rebaloop)["brake"]) == ("ok", "ok")


def test_corrupt_ledger(rebaloop: Terminal, home: Home) -> None:
    rebaloop("run")
    assert rebaloop("backup", home.folder / "kept.sqlite3").code == 0
    ledger = home.folder / "ledger.sqlite3"
    for end in ("-wal", "-shm"):
        ledger.with_name(f"{ledger.name}{end}").unlink(missing_ok=True)
    with ledger.open("r+b") as file:
        file.truncate(9000)

    assert rebaloop("run").code == 1
    assert states(rebaloop)["ledger"] == "fail"
    assert rebaloop("halt", "--because", "the ledger is damaged").code == 0
    assert rebaloop("restore", home.folder / "kept.sqlite3", "--yes").code == 0
    assert states(rebaloop)["ledger"] == "ok"
    assert rebaloop("resume").code == 0
    assert rebaloop("run").code == 3


def test_lost_login(ward: Ward) -> None:
    ward.token.unlink()

    assert ward.terminal("run").code == 4
    assert states(ward.terminal)["logins"] == "fail"
    ward.log_in()
    assert states(ward.terminal)["logins"] == "ok"
    assert ward.terminal("run").code == 3


def test_wrong_position(rebaloop: Terminal, home: Home) -> None:
    """Somebody sold shares by hand between a yes and the run."""
    approved(rebaloop)
    home.brokers[0].advance(timedelta(minutes=5))
    home.book("rollover").lots("VTI").remove(Decimal(500))

    assert home.posts == 0
    rebaloop("run")
    assert home.posts == 0
    assert verdict_of(home) is Verdict.VOIDED
    assert states(rebaloop)["shares"] == "fail"
    assert rebaloop("accept", "rollover", "--because", "sold by hand").code == 0
    assert rebaloop("run").code == 3
    assert states(rebaloop)["shares"] == "ok"


def test_letters_do_not_arrive(rebaloop: Terminal, home: Home) -> None:
    mail: dict[str, object] = {"from": "bot@home.example", "to": "ann@home.example", "security": "none"}
    home.change(mail={**mail, "host": "127.0.0.1", "port": 1})
    rebaloop("run")

    assert rebaloop("letters").code == 1
    assert rebaloop("doctor", "--mail").code == 1
    with mailroom() as room:
        home.change(mail={**mail, "host": "127.0.0.1", "port": room.port})
        assert rebaloop("letters", "--send-test").code == 0
        assert rebaloop("letters", "--deliver").code == 0
        assert states(rebaloop)["post"] == "ok"
        assert len(room.taken) == 2


def test_page_locked(rebaloop: Terminal, home: Home) -> None:
    """Somebody guesses passphrases: the plan is voided, and a new passphrase opens the way to the next one."""
    home.change(approval={"each_owner": True})
    rebaloop("passphrase", typed=f"{PHRASE}\n")
    rebaloop("run")
    code = home.proposals[0].code
    for _ in range(5):
        assert rebaloop("approve", PLAN, typed=f"{code}\nwrong wrong wrong\n").code == 2

    assert verdict_of(home) is not None
    assert rebaloop("history").code == 0
    assert rebaloop("passphrase", typed="quiet copper morning\n").code == 0
    assert rebaloop("run").code == 0  # tells that the plan is void
    assert rebaloop("run").code == 3
    newest = home.proposals[-1]
    assert rebaloop("approve", newest.plan_id, typed=f"{newest.code}\nquiet copper morning\n").code == 0


def test_clock_wrong(ward: Ward) -> None:
    ward.home.brokers[1].advance(timedelta(minutes=10))

    assert states(ward.terminal)["clock"] == "fail"
    ward.home.brokers[0].advance(timedelta(minutes=10))
    ward.schwab.advance(timedelta(minutes=10))
    assert states(ward.terminal)["clock"] == "ok"


def test_disk_full(rebaloop: Terminal, home: Home) -> None:
    """A run that may write no more than a few kilobytes into any file, as on a disk that is full."""
    environment = {**os.environ, "REBALOOP_SETTINGS": str(home.settings), "PYTHONDONTWRITEBYTECODE": "1"}
    words = f"ulimit -f 16; exec {sys.executable} -m bot run"
    full = subprocess.run(
        ["/bin/bash", "-c", words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
    )

    assert full.returncode == 75
    assert home.posts == 0
    assert rebaloop("doctor").code == 0
    assert rebaloop("run").code == 3


def test_restored_backup(rebaloop: Terminal, home: Home) -> None:
    assert rebaloop("run").code == 3
    rebaloop("backup", home.folder / "kept.sqlite3")
    rebaloop("approve", PLAN, "--yes")
    rebaloop("run")

    assert rebaloop("halt", "--because", "restoring a backup").code == 0
    assert rebaloop("restore", home.folder / "kept.sqlite3").code == 0
    assert rebaloop("restore", home.folder / "kept.sqlite3", "--yes").code == 0
    rebaloop("resume")
    rebaloop("approve", PLAN, "--yes")
    stopped = rebaloop("run")
    assert "the ledger is older than the account" in stopped.err
    for _ in range(2):  # once for each order that the books do not have
        rebaloop("accept", "rollover", "--because", "looked at the broker's own page")
    rebaloop("resume")
    assert rebaloop("run").code in {0, 3}
    assert home.posts == 2


def test_frozen_symbol(rebaloop: Terminal, home: Home) -> None:
    """A split between a yes and the run: twice the shares at half the price."""
    approved(rebaloop)
    home.brokers[0].split("VTI", 2, 1, on=date(2026, 3, 3))
    home.brokers[0].advance(timedelta(days=1))

    first = rebaloop("run")
    assert home.posts == 0
    assert first.code in {0, 1, 3}
    assert verdict_of(home) is Verdict.VOIDED
    assert rebaloop("status").code == 0
    assert rebaloop("run").code in {0, 3}
    assert home.posts == 0


# --- the pages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_names_its_drill_and_the_drill_runs(page: Path) -> None:
    named = re.findall(r"tests/deploy/test_runbook\.py::(\w+)", page.read_text(encoding="utf-8"))

    assert named == [f"test_{page.stem.replace('-', '_')}"]
    assert callable(globals()[named[0]])


def test_there_is_a_page_for_every_class_of_incident() -> None:
    assert {page.stem for page in PAGES} == {
        "kill-switch",
        "unknown-order",
        "books-disagree",
        "corrupt-ledger",
        "lost-login",
        "wrong-position",
        "letters-do-not-arrive",
        "page-locked",
        "clock-wrong",
        "disk-full",
        "restored-backup",
        "frozen-symbol",
    }


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.relative_to(DEPLOY).as_posix())
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    import click  # noqa: PLC0415 - only this test asks the commands themselves

    from bot.cli.main import cli  # noqa: PLC0415 - same

    for found in _COMMAND.finditer(page.read_text(encoding="utf-8")):
        name = found[1]
        assert name in COMMANDS, found[0]
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {"--help"}
        assert set(re.findall(r"--[a-z][a-z-]*", found["rest"])) <= known | {"--check"}, found[0]


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.relative_to(DEPLOY).as_posix())
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_reference_lists_every_command_with_its_words() -> None:
    text = (DEPLOY / "howto" / "reference.md").read_text(encoding="utf-8")

    assert [line for line in (f"| `{name}` | {words} |" for name, words in COMMANDS.items()) if line not in text] == []
