"""Everything that the page of a household shows, to strangers and to whoever lives there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import requests

from bot.page.serving import PageServer
from bot.wiring import settings_from

LINK = re.compile(r"/a/[A-Za-z0-9_-]{20,}")
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
ROOMS = ("/", "/history", "/stop", "/nowhere", "/healthz", "/icon.svg")


def pages(settings: Path, passphrase: str, mails: str) -> Iterator[str]:
    """Every answer with its headers: before and after the passphrase, and behind the newest links of these mails."""
    with PageServer(settings_from(settings, {})) as server, requests.Session() as visitor:
        visitor.trust_env = False
        newest = [*dict.fromkeys(LINK.findall(mails))][-3:]  # the page is patient, but not without end
        yield from (shown(visitor.get(server.address + room)) for room in ("/", *newest))
        form = visitor.get(f"{server.address}/").text
        fields = {unescape(name): unescape(value) for name, value in HIDDEN.findall(form)}
        entered = visitor.post(
            f"{server.address}/login",
            data={**fields, "person": "self", "passphrase": passphrase},
            headers={"Origin": server.address},
            allow_redirects=False,
        )
        assert entered.status_code == 303, entered.text
        yield from (shown(visitor.get(server.address + room)) for room in ROOMS)
        wrong = {**fields, "person": passphrase, "passphrase": passphrase[::-1]}
        yield shown(visitor.post(f"{server.address}/login", data=wrong, headers={"Origin": server.address}))


def shown(answer: requests.Response) -> str:
    return f"{answer.status_code} {answer.headers}\n{unescape(answer.text)}"
