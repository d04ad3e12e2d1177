"""The outside of a letter: who writes to whom, and the name by which a mail program knows a letter that comes twice."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from email.policy import SMTP

from adapters.mail.message import message_of
from bot.domain.letter import Letter

# An address as RFC 5321 knows it, but for quoted local parts and address literals: nothing in it can end a header.
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*",
    re.ASCII,
)
_MESSAGE_ID = re.compile(r"<[0-9a-f]{32}@[A-Za-z0-9.-]+>", re.ASCII)
_CONTINUED = "\r\n "
_SEVEN_BIT = SMTP.clone(cte_type="7bit")  # every server takes it, whatever it offers


def is_address(text: str) -> bool:
    """Whether it is one plain mail address, of at most 254 characters (RFC 5321, 4.5.3.1)."""
    return len(text) <= 254 and len(text.partition("@")[0]) <= 64 and _ADDRESS.fullmatch(text) is not None


def new_message_id(sender: str) -> str:
    """A name that no other letter has, in the sender's domain."""
    return f"<{secrets.token_hex(16)}@{sender.rpartition('@')[2]}>"


def inside(letter: Letter, at: datetime) -> bytes:
    """The letter without its outside, in lines that any server takes."""
    return message_of(letter, at).as_bytes(policy=_SEVEN_BIT)


def enveloped(content: bytes, *, sender: str, recipients: tuple[str, ...], message_id: str) -> bytes:
    """The whole message; ValueError for anything that could be more than one header."""
    if not (is_address(sender) and recipients and all(map(is_address, recipients)) and is_message_id(message_id)):
        raise ValueError("an envelope holds plain addresses and a plain name")
    head = f"From: rebaloop <{sender}>\r\nTo: {f',{_CONTINUED}'.join(recipients)}\r\nMessage-ID: {message_id}\r\n"
    return head.encode("ascii") + content


def is_message_id(text: str) -> bool:
    """Whether it is a name that `new_message_id` could have made."""
    return len(text) <= 300 and _MESSAGE_ID.fullmatch(text) is not None
