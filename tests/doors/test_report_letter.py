"""`rebaloop report --letter`: the page for whoever takes over leaves like every letter, or becomes a file to print."""

from __future__ import annotations

import stat

from tests.doors.stage import Home, Terminal


def test_the_page_is_shown_and_handed_to_the_post(rebaloop: Terminal, home: Home) -> None:
    home.change(successor={"ask": "Jane Doe in Springfield", "papers": "the blue folder"})

    said = rebaloop("report", "--letter")

    assert said.code == 0
    assert "Whom to ask: Jane Doe in Springfield" in said.out
    (letter,) = home.letters
    assert "For whoever takes over" in letter
    assert home.posts == 0


def test_the_page_becomes_a_private_file(rebaloop: Terminal, home: Home) -> None:
    said = rebaloop("report", "--letter", "--html", home.folder / "page.html")

    assert said.code == 0
    page = home.folder / "page.html"
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert "Switch the computer off" in page.read_text(encoding="utf-8")
    assert home.letters == []
