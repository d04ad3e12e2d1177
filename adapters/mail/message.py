"""A letter as a message that any mail program can show."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from email.message import EmailMessage

from bot.domain.letter import Letter

_NOT_PRINTED = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # controls, invisible signs, half characters, line and paragraph ends


def message_of(letter: Letter, at: datetime) -> EmailMessage:
    """The letter as text, and as HTML with its pictures inside where it has any; no sender and no recipient yet."""
    message = EmailMessage()
    message["Subject"] = one_line(letter.subject)
    message["Date"] = at
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note answers it
    message.set_content(_whole(letter.text))
    if letter.html:
        message.add_alternative(_whole(letter.html), subtype="html")
        page = message.get_payload(1)
        assert isinstance(page, EmailMessage)
        for picture in letter.pictures:
            page.add_related(
                picture.png,
                "image",
                "png",
                cid=f"<{picture.name}>",
                filename=f"{picture.name}.png",
                disposition="inline",
            )
    return message


def one_line(words: str) -> str:
    """The words as one printable line, so that they can hold no second header.

    An encoded word is broken up too: Python before 3.11.10 decodes one and writes its line ends out (CVE-2024-6923).
    """
    printed = "".join(" " if unicodedata.category(sign) in _NOT_PRINTED else sign for sign in words)
    return " ".join(printed.replace("=?", "= ?").split())


def _whole(text: str) -> str:
    """The text without half characters, which no encoding can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")
