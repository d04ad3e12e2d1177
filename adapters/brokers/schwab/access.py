"""What it takes to speak for one owner: the app's key and secret, where the token lies, and where the broker is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from adapters.brokers.schwab.hosts import REAL, broker_address, is_loopback
from bot.domain.errors import LogIn, NotAllowed, WrongUse


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One named login.

    `callback_url` is exactly what the app was registered with, to the last slash; `origin` the broker's address.
    Raises NotAllowed for any origin but the vendor's host and the loopback, LogIn for a key that cannot be one.
    """

    name: str
    app_key: str = field(repr=False)
    app_secret: str = field(repr=False)
    callback_url: str
    token_path: Path
    origin: str = REAL

    def __post_init__(self) -> None:
        if broker_address(self.origin) != self.origin:
            raise NotAllowed(f"{self.name}: write the broker's address as {broker_address(self.origin)}.")
        if not all(word.isascii() and word.isprintable() and " " not in word and word for word in self._words):
            raise LogIn(f"{self.name}: the app key or its secret is missing or holds characters that no key has.")

    @property
    def _words(self) -> tuple[str, str]:
        return self.app_key, self.app_secret

    @property
    def is_simulated(self) -> bool:
        """Whether the broker is on this machine."""
        return is_loopback(self.origin)

    @property
    def login_command(self) -> str:
        """What its owner types to log in again."""
        return f"rebaloop login {self.name}"


def check_library() -> None:
    """WrongUse, with its cure, where the vendor's client library is not installed; it is not loaded yet."""
    from importlib.util import find_spec  # noqa: PLC0415 - only an account at Schwab asks

    try:
        present = find_spec("schwab") is not None
    except ValueError:
        present = False
    if not present:
        raise WrongUse("Schwab's client library is not installed.", next_step="pip install 'rebaloop[schwab]'")
