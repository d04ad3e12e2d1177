"""What the settings say of mail is read exactly, refused with its line, and voids no approval."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.mail.server import Security
from bot.settings.loading import load_settings
from bot.settings.mail import Mail
from tests.doors.test_settings import EXAMPLE, fault, refused, small

HOME = "from: bot@home.example, to: ann@home.example, host: mail.example.org"


def mail(folder: Path, words: str) -> Mail:
    """What small settings with this `mail` say."""
    found = small(folder, new=f"mail: {{{words}}}\n").mail
    assert found is not None
    return found


def test_without_a_word_of_mail_letters_go_to_the_folder(tmp_path: Path) -> None:
    assert small(tmp_path).mail is None


def test_what_is_absent_is_safe(tmp_path: Path) -> None:
    assert mail(tmp_path, HOME) == Mail(
        sender="bot@home.example",
        recipients=("ann@home.example",),
        host="mail.example.org",
        port=587,
        security=Security.STARTTLS,
    )


def test_several_may_be_written_to(tmp_path: Path) -> None:
    found = mail(tmp_path, "from: bot@home.example, to: [ann@home.example, bob@home.example], host: MAIL.example.org")

    assert (found.recipients, found.host) == (("ann@home.example", "bob@home.example"), "mail.example.org")


@pytest.mark.parametrize(
    ("words", "port"), [("security: tls", 465), ("security: starttls", 587), ("security: tls, port: 2465", 2465)]
)
def test_the_port_follows_the_security(tmp_path: Path, words: str, port: int) -> None:
    assert mail(tmp_path, f"{HOME}, {words}").port == port


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "'::1'"])
def test_plain_words_are_for_this_machine(tmp_path: Path, host: str) -> None:
    found = mail(tmp_path, f"from: a@b.example, to: c@d.example, host: {host}, security: none")

    assert (found.security, found.port) == (Security.NONE, 25)


def test_the_password_is_kept_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "mail.secret").touch(mode=0o600)
    (tmp_path / "mail.secret").write_text("open-sesame\n", encoding="ascii")
    found = mail(tmp_path, f"{HOME}, username: ann, password: {{file: mail.secret}}, ca_file: ca.pem")

    assert found.password is not None
    assert found.password.reveal() == "open-sesame"
    assert (found.username, found.ca_file) == ("ann", tmp_path / "ca.pem")
    assert "open-sesame" not in repr(found)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("to: a@b.example, host: h", "mail.from"),
        ("from: a@b.example, host: h", "mail.to"),
        ("from: a@b.example, to: c@d.example", "mail.host"),
        ("from: Ann <a@b.example>, to: c@d.example, host: h", "mail.from"),
        ('from: "a@b.example\\nBcc: t@x.example", to: c@d.example, host: h', "mail.from"),
        ("from: a@b.example, to: [c@d.example, nobody], host: h", "mail.to[1]"),
        ("from: a@b.example, to: [c@d.example, c@d.example], host: h", "mail.to[1]"),
        ("from: a@b.example, to: [], host: h", "mail.to"),
        ("from: a@b.example, to: c@d.example, host: 'smtp://h'", "mail.host"),
        ("from: a@b.example, to: c@d.example, host: 'h:25'", "mail.host"),
        (f"{HOME}, port: 0", "mail.port"),
        (f"{HOME}, port: '25'", "mail.port"),
        (f"{HOME}, security: ssl", "mail.security"),
        (f"{HOME}, security: none", "mail.security"),
        (f"{HOME}, username: ann", "mail.username"),
        (f"{HOME}, password: {{env: X}}", "mail.password"),
        (f"{HOME}, username: ann, password: hunter2", "mail.password"),
        (f"{HOME}, username: änn, password: {{env: X}}", "mail.username"),
        (f"{HOME}, sender: x", "mail.sender"),
        (f"{HOME}, hots: x", "mail.hots"),
    ],
)
def test_a_mistake_is_refused_at_its_line(tmp_path: Path, words: str, place: str) -> None:
    found = {fault.place: fault for fault in refused(tmp_path, new=f"mail: {{{words}}}\n").faults}

    assert found[place].line > 0
    assert "hunter2" not in str(found[place])


def test_a_slip_of_the_finger_is_named(tmp_path: Path) -> None:
    assert fault(tmp_path, new=f"mail: {{{HOME}, usernam: x}}\n").hint == "did you mean `username`?"


def test_mail_is_no_part_of_what_an_approval_rests_on(tmp_path: Path) -> None:
    without = small(tmp_path).fingerprint

    assert small(tmp_path, new=f"mail: {{{HOME}}}\n").fingerprint == without


def test_the_example_of_mail_is_valid(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    block = text[text.index("# mail:\n") :].partition("\n\n")[0]
    path = tmp_path / "household.yaml"
    path.write_text(text.replace(block, block.replace("\n# ", "\n").removeprefix("# ")), encoding="utf-8")
    found = load_settings(path, {}).mail

    assert found is not None
    assert (found.security, found.port) == (Security.STARTTLS, 587)
    assert len(found.recipients) == 2
