"""A visitor of our own page: opens a link, and sends the form that stands there as a browser would."""

from __future__ import annotations

from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import urlencode, urlsplit

from bot.domain.errors import TryLater, WrongUse

PATIENCE = 30  # seconds; a passphrase takes its time
FORM = "application/x-www-form-urlencoded"


def say_yes(link: str, passphrase: str) -> str:
    """Open the link of a letter on this machine, fill in its first form and send it; the address it leads to.

    Raises:
        WrongUse: when the page shows no form, or does not accept it.
        TryLater: when nobody answers.
    """
    parts = urlsplit(link)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.request("GET", parts.path)
        shown = connection.getresponse()
        form = _first_form(shown.read().decode())
        connection.request(
            "POST",
            form.action,
            body=urlencode(form.fields | {"passphrase": passphrase}),
            headers={"Content-Type": FORM, "Cookie": _cookie(shown), "Origin": f"{parts.scheme}://{parts.netloc}"},
        )
        answer = connection.getresponse()
        answer.read()
    except (OSError, HTTPException):
        raise TryLater("The page does not answer.") from None
    finally:
        connection.close()
    if answer.status != 303:
        raise WrongUse(f"The page did not accept the form ({answer.status} {answer.reason}).")
    return str(answer.headers["Location"])


class _Form(HTMLParser):
    """Where the first form of a page leads, and what its hidden fields carry."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action:
            self.action, self._inside = told.get("action", ""), True
        elif tag == "input" and self._inside and told.get("type") == "hidden":
            self.fields[told.get("name", "")] = told.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


def _first_form(html: str) -> _Form:
    form = _Form()
    form.feed(html)
    if not form.action:
        raise WrongUse("The page shows no form to send.")
    return form


def _cookie(shown: HTTPResponse) -> str:
    """The cookie of the visit, as it is sent back."""
    return str(shown.headers.get("Set-Cookie", "")).partition(";")[0]
