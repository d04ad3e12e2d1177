"""The words of the settings about mail: through which server letters leave, from whom and to whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from adapters.files.models import Part
from adapters.files.tree import Keys, shown
from adapters.files.words import word, wrong
from adapters.mail.envelope import is_address
from adapters.mail.server import PORTS, Security
from bot.settings.hosts import is_loopback
from bot.settings.reference import Reference
from bot.settings.secret import Secret

MOST = 10  # recipients
_NAME = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_SIX = re.compile(r"[0-9A-Fa-f:]{2,45}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """How letters leave as mail.

    `password` is None where nobody logs in; `ca_file` is None where this machine's own list of certificates is trusted.

    No approval rests on any of this: whoever changes it voids no plan (see `Settings.fingerprint`).
    """

    sender: str
    recipients: tuple[str, ...]
    host: str
    port: int
    security: Security
    username: str = ""
    password: Secret | None = None
    ca_file: Path | None = None


def _address(value: object) -> str:
    if not isinstance(value, str) or not is_address(value):
        message = f"should be a mail address such as ann@example.org, got {shown(value)}"
        raise wrong(message, hint="the address alone, in ASCII, without a name around it")
    return value


def _addresses(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return (_address(value),)
    if not 0 < len(value) <= MOST:
        raise wrong(f"should be one address, or a list of at most {MOST}")
    found: list[str] = []
    for at, one in enumerate(value):
        if not isinstance(one, str) or not is_address(one):
            raise wrong(f"should be a mail address such as ann@example.org, got {shown(one)}", at=(at,))
        if one in found:
            raise wrong(f"{shown(one)} is named twice", at=(at,))
        found.append(one)
    return tuple(found)


def _server(value: object) -> str:
    if not isinstance(value, str) or not (_NAME.fullmatch(value) or _SIX.fullmatch(value)):
        message = f"should be the name of a mail server such as mail.example.org, got {shown(value)}"
        raise wrong(message, hint="no port and no `smtp://`; the port has a key of its own")
    return value.lower()


def _is_here(host: str) -> bool:
    """Whether a server's name leads to this machine."""
    return is_loopback(f"http://[{host}]" if ":" in host else f"http://{host}")


class MailPart(Part):
    """The `mail:` of the settings."""

    sender: Annotated[str, PlainValidator(_address, json_schema_input_type=str)] = Field(alias="from")
    to: Annotated[tuple[str, ...], PlainValidator(_addresses, json_schema_input_type=str | list[str])]
    host: Annotated[str, PlainValidator(_server, json_schema_input_type=str)]
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    security: Annotated[Security, Field(strict=False)] = Security.STARTTLS
    username: Annotated[str, BeforeValidator(word(200, blanks=False))] | None = None
    password: Reference | None = None
    ca_file: Annotated[str, BeforeValidator(word(400, blanks=True))] | None = None

    @model_validator(mode="after")
    def _fits(self) -> MailPart:
        if self.security is Security.NONE and not _is_here(self.host):
            message = "`none` would show every letter and the password to the whole way there"
            raise wrong(
                message, hint="use `starttls` or `tls`; `none` is for a server on this machine", at=("security",)
            )
        if self.username is not None and not self.username.isascii():
            raise wrong("should be ASCII", at=("username",))
        if (self.username is None) != (self.password is None):
            given, missing = ("password", "username") if self.username is None else ("username", "password")
            raise wrong("`username` and `password` belong together", hint=f"add `{missing}`", at=(given,))
        if self.security is Security.NONE and self.ca_file is not None:
            raise wrong("there is no certificate with `security: none`", at=("ca_file",))
        return self


def mail_of(
    part: MailPart | None,
    secret: Callable[[Keys, tuple[str, str]], Secret],
    beside: Callable[[str | None], Path | None],
) -> Mail | None:
    """What the part says; `secret` and `beside` find what it names."""
    if part is None:
        return None
    return Mail(
        sender=part.sender,
        recipients=part.to,
        host=part.host,
        port=part.port or PORTS[part.security],
        security=part.security,
        username=part.username or "",
        password=None if part.password is None else secret(("mail", "password"), part.password),
        ca_file=beside(part.ca_file),
    )
