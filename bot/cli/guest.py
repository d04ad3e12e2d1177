"""The demo's guest: is shown the letter and the page, and says yes by the form on the page."""

from __future__ import annotations

import base64
import os
import re
import sys
import webbrowser
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import click

from adapters.visitor import say_yes
from bot.domain.errors import WrongUse
from bot.domain.gate import Cost
from bot.services.house import House
from bot.services.passphrases import set_passphrase
from bot.settings.settings import Settings

PHRASE = "walnut harbour seven"  # made up, for a household that is made up
CHEAP = Cost(n=2**12)  # a demo waits for nobody


@dataclass(frozen=True, slots=True)
class Guest:
    """Reads the letters of a household with a page; `quiet` shows nobody anything."""

    settings: Settings
    quiet: bool

    def choose(self, house: House) -> None:
        """Choose a passphrase, as the owner would at the terminal."""
        assert house.gate is not None
        set_passphrase(
            person="self", phrase=PHRASE, clock=house.clock, ledger=house.ledger, gate=house.gate, cost=CHEAP
        )

    def look(self) -> None:
        """Show the newest letter and the page that its link leads to; open a browser where there is a screen."""
        letter = self._letter()
        beside = self.settings.letters / "letter.html"
        beside.touch(mode=0o600)
        beside.write_text(as_page(letter), encoding="utf-8")
        if self.quiet:
            return
        click.echo(f"Letter:      {self._newest}\nas a page:   {beside}\nits link:    {self._link(letter)}")
        click.echo(f"passphrase:  {PHRASE}\n")
        if has_screen():
            for address in (beside.as_uri(), self._link(letter)):
                webbrowser.open(address)
            if sys.stdin.isatty():
                click.pause("Look around; the demo goes on with a key. ")

    def say_yes(self) -> bool:
        """Say yes by the form behind the newest letter's link; False where somebody was faster."""
        try:
            say_yes(self._link(self._letter()), PHRASE)
        except WrongUse:
            return False
        return True

    @property
    def _newest(self) -> Path:
        return max(self.settings.letters.glob("*.eml"))

    def _letter(self) -> EmailMessage:
        return message_from_bytes(self._newest.read_bytes(), policy=policy.default)

    def _link(self, letter: EmailMessage) -> str:
        text = letter.get_body(("plain",))
        assert self.settings.page is not None
        found = re.search(rf"{re.escape(self.settings.page.url)}/a/[\w-]+", text.get_content() if text else "")
        assert found is not None, "the letter holds no link to the page"
        return found[0]


def as_page(letter: EmailMessage) -> str:
    """The HTML of a letter with its pictures inside, as a mail program would show it."""
    body = letter.get_body(("html",))
    html = str(body.get_content()) if body else ""
    for part in letter.walk():
        if name := str(part["Content-ID"] or "").strip("<>"):
            picture = base64.b64encode(part.get_content()).decode()
            html = html.replace(f"cid:{name}", f"data:{part.get_content_type()};base64,{picture}")
    return html


def has_screen() -> bool:
    """Whether a browser would have somewhere to show itself."""
    return sys.platform in {"darwin", "win32"} or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
