"""What becomes of a letter that was handed over: it waits, was sent, or could not be delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Fate(StrEnum):
    """Where a letter is; the last three are final."""

    WAITING = "waiting"
    SENT = "sent"  # a mail server has taken it; what it does with it nobody here can know
    UNDELIVERABLE = "undeliverable"  # a mail server has refused it for good, several times
    GIVEN_UP = "given up"  # nobody took it for too long


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One letter on its way to one recipient; in a folder it has none, and was sent when it was written.

    `refusals` are the attempts that a server refused for good. `answer` is the last thing that a server said, or why
    it could not be asked; nothing private stands in it.
    """

    number: int
    subject: str
    recipient: str
    written_at: datetime
    fate: Fate
    moved_at: datetime
    attempts: int = 0
    refusals: int = 0
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxState:
    """What a person should know of the post: letters that wait, and those that never arrived lately."""

    waiting: tuple[Posted, ...] = ()
    lost: tuple[Posted, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """The same in words; nothing where all is well: a letter that was never tried yet is no trouble."""
        tried = [one for one in self.waiting if one.attempts]
        told = []
        if tried:
            told.append(f"{_letters(len(tried))} could not be sent yet: {tried[-1].answer or 'no answer came'}.")
        if self.lost:
            last = self.lost[-1]
            told.append(f"{_letters(len(self.lost))} never arrived, the last one ({last.subject}): {last.answer}.")
        return tuple(told)


def _letters(count: int) -> str:
    return "1 letter" if count == 1 else f"{count} letters"
