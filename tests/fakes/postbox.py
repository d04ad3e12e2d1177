"""A postbox that keeps what is put into it."""

from bot.domain.letter import Letter


class FakePostbox:
    """`letters` holds (subject, text), oldest first; `broken` makes the next letters fail."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str]] = []
        self.broken = False

    def send(self, letter: Letter) -> None:
        if self.broken:
            raise ConnectionError("the postbox is shut")
        self.letters.append((letter.subject, letter.text))

    def deliver(self) -> None:
        """Everything has left already."""
