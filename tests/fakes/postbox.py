"""A postbox that keeps what is put into it."""

from bot.domain.letter import Letter
from bot.domain.post import OutboxState


class FakePostbox:
    """`letters` holds (subject, text), oldest first; `broken` makes the next letters fail; `state` is told."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str]] = []
        self.broken = False
        self.state = OutboxState()

    def send(self, letter: Letter) -> None:
        if self.broken:
            raise ConnectionError("the postbox is shut")
        self.letters.append((letter.subject, letter.text))

    def deliver(self) -> None:
        """Everything has left already."""

    def outbox_state(self) -> OutboxState:
        return self.state
