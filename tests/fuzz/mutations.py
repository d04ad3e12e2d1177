"""Spoils files at random: bits, pieces, numbers, brackets, repeated lines, characters that nobody should type."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

Mutation = Callable[[Random, bytes, Sequence[bytes]], bytes]

NUMBER = re.compile(rb"-?[0-9][0-9.]*(?:e[0-9]+)?")
WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_-]*")
PAIR = re.compile(rb'"[a-z_]+": *(?:"[^"\n]*"|[0-9.]+|\[[^\]\n]*\]|\{[^}\n]*\})')
STRANGE = [
    *(b"NaN", b"Infinity", b"-Infinity", b".nan", b".inf", b"1e400", b"-1e400", b"1e-400", b"1e999999999", b"0e0"),
    *(b"true", b"null", b"~", b'""', b"''", b"[]", b"{}", b'"1,234.5"', b"1,234.5", b"1_000", b"0x1F", b"0o17"),
    *(b"-1", b"0", b"-0", b"00", b"+5", b".5", b"5.", b"1.5.2", b"12:30", b"2026-02-30", b"9999-12-31", b"0001-01-01"),
    *(b"9" * 29, b"9" * 5000, b"1." + b"3" * 40, b"999999999999999", b"1000000000000001", b"0.0000000001"),
    *("\u0663".encode(), "\uff11\uff12".encode(), b"cash", b"CASH", b"yes", b"no", b"__class__", b"x" * 70_000),
    *(b"&a [*a]", b"&a x", b"*a", b"<<: *a", b"!!python/object:os.system x", b"!!float 1", b"!a", b"? x", b"- x", b"|"),
    *(b">-", b"---", b"...", b"%YAML 9.9", b"# x", b"'", b'"', b"\\u0000", b"\\ud800", b"\\x", b"=SUM(A1)", b"{{x}}"),
]
CHARACTERS = [
    *(b"\x00", b"\x01", b"\x07", b"\x08", b"\x0b", b"\x0c", b"\x1b[31m", b"\x7f", b"\t", b"\r", b"\r\n", b"\n\n"),
    *("\x85\u2028\u2029\ufeff\u202e\u200b\ufffe\U0001f600e\u0301".encode()[k : k + 3] for k in range(0, 24, 3)),
    *(b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf", b"\xfe\xff", b",", b":", b"-", b"\\"),
]


def mutated(rng: Random, sample: bytes, others: Sequence[bytes]) -> bytes:
    """The sample with one to five mutations; `others` are what pieces are borrowed from."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5))):
        sample = rng.choice(MUTATIONS)(rng, sample, others)
    return sample


def _flip(rng: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    at = rng.randrange(len(text) + 1)
    return text[:at] + bytes(byte ^ (1 << rng.randrange(8)) for byte in text[at : at + 1]) + text[at + 1 :]


def _splice(rng: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    piece, start, end = rng.choice(others), *_range(rng, text)
    left, right = _range(rng, piece)
    return text[:start] + piece[left:right] + text[end:]


def _cut(rng: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    start, end = _range(rng, text)
    return text[:start] + text[end:]


def _shorten(rng: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    return text[: rng.randrange(len(text) + 1)]


def _swap_number(rng: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    return _swapped(rng, text, NUMBER)


def _swap_word(rng: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    return _swapped(rng, text, WORD)


def _nudge_number(rng: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """One digit in place of another: mostly still a number, and often a sound file."""
    places = [at for at, byte in enumerate(text) if byte in b"0123456789"]
    if not places:
        return text
    at = rng.choice(places)
    return text[:at] + b"%d" % rng.randrange(10) + text[at + 1 :]


def _swap_words(rng: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """One word of a file in place of another, so that what is written is known and in the wrong place."""
    found, known = list(WORD.finditer(text)), list(WORD.finditer(rng.choice(others)))
    if not found or not known:
        return text
    one, other = rng.choice(found), rng.choice(known)
    return text[: one.start()] + other[0] + text[one.end() :]


def _nest(rng: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    at, depth = (
        rng.randrange(len(text) + 1),
        rng.choice((1, 1, 2, 3, 63, 64, 65, 300)) if rng.random() < 0.98 else 50_000,
    )
    opening = rng.choice((b"[", b"{", b'{"a":', b"- ", b"? ", b"[{", b"a:\n "))
    return text[:at] + opening * depth + (b"]" * depth if rng.random() < 0.5 else b"") + text[at:]


def _repeat_line(rng: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    lines = text.split(b"\n")
    lines.insert(rng.randrange(len(lines) + 1), rng.choice(lines))
    return b"\n".join(lines)


def _drop_line(rng: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    lines = text.split(b"\n")
    del lines[rng.randrange(len(lines))]
    return b"\n".join(lines)


def _repeat_key(rng: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    pairs = list(PAIR.finditer(text))
    if not pairs:
        return _repeat_line(rng, text, others)
    one = rng.choice(pairs)
    return text[: one.end()] + b", " + one[0] + text[one.end() :]


def _disturb(rng: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(CHARACTERS) * rng.choice((1, 1, 1, 2, 300)) + text[at:]


def _repeat_much(rng: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    start, end = _range(rng, text)
    return text[:end] + text[start:end] * rng.choice((1, 2, 10)) + text[end:]


def _swapped(rng: Random, text: bytes, pattern: re.Pattern[bytes]) -> bytes:
    found = list(pattern.finditer(text))
    if not found:
        return text + rng.choice(STRANGE)
    one = rng.choice(found)
    return text[: one.start()] + rng.choice(STRANGE) + text[one.end() :]


def _range(rng: Random, text: bytes) -> tuple[int, int]:
    start = rng.randrange(len(text) + 1)
    return start, min(len(text), start + rng.choice((1, 2, 8, 40, 200)))


MUTATIONS: tuple[Mutation, ...] = (
    *(_flip, _splice, _cut, _shorten, _nest, _repeat_line, _drop_line, _repeat_key, _disturb, _repeat_much),
    *(_swap_number, _swap_number, _swap_word, _swap_words, _nudge_number, _nudge_number),
)
