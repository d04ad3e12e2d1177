"""Where the page may be reached: on this machine, or through a proxy that speaks TLS; nowhere unless asked for."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema, model_validator

from adapters.files.models import Part
from adapters.files.tree import shown
from adapters.files.words import wrong

HOME = ("127.0.0.1", 8787)
_LISTEN = re.compile(r"(?P<host>[0-9.]{7,15}|\[[0-9a-f:.]{2,45}\]):(?P<port>[0-9]{1,5})", re.ASCII)
_PUBLIC = re.compile(r"https://[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?(:[0-9]{1,5})?/?", re.ASCII)

_LISTENS = WithJsonSchema({"type": "string", "default": ":".join(map(str, HOME))})


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAddress:
    """Where the page listens (`port` 0: any that is free) and how the world calls it.

    `public_url` is `https://host[:port]`, or empty. `behind_tls_proxy`: whoever connects is a proxy, whose word about
    the visitor's address is believed.
    """

    host: str = HOME[0]
    port: int = HOME[1]
    public_url: str = ""
    behind_tls_proxy: bool = False

    @property
    def local_url(self) -> str:
        """The address on this machine."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def url(self) -> str:
        """What a letter's links begin with."""
        return self.public_url or self.local_url

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can connect."""
        return ipaddress.ip_address(self.host).is_loopback


def _listen(value: object) -> tuple[str, int]:
    found = _LISTEN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise wrong(f"should be an address and a port such as 127.0.0.1:8787, got {shown(value)}")
    host, port = found["host"].strip("[]"), int(found["port"])
    try:
        ipaddress.ip_address(host)
    except ValueError:
        raise wrong(f"{host} is no address of a machine", hint="write 127.0.0.1:8787") from None
    if port > 65535:
        raise wrong(f"there is no port {port}")
    return host, port


def _public(value: object) -> str:
    if not isinstance(value, str) or not _PUBLIC.fullmatch(value.lower()):
        # The address is not repeated: it may carry a password.
        raise wrong("should be https://, a name and perhaps a port, and nothing else", hint="https://pie.example.org")
    parts = urlsplit(value.lower())
    if (parts.port or 1) > 65535:
        raise wrong(f"there is no port {parts.port}")
    return f"https://{parts.netloc.removesuffix(':443')}"


def _given(value: object) -> object:
    if value is None:
        raise wrong("says nothing", hint="write `page: {}` for a page on this machine, or leave the key out")
    return value


class PagePart(Part):
    """How to reach the page."""

    listen: Annotated[tuple[str, int], PlainValidator(_listen), _LISTENS] = HOME
    public_url: Annotated[str, PlainValidator(_public, json_schema_input_type=str)] = ""
    behind_tls_proxy: bool = False

    @model_validator(mode="after")
    def _encrypted_or_here(self) -> PagePart:
        if not self.address.on_loopback and not (self.behind_tls_proxy and self.public_url):
            message = "others could reach this address, and a passphrase would go to it unencrypted"
            hint = "write 127.0.0.1:8787; or put a TLS proxy in front, `behind_tls_proxy: true` and a `public_url`"
            raise wrong(message, hint=hint, at=("listen",))
        return self

    @property
    def address(self) -> PageAddress:
        """The same as a value."""
        host, port = self.listen
        return PageAddress(host=host, port=port, public_url=self.public_url, behind_tls_proxy=self.behind_tls_proxy)


AskedFor = Annotated[PagePart | None, BeforeValidator(_given)]
