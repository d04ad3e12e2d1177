"""A postbox that keeps what is put into it."""


class FakePostbox:
    """`letters` holds (subject, text), oldest first; `broken` makes the next letters fail."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str]] = []
        self.broken = False

    def send(self, subject: str, text: str) -> None:
        if self.broken:
            raise ConnectionError("the postbox is shut")
        self.letters.append((subject, text))
