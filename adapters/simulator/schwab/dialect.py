"""The dialect's front door: the token office, who is asking, and which page of the vendor's manual answers."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from adapters.simulator.schwab import hours, orders, quotes, reads, refusals, transactions
from adapters.simulator.schwab.desk import Call, Desk
from adapters.simulator.schwab.logins import SchwabLogin
from adapters.simulator.schwab.numbers import made_up
from adapters.simulator.schwab.oauth import TokenOffice
from adapters.simulator.wire import Answer, Request
from adapters.simulator.world import World

Page = Callable[[Call], Answer]
TOKEN = "/v1/oauth/token"  # noqa: S105 - a path, no secret
AUTHORIZE = "/v1/oauth/authorize"
ACCOUNT = r"/trader/v1/accounts/([^/]+)"
PAGES: tuple[tuple[str, str, Page], ...] = (
    ("GET", r"/trader/v1/accounts/accountNumbers", reads.account_numbers),
    ("GET", r"/trader/v1/accounts", reads.accounts),
    ("GET", ACCOUNT, reads.account),
    ("GET", ACCOUNT + r"/orders", orders.list_for_account),
    ("POST", ACCOUNT + r"/orders", orders.place),
    ("POST", ACCOUNT + r"/previewOrder", orders.preview),
    ("GET", ACCOUNT + r"/orders/([^/]+)", orders.read),
    ("DELETE", ACCOUNT + r"/orders/([^/]+)", orders.cancel),
    ("PUT", ACCOUNT + r"/orders/([^/]+)", orders.replace_order),
    ("GET", ACCOUNT + r"/transactions", transactions.listed),
    ("GET", ACCOUNT + r"/transactions/([^/]+)", transactions.read),
    ("GET", r"/trader/v1/orders", orders.list_all),
    ("GET", r"/trader/v1/userPreference", reads.user_preference),
    ("GET", r"/marketdata/v1/quotes", quotes.quotes),
    ("GET", r"/marketdata/v1/markets", hours.market_hours),
    ("GET", r"/marketdata/v1/markets/([^/]+)", hours.market_hours),
    ("GET", r"/marketdata/v1/instruments", quotes.instruments_found),
    ("GET", r"/marketdata/v1/([^/]+)/quotes", quotes.quote),
)
IN_AN_ACCOUNT = re.compile(r"(/accounts/)(?!accountNumbers)([^/]+)")

# A customer who reads one of these sees what has happened to its orders since they were sent.
LOOKING = re.compile(r"/trader/v1/(orders|accounts(?!/accountNumbers))")


def speaks(path: str) -> bool:
    """Whether a path is one of this vendor's."""
    return path.startswith(("/trader/", "/marketdata/", "/v1/oauth/"))


class SchwabDialect:
    """Schwab's trader API, market data API and token endpoint over one world."""

    def __init__(self, world: World, logins: Iterable[SchwabLogin], base_url: Callable[[], str]) -> None:
        """Speak for a world; `base_url` tells where the server listens."""
        self.desk = Desk(world, logins, base_url)
        self.tokens = TokenOffice(world.market.clock, self.desk.logins)
        self._answered = 0

    def answer(self, request: Request) -> Answer:
        """Answer one request; every refusal is an answer too."""
        self._answered += 1
        try:
            answer = self._page(request)
        except refusals.Refusal as refusal:
            answer = refusal.answer
        correlation = made_up("correlation", self._answered)
        ticket = f"{correlation[:8]}-{correlation[8:12]}-4{correlation[13:16]}-8{correlation[17:20]}"
        return replace(answer, headers={"Schwab-Client-CorrelId": f"{ticket}-{correlation[20:32]}", **answer.headers})

    def account_of(self, request: Request) -> str | None:
        """The name of the account in a path, or else of the login whose token a request shows."""
        in_account = IN_AN_ACCOUNT.search(request.path)
        if in_account:
            return self.desk.account_named(in_account[2])
        login = self.tokens.holder(request)
        return None if login is None else login.name

    def logged_path(self, path: str) -> str:
        """A path for the request log: an account by its name."""
        return IN_AN_ACCOUNT.sub(lambda match: match[1] + self.desk.account_named(match[2]), path)

    def _page(self, request: Request) -> Answer:
        if (request.method, request.path) == ("POST", TOKEN):
            return self.tokens.token(request)
        if (request.method, request.path) == ("GET", AUTHORIZE):
            return self._authorise(request)
        login = self.tokens.holder(request)
        if login is None:
            raise refusals.unauthorised()
        for method, pattern, page in PAGES:
            match = re.fullmatch(pattern, request.path)
            if match and method == request.method:
                call = Call(desk=self.desk, login=login, request=request, parts=match.groups())
                return self._named(call, page)
        raise refusals.not_found("Resource not found")

    def _named(self, call: Call, page: Page) -> Answer:
        """The page's answer, its refusals included, under the name of the account or of the login."""
        if call.request.method == "GET" and LOOKING.match(call.request.path):
            for drawer in self.desk.drawers(call.login):
                call.world.customer_looks(drawer.book)
        try:
            answer = page(call)
        except refusals.Refusal as refusal:
            answer = refusal.answer
        return replace(answer, account=self.account_of(call.request))

    def _authorise(self, request: Request) -> Answer:
        """`GET /v1/oauth/authorize`: the owner of an app with one login says yes at once."""
        query = request.query
        owners = [
            login
            for login in self.desk.logins
            if (login.app_key, login.callback_url) == (query.get("client_id"), query.get("redirect_uri"))
            and query.get("login", login.name) == login.name
        ]
        if len(owners) != 1:
            raise refusals.bad_request("client_id and redirect_uri name no login, or several: add login=")
        address = self.tokens.redirect(owners[0].name, query.get("state"))
        return Answer(status=302, headers={"Location": address}, account=owners[0].name)
