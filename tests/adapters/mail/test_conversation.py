"""A real conversation: private, verified and logged in, or none at all."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.mail.server import Security
from bot.domain.errors import NotAllowed, TryLater
from bot.domain.letter import Letter
from bot.domain.post import Fate
from bot.ports import Postbox
from tests.adapters.mail.certificates import Authority, authority, server_context
from tests.adapters.mail.conftest import Office
from tests.adapters.mail.mailroom import Mailroom, mailroom

YEAR = timedelta(days=365)
Offices = Callable[[Mailroom], Office]


def test_it_is_a_postbox(office: Office) -> None:
    box: Postbox = office.postbox
    box.send(Letter(subject="a", text="b"))
    box.deliver()

    assert office.arrived == ["a"]


def test_a_letter_leaves_over_starttls_after_a_login(private: Office) -> None:
    private.send("A plan waits: 1,000 €")
    private.deliver()

    (taken,) = private.room.taken
    assert (taken.tls, taken.login, taken.sender) == (True, "ann", "bot@home.example")
    assert taken.recipients == ("ann@home.example",)
    assert taken.message["Subject"] == "A plan waits: 1,000 €"
    assert taken.message["From"] == "rebaloop <bot@home.example>"
    assert taken.message["To"] == "ann@home.example"
    assert taken.message.get_content() == "The words of A plan waits: 1,000 €.\n"
    assert private.fates == [Fate.SENT]


def test_a_letter_leaves_over_tls_from_the_first_byte(
    opened: ExitStack, office_with: Offices, tmp_path: Path, trusted: Authority
) -> None:
    office = office_with(opened.enter_context(mailroom(tls=server_context(tmp_path, trusted), login=True)))
    office.change(security=Security.TLS, ca_file=trusted.file, username="ann", password="open-sesame")
    office.send("a")
    office.deliver()

    assert [(one.tls, one.login) for one in office.room.taken] == [(True, "ann")]


def test_the_server_does_not_learn_the_name_of_this_machine(office: Office) -> None:
    office.send("a")
    office.deliver()

    assert office.room.greeted == ["[127.0.0.1]"]


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
@pytest.mark.parametrize(
    ("flaw", "why"),
    [
        ("of an authority that nobody knows", "unable to get local issuer certificate"),
        ("of another host", "certificate is not valid for '127.0.0.1'"),
        ("that has expired", "certificate has expired"),
    ],
)
def test_a_certificate_that_cannot_be_verified_is_refused(
    opened: ExitStack, office_with: Offices, tmp_path: Path, trusted: Authority, flaw: str, why: str, security: Security
) -> None:
    shown = {
        "of an authority that nobody knows": lambda: server_context(tmp_path, authority(tmp_path, "stranger")),
        "of another host": lambda: server_context(tmp_path, trusted, host="mail.example.org"),
        "that has expired": lambda: server_context(tmp_path, trusted, lasts=YEAR),
    }[flaw]()
    starttls = security is Security.STARTTLS
    room = mailroom(starttls=shown, login=True) if starttls else mailroom(tls=shown, login=True)
    office = office_with(opened.enter_context(room))
    office.change(security=security, ca_file=trusted.file, username="ann", password="open-sesame")
    office.send("a")
    office.deliver()

    assert "its certificate is not accepted" in office.answer
    assert why in office.answer
    assert (office.room.taken, office.room.logins, office.fates) == ([], [], [Fate.WAITING])


def test_the_machines_own_list_is_trusted_where_no_file_is_named(private: Office) -> None:
    private.change(ca_file=None)
    private.send("a")
    private.deliver()

    assert "its certificate is not accepted" in private.answer
    assert ssl.create_default_context().verify_mode is ssl.CERT_REQUIRED


def test_a_server_without_starttls_is_told_nothing(office: Office) -> None:
    office.change(security=Security.STARTTLS, username="ann", password="open-sesame")
    office.send("a")
    office.deliver()

    assert "does not offer STARTTLS" in office.answer
    assert (office.room.taken, office.room.logins, office.fates) == ([], [], [Fate.WAITING])


def test_a_wrong_password_leaves_the_letter_and_is_not_repeated(private: Office) -> None:
    private.change(password="hunter2-canary")
    private.send("a")
    private.deliver()

    assert "does not accept the login (535" in private.answer
    assert "canary" not in private.answer + repr(private.server)
    assert private.fates == [Fate.WAITING]


def test_a_server_that_knows_no_logins_is_named(office: Office) -> None:
    office.change(username="ann", password="open-sesame")
    office.send("a")
    office.deliver()

    assert "it offers no way to log in" in office.answer


def test_a_password_that_the_server_repeats_is_hidden(private: Office) -> None:
    private.room.rcpt.append("450 your open-sesame is b3Blbi1zZXNhbWU= and AGFubgBvcGVuLXNlc2FtZQ==")
    private.send("a")
    private.deliver()

    assert private.answer == "127.0.0.1 does not take it: 450 your ... is ... and ..."


def test_nobody_at_home_is_named(office: Office) -> None:
    office.change(port=1)
    office.send("a")
    office.deliver()

    assert office.answer == "127.0.0.1: nobody listens there"


def test_a_missing_file_of_certificates_is_named(private: Office, tmp_path: Path) -> None:
    private.change(ca_file=tmp_path / "gone.pem")
    private.send("a")
    private.deliver()

    assert private.answer == "127.0.0.1: the file of its certificates is not there"


def test_a_test_letter_says_what_the_server_answers(private: Office) -> None:
    private.room.data.append("250 2.0.0 queued as 4F2A1B")

    assert private.postbox.try_out(Letter(subject="t", text="t")) == ("250 2.0.0 queued as 4F2A1B",)
    assert (private.arrived, private.outbox.posted()) == (["t"], ())


def test_a_test_letter_that_is_refused_is_told(private: Office) -> None:
    private.room.rcpt.extend(["550 no such user", "451 later"])

    with pytest.raises(NotAllowed, match="550 no such user"):
        private.postbox.try_out(Letter(subject="t", text="t"))
    with pytest.raises(TryLater, match="451 later"):
        private.postbox.try_out(Letter(subject="t", text="t"))
