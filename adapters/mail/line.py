"""One conversation with a mail server: one letter after the other, and what it said to each."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from contextlib import suppress
from types import TracebackType
from typing import Never, Self

from adapters.mail.server import MailServer, Security
from bot.domain.discretion import discreet
from bot.domain.errors import TryLater

MYSELF = "[127.0.0.1]"  # an address literal (RFC 5321, 4.1.4): the name of this machine is nobody's business
LONGEST = 4  # times the patience: what one letter may take in all, however slowly its answers drip
READY, GOING_AWAY = 220, 421
# What else may go wrong, in words; the first that fits.
_KNOWN: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPNotSupportedError, "it offers no way to log in"),
    (smtplib.SMTPServerDisconnected, "it hung up"),
    (TimeoutError, "no answer came in time"),
    (ssl.SSLError, "no private conversation came about"),
    (socket.gaierror, "nobody knows this name"),
    (ConnectionRefusedError, "nobody listens there"),
    (FileNotFoundError, "the file of its certificates is not there"),
    (OSError, "it cannot be reached"),
    (Exception, "what it says makes no sense"),
)


class Refused(TryLater):
    """The server will not take this letter, for good (5xx) or for now; the conversation may go on."""

    def __init__(self, answer: str, *, for_good: bool) -> None:
        super().__init__(answer)
        self.for_good = for_good


class Cut(TryLater):
    """There is no conversation, or none any more; whether a letter was taken is not known.

    `before_the_first`: it never came about, so that no letter can have been taken.
    """

    def __init__(self, answer: str, *, before_the_first: bool = False) -> None:
        super().__init__(answer)
        self.before_the_first = before_the_first


class Line:
    """A context that is connected, verified and logged in; raises Cut where that does not work."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        with _Deadline(self):
            try:
                self._greet(self._dial())
            except (OSError, smtplib.SMTPException, ValueError) as problem:
                why = self._why(problem)
                self.hang_up()
                raise Cut(f"{self._server.host}: {why}", before_the_first=True) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp is not None and kind is None:
            with _Deadline(self), suppress(OSError, smtplib.SMTPException):  # it has all that we wanted to say
                self._smtp.quit()
        self.hang_up()

    def carry(self, recipient: str, content: bytes) -> str:
        """Hand over one letter; what the server said when it took it.

        Raises:
            Refused: it did not take the letter.
            Cut: silence, or a broken conversation: it may have taken the letter.
        """
        with _Deadline(self):
            try:
                return self._handed_over(recipient, content)
            except smtplib.SMTPDataError as problem:
                self._refuse(problem.smtp_code, problem.smtp_error)
            except (OSError, smtplib.SMTPException) as problem:
                raise Cut(f"{self._server.host}: {self._why(problem)}") from None

    def hang_up(self) -> None:
        """Break the conversation off; a second time does nothing."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    def interrupt(self) -> None:
        """End whatever waits for the server; from any thread."""
        sock = self._smtp.sock if self._smtp is not None else None
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _dial(self) -> smtplib.SMTP:
        server = self._server
        if server.security is Security.TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                local_hostname=MYSELF, timeout=server.patience.total_seconds(), context=self._trust()
            )
        else:
            smtp = smtplib.SMTP(local_hostname=MYSELF, timeout=server.patience.total_seconds())
        self._smtp = smtp  # known before it dials, so that it can be interrupted
        # The name that a certificate must have; only a constructor that dials at once would set it.
        smtp._host = server.host  # type: ignore[attr-defined]  # noqa: SLF001 - smtplib publishes no other way
        code, answer = smtp.connect(server.host, server.port)
        if code != READY:
            raise smtplib.SMTPConnectError(code, answer)
        return smtp

    def _greet(self, smtp: smtplib.SMTP) -> None:
        server = self._server
        if server.security is Security.STARTTLS:
            smtp.starttls(context=self._trust())
        if server.username:
            smtp.login(server.username, server.password)
        smtp.ehlo_or_helo_if_needed()

    def _trust(self) -> ssl.SSLContext:
        """Verified certificates of the right host (PEP 476), by the machine's list or by the one file."""
        return ssl.create_default_context(cafile=None if self._server.ca_file is None else str(self._server.ca_file))

    def _handed_over(self, recipient: str, content: bytes) -> str:
        smtp = self._smtp
        if smtp is None:
            raise Cut("the conversation is over")
        for code, answer in (smtp.mail(self._server.sender), smtp.rcpt(recipient)):
            if code // 100 != 2:
                self._refuse(code, answer)
        code, answer = smtp.data(content)
        if code // 100 != 2:
            self._refuse(code, answer)
        return self._words(code, answer)

    def _refuse(self, code: int, answer: bytes | str) -> Never:
        said = self._words(code, answer)
        if code == GOING_AWAY or self._smtp is None:
            raise Cut(f"{self._server.host} is going away: {said}")
        try:
            self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            self.hang_up()
        raise Refused(f"{self._server.host} does not take it: {said}", for_good=code // 100 == 5) from None

    def _why(self, problem: Exception) -> str:
        match problem:
            case ssl.SSLCertVerificationError():
                return f"its certificate is not accepted ({discreet(problem.verify_message)})"
            case smtplib.SMTPNotSupportedError() if self._server.security is Security.STARTTLS and not self._is_private:
                return "it does not offer STARTTLS, so it was told nothing"
            case smtplib.SMTPResponseException():
                refused = "it does not accept the login" if _is_about_login(problem) else "it is not ready"
                return f"{refused} ({self._words(problem.smtp_code, problem.smtp_error)})"
            case _:
                return next(words for kind, words in _KNOWN if isinstance(problem, kind))

    @property
    def _is_private(self) -> bool:
        return self._smtp is not None and isinstance(self._smtp.sock, ssl.SSLSocket)

    def _words(self, code: int, answer: bytes | str) -> str:
        text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        return discreet(f"{code} {text}", *self._server.secrets)


def _is_about_login(problem: Exception) -> bool:
    return isinstance(problem, smtplib.SMTPAuthenticationError)


class _Deadline:
    """While it is open, a conversation that takes too long in all is interrupted, however lively it is."""

    def __init__(self, line: Line) -> None:
        self._timer = threading.Timer((LONGEST * line._server.patience).total_seconds(), line.interrupt)  # noqa: SLF001 - of one file
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
