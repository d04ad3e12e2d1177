"""What can go wrong, named by what the operator does next.

RebaloopError
+-- FixTheFile          the household file, a statement or the settings are wrong   (exit 65, or 78 for settings)
+-- LogIn               a broker wants its owner to log in again                    (exit 4)
+-- TryLater            the world is busy, shut or unreachable                      (exit 75)
+-- Reconcile           books and broker disagree, or an order's fate is unknown    (exit 1)
+-- NotAllowed          the safety rules forbid it                                  (exit 1)
+-- WrongUse            the command does not fit the state of things                (exit 2)
    +-- NoSuchPlan

A refusal that we expect is a value (`Violation`, `Residual`, `Break`); an exception means that the world is not as
promised. Each carries one sentence for a person; `next_step` is the command that helps.
"""

from __future__ import annotations

from dataclasses import dataclass


class RebaloopError(Exception):
    """Something that its owner must be told, in one sentence, with the command that helps."""

    exit_code = 1

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One mistake in a file: where, what, and how to mend it.

    `code` is one of `targets_sum`, `unknown_class`, `bad_price`, `bad_input`. `place` is a key's path such as
    `accounts[0].kind`; `line` and `column` count from 1, 0 where unknown; `excerpt` is the line itself.
    """

    message: str
    code: str = "bad_input"
    place: str = ""
    line: int = 0
    column: int = 0
    excerpt: str = ""
    hint: str = ""


class FixTheFile(RebaloopError):
    """A file that a person wrote is wrong: all its mistakes at once, nothing was done."""

    exit_code = 65

    def __init__(self, file: str, faults: tuple[Fault, ...], *, settings: bool = False) -> None:
        self.file = file
        self.faults = faults
        first = faults[0]
        where = f"{file}:{first.line}:{first.column}" if first.line else file
        place = f" `{first.place}`:" if first.place else ""
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        super().__init__(f"{where}:{place} {first.message}{more}", next_step=first.hint)
        if settings:
            self.exit_code = 78


class LogIn(RebaloopError):
    """The broker does not accept our credentials any more."""

    exit_code = 4


class TryLater(RebaloopError):
    """Busy, shut, throttled or unreachable: nothing is wrong with the books."""

    exit_code = 75


class Reconcile(RebaloopError):
    """What the broker says and what we wrote down do not agree."""


class NotAllowed(RebaloopError):
    """A safety rule stands in the way."""


class WrongUse(RebaloopError):
    """The command does not fit."""

    exit_code = 2


class NoSuchPlan(WrongUse):
    """There is no plan of that name."""
