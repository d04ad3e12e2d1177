"""The frame of every letter but a plan's: a title, what it is about, lists, and the one command that helps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.letter import Letter
from bot.domain.plan import Environment
from bot.letters.drift import DriftRow, drift_table
from bot.letters.plan import account_text, by_hand_text
from bot.letters.rendering import rendered
from bot.letters.sheet import AccountOrders
from bot.letters.words import MODES, bullets, clean, mode, paragraphs, subject, wrapped


class Tone(StrEnum):
    """How loudly a list is told."""

    ALARM = "alarm"  # something is wrong
    OPEN = "open"  # something is left to somebody
    CALM = "calm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A titled list; one without entries is not shown."""

    title: str
    entries: tuple[str, ...]
    tone: Tone = Tone.CALM


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The pie by class with its drift."""

    rows: tuple[DriftRow, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A letter in words; `plan_id` is empty where it is about none, `commands` are for a terminal.

    `lead` stands before the lists and `closing` after them; `commands` end the letter. `cause` stands in the subject
    alone, behind the title, so that two letters of one kind can be told apart.
    """

    environment: Environment
    title: str
    cause: str = ""
    plan_id: str = ""
    tone: Tone = Tone.CALM
    lead: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    standing: Standing | None = None
    orders: tuple[AccountOrders, ...] = ()
    by_hand: tuple[AccountOrders, ...] = ()
    closing: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


def notice_letter(notice: Notice) -> Letter:
    """The same words twice; nothing of them can break out of a line or of the page."""
    title = f"{notice.title}: {notice.cause}" if notice.cause else notice.title
    about = f"{title} ({notice.plan_id})" if notice.plan_id else title
    words = _cleaned(notice)
    return Letter(
        subject=subject(notice.environment, about),
        text=_text(words),
        html=rendered(
            "notice.html.j2", notice=words, mode=mode(notice.environment), mode_words=MODES[notice.environment]
        ),
    )


def _cleaned(notice: Notice) -> Notice:
    """The notice with every word from outside made one printable line; parts without entries are left out."""
    return Notice(
        environment=notice.environment,
        title=clean(notice.title),
        plan_id=notice.plan_id,
        tone=notice.tone,
        lead=_lines(notice.lead),
        parts=tuple(
            Part(title=part.title, entries=_lines(part.entries), tone=part.tone)
            for part in notice.parts
            if part.entries
        ),
        standing=notice.standing,
        orders=notice.orders,
        by_hand=notice.by_hand,
        closing=_lines(notice.closing),
        commands=_lines(notice.commands),
    )


def _lines(entries: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(clean(entry) for entry in entries if entry)


def _text(notice: Notice) -> str:
    standing = notice.standing
    return paragraphs(
        [
            *(wrapped(line) for line in notice.lead),
            *(bullets(part.title, part.entries) for part in notice.parts),
            drift_table(standing.rows, standing.before, standing.after) if standing else "",
            *(account_text(one) for one in notice.orders),
            *(by_hand_text(one) for one in notice.by_hand),
            *(wrapped(line) for line in notice.closing),
            wrapped(f"Mode: {MODES[notice.environment]}"),
            "\n".join(wrapped(f"next: {command}") for command in notice.commands),
        ]
    )
