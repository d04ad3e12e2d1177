"""An emergency brake in memory."""


class FakeBrake:
    """`why` is the reason, empty when it is not pulled; `pull_at_look` pulls it at the n-th look from now."""

    def __init__(self) -> None:
        self.why = ""
        self.pull_at_look = 0

    def pulled(self) -> str:
        if self.pull_at_look:
            self.pull_at_look -= 1
            if not self.pull_at_look:
                self.why = "somebody pulled it"
        return self.why

    def pull(self, why: str) -> None:
        self.why = f"{self.why} {why}".strip()

    def release(self) -> bool:
        was, self.why = bool(self.why), ""
        return was
