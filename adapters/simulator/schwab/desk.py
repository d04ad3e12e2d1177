"""What the broker's desk keeps beyond the books: account hashes, order numbers, and what a script makes it say."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from adapters.simulator.books.account import AccountBook
from adapters.simulator.books.orders import SimulatedOrder
from adapters.simulator.schwab import refusals
from adapters.simulator.schwab.logins import SchwabAccount, SchwabLogin
from adapters.simulator.schwab.numbers import made_up
from adapters.simulator.wire import Request
from adapters.simulator.world import World

FIRST_ORDER_ID = 1_002_600_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawer:
    """One account with its book, as a login reaches it."""

    account: SchwabAccount
    book: AccountBook
    hash_value: str


class Desk:
    """The desk of one simulation."""

    def __init__(self, world: World, logins: Iterable[SchwabLogin], base_url: Callable[[], str]) -> None:
        """`base_url` tells where the server listens, for `Location` headers."""
        self.world = world
        self.logins = tuple(logins)
        self.base_url = base_url
        self.rotation = 0
        self.shown_by_order: dict[str, str] = {}
        self.shown_by_symbol: dict[str, str] = {}
        self._last_order_id = FIRST_ORDER_ID

    def hash_of(self, account: SchwabAccount) -> str:
        """The 64 hexadecimal digits by which requests name an account, until the hashes rotate."""
        return made_up("account", account.number, self.rotation).upper()

    def drawers(self, login: SchwabLogin) -> list[Drawer]:
        """The accounts of a login, in its order."""
        return [
            Drawer(account=account, book=self.world.books[account.number], hash_value=self.hash_of(account))
            for account in login.accounts
        ]

    def next_order_id(self) -> str:
        """Numeric and ascending, with gaps: other customers trade too."""
        self._last_order_id += 7
        return str(self._last_order_id)

    def shown(self, order: SimulatedOrder) -> str | None:
        """The status that a script shows in place of an order's own."""
        return self.shown_by_order.get(order.order_id, self.shown_by_symbol.get(order.symbol))

    def account_named(self, text: str) -> str:
        """What the request log writes for an account in a path: its name, never its number or hash."""
        for login in self.logins:
            for account in login.accounts:
                if text in {account.number, self.hash_of(account)}:
                    return account.name
        return "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request of a customer who has logged in; `parts` are what the path names, in order."""

    desk: Desk
    login: SchwabLogin
    request: Request
    parts: tuple[str, ...]

    @property
    def world(self) -> World:
        """The world behind the desk."""
        return self.desk.world

    def drawer(self) -> Drawer:
        """The account that the path names by its hash, or the refusal."""
        for drawer in self.desk.drawers(self.login):
            if drawer.hash_value == self.parts[0]:
                return drawer
        raise refusals.not_this_account()
