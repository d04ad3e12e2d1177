"""Which requests a fault waits for, and which of those it meets."""

import re
from dataclasses import dataclass
from random import Random
from typing import Protocol

from adapters.simulator.wire import Request

MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Requests of a method ("*": any) whose whole path matches a pattern, of one account by its name or of all."""

    method: str
    path: str
    account: str | None = None

    @classmethod
    def exact(cls, method: str, path: str, *, account: str | None = None) -> "Route":
        """One path."""
        return cls(method=method, path=re.escape(path), account=account)

    @classmethod
    def prefix(cls, method: str, path: str, *, account: str | None = None) -> "Route":
        """Every path that begins so."""
        return cls(method=method, path=re.escape(path) + ".*", account=account)

    @classmethod
    def regex(cls, method: str, path: str, *, account: str | None = None) -> "Route":
        """Every path that a regular expression matches from end to end."""
        return cls(method=method, path=path, account=account)

    @classmethod
    def orders(cls, method: str = "POST", *, account: str | None = None) -> "Route":
        """The orders of an account, in every dialect: where they are placed (POST) and listed (GET)."""
        return cls(method=method, path=r"/v2/orders|/trader/v1/accounts/[^/]+/orders", account=account)

    def matches(self, request: Request, account: str | None) -> bool:
        """Whether a request of an account (None: nobody's) takes this route."""
        return (
            self.method in {"*", request.method}
            and self.account in {None, account}
            and re.fullmatch(self.path, request.path) is not None
        )


class Times(Protocol):
    """Which requests of a route are met, by their number, from 1."""

    def meets(self, number: int) -> bool:
        """Whether it is this one's turn."""
        ...


@dataclass(frozen=True, slots=True)
class Every:
    """Each request, or each n-th."""

    step: int = 1

    def meets(self, number: int) -> bool:
        """Whether it is this one's turn."""
        return number % self.step == 0


@dataclass(frozen=True, slots=True)
class Nth:
    """One request alone."""

    only: int

    def meets(self, number: int) -> bool:
        """Whether it is this one's turn."""
        return number == self.only


@dataclass(frozen=True, slots=True)
class First:
    """The first few."""

    most: int

    def meets(self, number: int) -> bool:
        """Whether it is this one's turn."""
        return number <= self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """A draw for each number, the same for the same seed, met from `low` up to, but without, `high` millionths.

    Two chances of one seed draw the same figure for the same number, so that of disjoint ranges at most one is met.
    """

    seed: str
    low: int
    high: int

    def meets(self, number: int) -> bool:
        """Whether it is this one's turn."""
        drawn = Random(f"{self.seed}/{number}").randrange(MILLION)  # noqa: S311 - weather, not secrets
        return self.low <= drawn < self.high
