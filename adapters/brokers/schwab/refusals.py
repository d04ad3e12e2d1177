"""The broker's many kinds of error bodies, and what they say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal

from bot.domain.errors import Reconcile

TAG = re.compile(r"<[^>]*>")
TITLE = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)


class Refused(Reconcile):
    """The broker answered a question with an error of its own; `said` is what it says."""

    def __init__(self, message: str, *, status: int, said: str) -> None:
        super().__init__(message)
        self.status = status
        self.said = said


def own_words(content: bytes) -> str:
    """What the broker's own programs say in an error body; empty where it is a gateway's, a framework's or no JSON.

    The trader API writes `message` with `errors` of text, or `errors` of objects; market data writes such objects too.
    """
    tree = _json(content)
    if not isinstance(tree, dict) or "fault" in tree or _is_whitelabel(tree):
        return ""
    return "; ".join(dict.fromkeys(_sentences(tree)))


def told(content: bytes) -> str:
    """What any error body comes down to, for a person."""
    text = content.decode("utf-8", "replace").strip()
    tree = _json(content)
    if isinstance(tree, dict):
        fault = tree.get("fault")
        if isinstance(fault, dict):
            return f"its gateway says: {fault.get('faultstring') or 'no reason given'}"
        return own_words(content) or "its service gave no reason"
    if not text:
        return "no reason given"
    if "<" in text:
        return _page(text)
    return text


def _json(content: bytes) -> object:
    try:
        return json.loads(content, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None


def _is_whitelabel(tree: dict[str, object]) -> bool:
    """Whether it is Spring's page for an error that nobody handled: it proves nothing, and its path tells the hash."""
    return "timestamp" in tree and ("path" in tree or "error" in tree)


def _sentences(tree: dict[str, object]) -> Iterator[str]:
    message, errors = tree.get("message"), tree.get("errors")
    if isinstance(message, str) and message.strip():
        yield message.strip()
    for error in errors if isinstance(errors, list) else [errors]:
        if isinstance(error, str) and error.strip():
            yield error.strip()
        if isinstance(error, dict):
            parts = (error.get("title"), error.get("detail") or error.get("message"))
            words = [part.strip() for part in parts if isinstance(part, str) and part.strip()]
            if words:
                yield ": ".join(words)


def _page(text: str) -> str:
    if "Access Denied" in text:
        return "its gate shut us out (Access Denied), which usually passes"
    if "Whitelabel" in text:
        return "its service failed and gave no reason"
    found = TITLE.search(text)
    title = TAG.sub(" ", found.group(1)).strip() if found else ""
    return f"a web page instead of an answer ({title})" if title else "a web page instead of an answer"
