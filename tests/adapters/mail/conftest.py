"""A post office with an outbox on disk, a clock that stands still, and a server that it trusts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from adapters.mail.postbox import MailPostbox
from adapters.mail.server import MailServer, Security
from adapters.store.outbox import Outbox
from bot.domain.letter import Letter
from bot.domain.post import Fate
from tests.adapters.mail.certificates import Authority, authority, server_context
from tests.adapters.mail.mailroom import Mailroom, mailroom
from tests.fakes.clock import FakeClock

AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
QUICK = timedelta(milliseconds=300)


@dataclass(kw_only=True)
class Office:
    """A postbox, the server that it sends to, and its clock."""

    room: Mailroom
    server: MailServer
    outbox: Outbox
    clock: FakeClock = field(default_factory=lambda: FakeClock(AT))

    @property
    def postbox(self) -> MailPostbox:
        return MailPostbox(self.outbox, self.server, self.clock)

    def send(self, *subjects: str) -> None:
        """Write letters of these subjects."""
        for subject in subjects:
            self.postbox.send(Letter(subject=subject, text=f"The words of {subject}.\n"))

    def deliver(self, *, later: timedelta = timedelta()) -> None:
        """A round of the post, after some time."""
        self.clock.pass_by(later)
        self.postbox.deliver()

    def change(self, **fields: object) -> None:
        """Other settings."""
        self.server = replace(self.server, **fields)  # type: ignore[arg-type]  # by name

    @property
    def fates(self) -> list[Fate]:
        return [one.fate for one in self.outbox.posted()]

    @property
    def arrived(self) -> list[str]:
        """The subjects of what the server has kept, in its order."""
        return [str(one.message["Subject"]) for one in self.room.taken]

    @property
    def answer(self) -> str:
        """What is known of the last letter."""
        return self.outbox.posted()[-1].answer


@pytest.fixture(scope="session")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("trusted"))


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack
    structlog.reset_defaults()


@pytest.fixture
def office_with(opened: ExitStack, tmp_path: Path, trusted: Authority) -> Callable[[Mailroom], Office]:
    """An office for a running server, which speaks plainly unless the settings are changed."""

    def made(room: Mailroom) -> Office:
        server = MailServer(
            sender="bot@home.example",
            recipients=("ann@home.example",),
            host="127.0.0.1",
            port=room.port,
            security=Security.NONE,
            patience=QUICK,
        )
        return Office(room=room, server=server, outbox=opened.enter_context(Outbox(tmp_path / "ledger.db")))

    return made


@pytest.fixture
def office(opened: ExitStack, office_with: Callable[[Mailroom], Office]) -> Office:
    """An office with a plain server on this machine."""
    return office_with(opened.enter_context(mailroom()))


@pytest.fixture
def private(opened: ExitStack, office_with: Callable[[Mailroom], Office], tmp_path: Path, trusted: Authority) -> Office:
    """An office whose server wants STARTTLS and a login, and shows a certificate that is trusted."""
    made = office_with(opened.enter_context(mailroom(starttls=server_context(tmp_path, trusted), login=True)))
    made.change(security=Security.STARTTLS, ca_file=trusted.file, username="ann", password="open-sesame")
    return made
