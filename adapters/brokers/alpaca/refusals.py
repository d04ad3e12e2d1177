"""The vendor's error bodies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.errors import Reconcile


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorError:
    """An error that the vendor itself has written: its number and its sentence."""

    code: int
    message: str

    @property
    def is_duplicate(self) -> bool:
        """Whether an order with this client id exists already, so that the new one proves nothing."""
        return "client_order_id" in self.message and "unique" in self.message

    @property
    def is_absent_order(self) -> bool:
        """Whether it proves that no such order is known; other things can be missing too."""
        return self.code == 40410000 and "order not found" in self.message


class Refused(Reconcile):
    """The vendor answered a question with an error of its own."""

    def __init__(self, message: str, *, status: int, error: VendorError) -> None:
        super().__init__(message)
        self.status = status
        self.error = error


def vendor_error(body: str) -> VendorError | None:
    """The error in a body; None where it is not the vendor's own, e.g. a proxy's page or a gateway's JSON."""
    try:
        said = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    code, message = said.get("code"), said.get("message")
    if type(code) is not int or not isinstance(message, str) or not message.strip():
        return None
    return VendorError(code=code, message=message.strip())
