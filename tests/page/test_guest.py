"""`rebaloop demo --open`: a guest reads the letter, opens its link, and approves by the form that stands there."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.store.ledger import SqliteLedger
from bot.cli.guest import PHRASE
from bot.cli.performance import Performance
from tests.doors.stage import Terminal


def test_the_first_plan_of_the_demo_is_approved_by_the_pages_own_form(tmp_path: Path) -> None:
    performance = Performance(tmp_path, seed=1, days=1, out=None, with_page=True)
    performance.run(on_progress=lambda words: None)

    with SqliteLedger(tmp_path / "ledger.sqlite3") as ledger:
        ((_, approval),) = ledger.proposals()
    assert approval is not None
    assert (approval.verdict.value, approval.by, performance.went_well) == ("approved", "page:self", True)


def test_letter_and_page_are_shown_by_name_where_there_is_no_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)

    said = Terminal(capsys, monkeypatch)("demo", "--open", "--days", "1", "--keep", tmp_path / "demo")

    letter = tmp_path / "demo" / "letters" / "letter.html"
    assert said.code == 0, said.err
    assert "by the form on the page" in said.out
    assert f"passphrase:  {PHRASE}" in said.out
    assert str(letter) in said.out.replace("\n", "")
    assert ("http://127.0.0.1:" in said.out, "cid:" in letter.read_text(encoding="utf-8")) == (True, False)
