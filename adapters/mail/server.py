"""Which mail server takes our letters, and how it is spoken to."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path


class Security(StrEnum):
    """How a conversation is kept private; with the first two the server's certificate is always verified."""

    STARTTLS = "starttls"  # RFC 3207: plain until both agree; a server that does not offer it is told nothing more
    TLS = "tls"  # RFC 8314: from the first byte
    NONE = "none"  # this machine only


PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}  # RFC 6409, RFC 8314, RFC 5321


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A mail server, and who writes to whom through it.

    `ca_file` holds the only certificates that are trusted, in PEM; None: those of this machine. Without `username`
    nobody logs in. `patience` is how long one answer may take.
    """

    sender: str
    recipients: tuple[str, ...]
    host: str
    port: int
    security: Security
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    patience: timedelta = timedelta(seconds=30)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What the server is told in confidence, in every form in which it could repeat it (RFC 4616, RFC 4954)."""
        if not self.password:
            return ()
        forms = (self.password, f"\0{self.username}\0{self.password}")
        return (self.password, *(b64encode(form.encode()).decode() for form in forms))
