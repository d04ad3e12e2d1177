"""A postbox whose letters leave as mail: written down first, sent as soon as a server takes them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from adapters.mail.envelope import enveloped, inside, new_message_id
from adapters.mail.line import Cut, Line, Refused
from adapters.mail.message import one_line
from adapters.mail.server import MailServer
from adapters.store.outbox import Outbox
from bot.domain.errors import NotAllowed, RebaloopError
from bot.domain.letter import Letter
from bot.domain.post import Fate, OutboxState, Posted
from bot.ports import Clock

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=10), timedelta(hours=6)  # between two tries; each is twice the last
REFUSALS = 3  # of one letter, for good, until it is undeliverable
TOO_OLD = timedelta(days=14)
FEWEST_TRIES = 3  # of a letter before it is too old: the machine may have been off for weeks
ROUND = timedelta(minutes=2)  # no letter is begun later in one round: a run has other things to do
KEPT = timedelta(days=60)  # after it was sent
TOLD = timedelta(days=30)  # after it was lost

_log = structlog.get_logger()


class MailPostbox:
    """A `bot.ports.Postbox`: `send` writes a letter into the outbox, `deliver` hands over what waits.

    A crash at any point can repeat a letter, under its old Message-ID, and lose none. Several processes may deliver at
    once: each try is claimed before it is made.
    """

    def __init__(self, outbox: Outbox, server: MailServer, clock: Clock) -> None:
        self._outbox = outbox
        self._server = server
        self._clock = clock

    def send(self, letter: Letter) -> None:
        """Keep one letter for each recipient; TryLater when it could not be kept."""
        at = self._clock.now()
        self._outbox.keep(
            message_id=new_message_id(self._server.sender),
            subject=one_line(letter.subject),
            content=inside(letter, at),
            recipients=self._server.recipients,
            written_at=at,
        )

    def deliver(self, *, at_once: bool = False) -> None:
        """Hand over what is due, or with `at_once` everything that waits; what cannot leave waits. Does not raise."""
        try:
            self._go_round(at_once=at_once)
        except Exception as problem:  # noqa: BLE001 - a letter that does not leave never stops a run
            _log.warning("post.stopped", why=_why(problem))

    def outbox_state(self) -> OutboxState:
        """What waits, and what was lost lately."""
        posted, since = self._outbox.posted(), self._clock.now() - TOLD
        lost = (one for one in posted if one.fate in {Fate.UNDELIVERABLE, Fate.GIVEN_UP} and one.moved_at > since)
        return OutboxState(waiting=tuple(one for one in posted if one.fate is Fate.WAITING), lost=tuple(lost))

    def posted(self) -> tuple[Posted, ...]:
        """Every letter that is kept, oldest first."""
        return self._outbox.posted()

    def content(self, number: int) -> bytes:
        """A letter that was not sent, without its envelope; KeyError for any other."""
        return self._outbox.letter(number)[1]

    def try_out(self, letter: Letter) -> tuple[str, ...]:
        """Hand a letter over now, past the outbox; what the server said to each recipient.

        Raises:
            TryLater: no conversation came about, or not now.
            NotAllowed: the server refuses a recipient, the sender or the letter.
        """
        message = self._enveloped(inside(letter, self._clock.now()), new_message_id(self._server.sender))
        with Line(self._server) as line:
            try:
                return tuple(line.carry(recipient, message) for recipient in self._server.recipients)
            except Refused as problem:
                if problem.for_good:
                    raise NotAllowed(problem.message) from None
                raise

    def _go_round(self, *, at_once: bool) -> None:
        now, ends = self._clock.now(), self._clock.steady() + ROUND
        until = now + LONGEST_PAUSE
        waiting = deque(self._outbox.due(until if at_once else now, not_after=until))
        if not waiting:
            return
        while waiting and self._converse(waiting, ends):
            pass
        self._outbox.forget(sent_before=now - KEPT)

    def _converse(self, waiting: deque[Posted], ends: timedelta) -> bool:
        """One conversation, letter by letter; whether another one may carry the rest.

        A server that hangs up after some letters may take more; one that takes none is left alone until the next round.
        """
        carried = 0
        try:
            with Line(self._server) as line:
                while waiting and self._clock.steady() < ends:
                    carried += self._try(waiting.popleft(), line)
        except Cut as problem:
            if problem.before_the_first:
                self._put_off(waiting, problem)
            return carried > 0
        return False

    def _put_off(self, waiting: Iterable[Posted], problem: Cut) -> None:
        now = self._clock.now()
        tries = [(one, now + _pause(one), _fate(one, now, refused=False)) for one in waiting]
        self._outbox.put_off(tries, at=now, answer=problem.message)
        _log.warning("post.waiting", letters=len(tries), why=problem.message)

    def _try(self, one: Posted, line: Line) -> bool:
        """Claim a letter and hand it over; whether it is gone. Raises Cut, after noting it, when the server is lost."""
        if not self._outbox.claim(one, next_try_at=self._clock.now() + _pause(one)):
            return False
        if one.recipient not in self._server.recipients:
            self._note(one, Fate.UNDELIVERABLE, "nobody in the settings has this address any more")
            return False
        message_id, content = self._outbox.letter(one.number)
        try:
            answer = line.carry(one.recipient, self._enveloped(content, message_id))
        except Refused as problem:
            fate = _fate(one, self._clock.now(), refused=problem.for_good)
            self._note(one, fate, problem.message, refused=problem.for_good)
            return False
        except Exception as problem:
            self._note(one, _fate(one, self._clock.now(), refused=False), _why(problem))
            raise
        self._note(one, Fate.SENT, answer)
        return True

    def _note(self, one: Posted, fate: Fate, answer: str, *, refused: bool = False) -> None:
        self._outbox.tried(one, fate=fate, at=self._clock.now(), answer=answer, refused=refused)
        tell = _log.info if fate is Fate.SENT else _log.warning
        tell(f"post.{fate.value.replace(' ', '_')}", letter=one.number, attempt=one.attempts + 1, answer=answer)

    def _enveloped(self, content: bytes, message_id: str) -> bytes:
        server = self._server
        return enveloped(content, sender=server.sender, recipients=server.recipients, message_id=message_id)


def _pause(one: Posted) -> timedelta:
    """How long a letter waits after its next try; also for how long nobody else takes it up."""
    return min(FIRST_PAUSE * (1 << min(one.attempts, 10)), LONGEST_PAUSE)


def _fate(one: Posted, now: datetime, *, refused: bool) -> Fate:
    """What becomes of a letter after one more try in vain."""
    if refused and one.refusals + 1 >= REFUSALS:
        return Fate.UNDELIVERABLE
    too_old = now - one.written_at > TOO_OLD and one.attempts + 1 >= FEWEST_TRIES
    return Fate.GIVEN_UP if too_old else Fate.WAITING


def _why(problem: Exception) -> str:
    """A sentence for what we have foreseen; of anything else only its kind, for its text may hold anything."""
    return problem.message if isinstance(problem, RebaloopError) else f"something unforeseen ({type(problem).__name__})"
