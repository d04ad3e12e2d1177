"""Adaptive routing: new money goes where its class belongs only as long as the shelters could still answer a rise.

A taxable account never sells a winner, so what it buys stays. It therefore buys what belongs there only as far as that
could rise by the policy's floor overnight, and trades in the shelters alone would still bring the household back into
its bands; after that it buys the classes that the proof of the limit says would then be missing. The amount is found on
that proof: a cut that stands in the way of the full amount is followed back, by arithmetic, to the cent that it allows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.domain.targets import Policy
from bot.engine.pie import Pie
from bot.engine.rooms import STEP, Cut, Rooms, obstacle

Share = Callable[[int], Sequence[int]]  # so many cents, by class


class Guard:
    """The floor under what belongs: knows what was bought so far, account by account."""

    def __init__(self, pie: Pie, policy: Policy) -> None:
        self._rooms = Rooms(pie, policy, apart=True)
        self._jumped = STEP + int(policy.headroom_floor_pct * STEP / 100)

    def allows(self, a: int, wanted: Sequence[int], share: Share, amount: int) -> tuple[int, Cut | None]:
        """How many of so many cents account a may put into the wanted classes, and what stands against more."""
        binding = None
        while (cut := obstacle(self._rooms.after(a, share(amount)).at(wanted, self._jumped))) is not None:
            binding, good, bad = cut, -1, amount
            while bad - good > 1:
                middle = (bad + good) // 2
                if cut.blocks(self._rooms.after(a, share(middle)).at(wanted, self._jumped)):
                    bad = middle
                else:
                    good = middle
            amount = good
            if amount <= 0:
                return 0, binding
        return amount, binding

    def bought(self, a: int, parts: Sequence[int]) -> None:
        """Remember what an account bought, to the cent."""
        self._rooms = self._rooms.after(a, parts)


def missing(pie: Pie, cut: Cut, buyable: Sequence[int], wanted: Sequence[int]) -> list[int]:
    """The classes that the proof says would be missing after the rise, of those that can be bought.

    Where it names none that can be, any other; where only what belongs can be bought, that.
    """
    others = [c for c in buyable if c not in wanted and c != pie.cash]
    short = [c for c in others if (c in cut.classes) is cut.starving]
    return short or others or list(wanted)
