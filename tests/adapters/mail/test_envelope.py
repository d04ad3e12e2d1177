"""Whatever a letter holds, its message has the headers that we wrote, in lines that every server takes."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import example, given, settings, strategies as st

from adapters.mail.envelope import enveloped, inside, is_address, is_message_id, new_message_id
from bot.domain.letter import Letter, Picture

AT = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
HEADERS = ["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"]
TEXT = st.text(alphabet=st.characters(), max_size=1500)
MOST = 998  # signs in a line, its end not counted (RFC 5322, 2.1.1)


def whole(letter: Letter) -> bytes:
    return enveloped(
        inside(letter, AT),
        sender="bot@home.example",
        recipients=("ann@home.example", "bob@home.example"),
        message_id=new_message_id("bot@home.example"),
    )


def read(message: bytes) -> EmailMessage:
    return message_from_bytes(message, _class=EmailMessage, policy=default)


@settings(deadline=None)
@given(TEXT, TEXT, TEXT)
@example("a\r\nBcc: thief@example.com", "b", "")
@example("a", "b\r\n.\r\nMAIL FROM:<thief@example.com>\r\n", "<p>\r\n.\r\n")
@example("a", "x" * 5000, "<p>" + "y" * 5000)
@example("x" * 3000, "a", "")
@example("é" * 3000, "a", "")
@example("a\x0b\x0c\x1c\x85\u2028\u2029Bcc: thief@example.com", "\ud800", "\udfff")
@example("=?utf-8?q?a=0D=0ABcc:_thief=40example.com?=", "From me\n.", "")
@example("a", "--===============\r\nContent-Type: text/html\r\n\r\n<script>", "")
def test_no_text_makes_a_header_or_a_line_that_a_server_refuses(subject: str, text: str, html: str) -> None:
    pictures = (Picture(name="drift", png=PNG, alt="drift"),) if html else ()
    message = whole(Letter(subject=subject, text=text, html=html, pictures=pictures))
    found = read(message)

    assert sorted(set(found.keys()) - {"Content-Transfer-Encoding"}) == HEADERS
    assert message.isascii()
    assert all(len(line) <= MOST and b"\r" not in line and b"\n" not in line for line in message.split(b"\r\n"))
    assert not any(part.defects for part in found.walk())
    assert found["To"] == "ann@home.example, bob@home.example"


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=1000))
def test_the_words_arrive_as_they_were_written(text: str) -> None:
    body = read(whole(Letter(subject="a", text=text))).get_content()

    assert body.rstrip("\r\n") == text


def test_a_picture_and_both_texts_are_inside() -> None:
    letter = Letter(subject="a", text="plain", html="<p>page", pictures=(Picture(name="x", png=PNG, alt="x"),))
    found = read(whole(letter))

    kinds = [part.get_content_type() for part in found.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "image/png"]
    assert [part.get_content() for part in found.walk() if part.get_content_type() == "image/png"] == [PNG]


@given(st.text(alphabet=st.characters(), max_size=80))
@example("a@b\r\nBcc: thief@example.com")
@example("a@b>\r\nBcc: thief")
@example("a@b, c@d")
@example("<a@b>")
@example("a@[127.0.0.1]")
@example("a b@c")
def test_only_a_plain_address_passes(text: str) -> None:
    if is_address(text):
        assert text.isascii()
        assert not set(text) & set('<>,;:\\"()[]\r\n\t ')
        assert text.count("@") == 1


@pytest.mark.parametrize("address", ["ann@example.org", "a.b+c@mail.example.org", "x@localhost", "o'hara@e-x.example"])
def test_an_ordinary_address_passes(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address", ["", "@", "a@", "@b", ".a@b", "a.@b", "a@-b", "a@b.", "é@b.example", "a" * 65 + "@b"]
)
def test_what_is_no_address_does_not_pass(address: str) -> None:
    assert not is_address(address)


def test_a_name_is_new_each_time_and_known_by_its_shape() -> None:
    first, second = new_message_id("a@home.example"), new_message_id("a@home.example")

    assert first != second
    assert first.endswith("@home.example>")
    assert is_message_id(first)


@pytest.mark.parametrize(
    ("sender", "recipients", "message_id"),
    [
        ("a@b\r\nBcc: c@d", ("e@f",), "<" + "0" * 32 + "@b>"),
        ("a@b", ("e@f\r\nBcc: c@d",), "<" + "0" * 32 + "@b>"),
        ("a@b", (), "<" + "0" * 32 + "@b>"),
        ("a@b", ("e@f",), "<" + "0" * 32 + "@b>\r\nBcc: c@d"),
    ],
)
def test_an_envelope_that_could_hold_more_is_refused(sender: str, recipients: tuple[str, ...], message_id: str) -> None:
    with pytest.raises(ValueError, match="plain addresses"):
        enveloped(b"Subject: a\r\n\r\n", sender=sender, recipients=recipients, message_id=message_id)
