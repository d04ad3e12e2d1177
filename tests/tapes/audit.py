"""What looks like somebody's secret in a text that is to be published."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from math import log2

ENTROPY = 4.1  # bits a sign: base64 and random keys have more, words, hex and camel case have less
SHORTEST = 24
REAL_HOSTS = re.compile(r"\b(?:api\.schwabapi\.com|[a-z.-]*\balpaca\.markets|streamer[\w.-]*schwab\.com)\b")

# Ours, and what the owners of public recordings have written in place of their own.
_MASKED = r"9000000\d|PA000000000\d|SCRUBBED|X|(\d)\1{6,}|12345678|87654321|12341234|PA0SCRUBBED0"
_PATTERNS = {
    "a signed token": re.compile(r"\beyJ[\w-]{10,}\.[\w-]{4,}"),
    "a bearer": re.compile(r"(?i)\b(?:bearer|basic)[ \n]+(?!SCRUBBED\b|tokens?\b|auth)[\w.~+/=-]{16,}"),
    "a broker's key": re.compile(r"\b[PAC]K[A-Z0-9]{16,24}\b"),
    "a header that nobody may see": re.compile(r"(?im)^\s*(?:apca-api-[\w-]+|authorization|set-cookie|cookie)\s*:"),
    "an account number": re.compile(
        rf"(?i)\baccount_?(?:number|id|no)[\"'\s\\]*[:=][\"'\s\\]*(?!{_MASKED})[0-9A-Z]*\d{{6,}}"
    ),
    "a paper account": re.compile(r"\bPA(?!000000000\d\b|0SCRUBBED0)(?=[0-9A-Z]*\d)[0-9A-Z]{8,12}\b"),
    "a hash of an account": re.compile(
        r"/accounts/[0-9A-Fa-f]{20,}|hashValue[\"'\s\\]*:[\"'\s\\]*(?!0{20})[0-9A-Fa-f]{20,}"
    ),
    "an address of a person": re.compile(r"\b[\w.+%-]+@[\w-]+\.(?!test\b|example\b|invalid\b)[a-z]{2,}\b(?!\.example)"),
    "a code of a login": re.compile(r"[?&]code=(?!SCRUBBED)[^&\s\"']{8,}"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
}
_WORD = re.compile(rf"[\w+/~-]{{{SHORTEST},}}")
_KNOWN_SHAPES = re.compile(
    r"[0-9a-f-]+|[0-9A-F]+|rl-[0-9a-f]{32}|[0-9]{17}[0-9a-f-]*|[A-Za-z]+(?:[_/-][A-Za-z0-9]*)*|[\d=+-]+|[/\w]*/[/\w-]*"
)


def secrets_in(text: str) -> Iterator[str]:
    """Each finding as "what it is: how it begins"."""
    for kind, pattern in _PATTERNS.items():
        for found in pattern.finditer(text):
            yield f"{kind}: {' '.join(found.group().split())[:32]}"
    for found in _WORD.finditer(text):
        word = found.group()
        if not _KNOWN_SHAPES.fullmatch(word) and entropy(word) > ENTROPY:
            yield f"a word without sense: {word[:12]}"


def entropy(word: str) -> float:
    """Bits a sign by the word's own frequencies (Shannon)."""
    return -sum(count / len(word) * log2(count / len(word)) for count in Counter(word).values())
