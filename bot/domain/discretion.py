"""What nobody else should read, hidden in text that goes into a log, a letter or onto a terminal."""

from __future__ import annotations

import re

HIDDEN = "***"  # in our own words
LEFT_OUT = "..."  # in those of others
LONGEST_SENTENCE, LONGEST_READ = 200, 4000
# Account numbers (eight digits or more, a letter before them, a dash among them), mail addresses, bearer tokens.
_PRIVATE = re.compile(
    r"(?<![\w.-])[A-Z]?\d{8,}(?![\w.-])|(?<![\w.-])\d{4}-\d{4}(?![\w.-])|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|Bearer\s+\S+"
)
# In foreign sentences no word that a person needs holds such things: numbers of accounts wherever they stand, paper
# accounts (Alpaca's begin with PA), tax ids, phones; hashes, tokens, keys and codes.
_FOREIGN = re.compile(
    r"\b(?:PA|PK|AK|CK)[0-9A-Z]{6,}\b|\d{8,}|\b\d{3}-\d{2}-\d{4}\b|\+\d[\d ().-]{8,}\d|[\w@%.~+/=-]{24,}"
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b",
)


_NO_NAME = re.compile(r"(?!\d{9}$)(?:[A-Z]{0,2}(?:-?\d){8,}|(?:PA|PK|AK|CK)[0-9A-Z]{6,})")


def hidden(text: str) -> str:
    """Our own text without whatever looks like an account number, an address or a bearer token."""
    return _PRIVATE.sub(HIDDEN, text)


def discreet(text: str, *secrets: str) -> str:
    """Foreign text as one short line without these secrets, and without whatever looks like one."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, LEFT_OUT)
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if len(line) > LONGEST_READ:
        line = line[:LONGEST_READ].rpartition(" ")[0]
    line = _FOREIGN.sub(LEFT_OUT, _PRIVATE.sub(LEFT_OUT, line))
    return line if len(line) <= LONGEST_SENTENCE else line[:LONGEST_SENTENCE] + LEFT_OUT


def is_private(name: str) -> bool:
    """Whether a name of one word, such as a symbol, is shaped like an account number or a key.

    Nine digits may be a CUSIP, by which bonds are known.
    """
    return _NO_NAME.fullmatch(name) is not None
