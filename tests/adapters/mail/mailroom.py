"""A mail server on the loopback that speaks real SMTP, and misbehaves when it is told to."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

OK = "250 2.0.0 OK"
# What it does with a letter in place of an answer.
SILENCE = "says nothing, and keeps the letter"
HANGS_UP = "keeps the letter, and hangs up"
DROPS = "hangs up, and keeps nothing"
DRIPS = "answers line by line, for ever"
EVENTS = {SILENCE, HANGS_UP, DROPS, DRIPS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A letter that the server has kept."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    tls: bool
    login: str

    @property
    def message(self) -> EmailMessage:
        """As a mail program reads it."""
        return message_from_bytes(self.content, _class=EmailMessage, policy=default)


@dataclass(kw_only=True)
class Mailroom:
    """The server's handler; `mail`, `rcpt`, `data` are its next answers to these, oldest first, then all is well."""

    taken: list[Taken] = field(default_factory=list)
    mail: deque[str] = field(default_factory=deque)
    rcpt: deque[str] = field(default_factory=deque)
    data: deque[str] = field(default_factory=deque)
    logins: list[tuple[str, str]] = field(default_factory=list)
    greeted: list[str] = field(default_factory=list)
    port: int = 0
    password: str = "open-sesame"
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd looks for these names
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.greeted.append(hostname)
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802 - same
        self, server: SMTP, session: Session, envelope: Envelope, address: str, mail_options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.mail.popleft() if self.mail else OK

    async def handle_RCPT(  # noqa: N802 - same
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        answer = self.rcpt.popleft() if self.rcpt else OK
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - same
        answer = self.data.popleft() if self.data else OK
        if answer.startswith("250") or answer in {SILENCE, HANGS_UP}:
            self._keep(server, session, envelope)
        if answer not in EVENTS:
            return answer
        assert isinstance(server.transport, asyncio.Transport)
        if answer == SILENCE:
            await self.over.wait()
        while answer == DRIPS and not server.transport.is_closing():
            server.transport.write(b"250-and so on\r\n")
            await asyncio.sleep(0.01)
        server.transport.abort()
        return OK

    def _keep(self, server: SMTP, session: Session, envelope: Envelope) -> None:
        assert isinstance(envelope.original_content, bytes)
        assert server.transport is not None
        login = session.auth_data
        self.taken.append(
            Taken(
                sender=str(envelope.mail_from),
                recipients=tuple(map(str, envelope.rcpt_tos)),
                content=envelope.original_content,
                tls=server.transport.get_extra_info("sslcontext") is not None,
                login=login.login.decode() if isinstance(login, LoginPassword) else "",
            )
        )

    def knows(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: LoginPassword
    ) -> AuthResult:
        """One name and one password open the door."""
        said = (auth_data.login.decode(), auth_data.password.decode())
        self.logins.append(said)
        return AuthResult(success=said == ("ann", self.password), handled=False, auth_data=auth_data)


class AnyPort(Controller):
    """A controller that knocks at the port that the system chose, and not at the one that was asked for."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd has not typed it


@contextmanager
def mailroom(
    *, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None, login: bool = False
) -> Iterator[Mailroom]:
    """A running server: plain, with STARTTLS, or with TLS from the first byte; `login`: only for those it knows."""
    logging.getLogger("mail").setLevel(logging.CRITICAL)
    room = Mailroom()
    controller = AnyPort(
        room,
        hostname="127.0.0.1",
        port=0,
        ssl_context=tls,
        tls_context=starttls,
        require_starttls=starttls is not None,
        authenticator=room.knows if login else None,
        auth_required=login and tls is None,  # aiosmtpd counts STARTTLS alone as private
        auth_require_tls=tls is None,
        data_size_limit=2**25,
    )
    controller.start()
    room.port = controller.port
    try:
        yield room
    finally:
        controller.loop.call_soon_threadsafe(room.over.set)
        controller.stop()
