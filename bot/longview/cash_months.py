"""The closed form of a month that holds cash alone: what the engine's flow would buy, without building its network.

It holds where every account may buy every class, no account is in debt, and the household stays inside its bands
once the cash is placed. `tests/longview/closed_form.py` proves it against the flow.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.targets import Routing
from bot.engine import routing
from bot.engine.rooms import STEP
from bot.engine.spread import level
from bot.longview.terms import Terms

Buys = list[list[int]]  # cents by account and asset


class CashMonths:
    """Places cash by the policy's routing."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        policy = terms.policy
        self._lagging = policy.routing is Routing.LAGGING
        self._guarded = policy.routing is Routing.ADAPTIVE
        self._jumped = STEP + int(policy.headroom_floor_pct * STEP / 100)
        self._wanted = []
        for account in terms.accounts:
            ranks = [routing.rank(policy, name, account.kind) for name in terms.names]
            aims = [c for c, weight in enumerate(terms.weights) if weight]
            best = min(ranks[c] for c in aims)
            self._wanted.append([c for c in aims if ranks[c] == best])

    def placed(self, values: Sequence[Sequence[int]], cash: Sequence[int], goal: Sequence[int]) -> Buys | None:
        """What each account buys; None where only the flow can tell."""
        worth = list(map(sum, zip(*values, strict=True)))
        if self._lagging:
            return _to_lagging(worth, cash, goal)
        return self._by_location(values, worth, cash, goal)

    def _by_location(
        self, values: Sequence[Sequence[int]], worth: list[int], cash: Sequence[int], goal: Sequence[int]
    ) -> Buys | None:
        terms, bought = self._terms, []
        fixed, supply = [0] * len(worth), [0] * len(worth)
        if self._guarded:
            for row, sheltered in zip(values, terms.sheltered, strict=True):
                side = supply if sheltered else fixed
                for c, cents in enumerate(row):
                    side[c] += cents
        loose = sum(cash)
        for a, amount in enumerate(cash):
            wanted = self._wanted[a]
            parts = _poured(worth, goal, wanted, amount)
            if self._guarded and amount > 0 and not terms.sheltered[a]:
                if not self._answers(fixed, supply, loose, parts, wanted):
                    if len(worth) > 2 or len(wanted) > 1:
                        return None
                    parts = self._as_much(fixed, supply, loose, amount, wanted[0])
                fixed = [have + part for have, part in zip(fixed, parts, strict=True)]
                loose -= amount
            worth = [have + part for have, part in zip(worth, parts, strict=True)]
            bought.append(parts)
        return bought

    def _answers(
        self, fixed: Sequence[int], supply: Sequence[int], loose: int, parts: Sequence[int], wanted: Sequence[int]
    ) -> bool:
        """Whether the shelters could answer a rise of what was wanted: `rooms.obstacle` where all menus are open."""
        jumped = self._jumped
        stays = [
            (have + part) * jumped // STEP if c in wanted else have + part
            for c, (have, part) in enumerate(zip(fixed, parts, strict=True))
        ]
        moves = loose - sum(parts)
        for c, cents in enumerate(supply):
            moves += cents * jumped // STEP if c in wanted else cents
        total = sum(stays) + moves
        need = 0
        for (lower, upper, scale), cents in zip(self._terms.edges, stays, strict=True):
            if -(-upper * total // scale) - 1 < cents:
                return False
            need += max(0, lower * total // scale + 1 - cents)
        return need <= moves

    def _as_much(self, fixed: Sequence[int], supply: Sequence[int], loose: int, amount: int, c: int) -> list[int]:
        """The most of one class that could be answered, and the other for the rest."""
        good, bad = -1, amount
        while bad - good > 1:
            middle = (bad + good) // 2
            parts = [0, 0]
            parts[c] = middle
            if self._answers(fixed, supply, loose, parts, [c]):
                good = middle
            else:
                bad = middle
        most = max(0, good)
        return [most if k == c else amount - most for k in (0, 1)]


def _to_lagging(worth: Sequence[int], cash: Sequence[int], goal: Sequence[int]) -> Buys | None:
    """What lags most is bought with all of the cash; which account buys which class follows their order.

    None where a cent more or less decides whether a class gets any: the flow rounds it in its own way.
    """
    loose = sum(cash)
    gaps = [max(0, aim - have) for have, aim in zip(worth, goal, strict=True)]
    lagging = [c for c, gap in enumerate(gaps) if gap]
    if len(lagging) == 1:
        gaps = [loose if c == lagging[0] else 0 for c in range(len(gaps))]
    elif sum(gaps) != loose:
        after = level(sum(worth) + loose, worth, [have + loose for have in worth], goal)
        gaps = [now - have for now, have in zip(after, worth, strict=True)]
        if _on_edge(gaps, worth, goal):
            return None
    bought = []
    for amount in cash:
        parts, left = [], amount
        for c, gap in enumerate(gaps):
            part = min(gap, left)
            parts.append(part)
            gaps[c] -= part
            left -= part
        bought.append(parts)
    return bought


def _on_edge(gaps: Sequence[int], worth: Sequence[int], goal: Sequence[int]) -> bool:
    """Whether some class stands within a cent of the surface of what was poured."""
    most = max(range(len(gaps)), key=gaps.__getitem__)
    surface, width = worth[most] + gaps[most] + 1, goal[most]
    return any(
        gap == 1 or (not gap and aim > have and (have - 1) * width <= surface * aim)
        for gap, have, aim in zip(gaps, worth, goal, strict=True)
    )


def _poured(worth: Sequence[int], goal: Sequence[int], wanted: Sequence[int], amount: int) -> list[int]:
    """Cash of one account into what belongs there, the most lagging first."""
    parts = [0] * len(worth)
    if len(wanted) == 1:
        parts[wanted[0]] = amount
        return parts
    if not amount:
        return parts
    have = [worth[c] for c in wanted]
    if len(wanted) == 2:
        for c, part in zip(wanted, _between(have, [goal[c] for c in wanted], amount), strict=True):
            parts[c] = part
        return parts
    after = level(sum(have) + amount, have, [w + amount for w in have], [goal[c] for c in wanted])
    for c, before, now in zip(wanted, have, after, strict=True):
        parts[c] = now - before
    return parts


def _between(have: Sequence[int], goal: Sequence[int], amount: int) -> Sequence[int]:
    """Cash for two assets so that both are funded alike, as far as it goes; a spare cent goes to the first."""
    total, aims = sum(have) + amount, sum(goal)
    first, second = (total * aim // aims - held for aim, held in zip(goal, have, strict=True))
    if first < -1:
        return 0, amount
    if second < -1:
        return amount, 0
    if min(first, second) > 1:
        return amount - second, second
    after = level(total, have, [held + amount for held in have], goal)
    return [now - held for now, held in zip(after, have, strict=True)]
