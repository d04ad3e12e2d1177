"""A household of two with books on disk, its page in this process, and visitors who send what they like."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from html import unescape
from http.cookies import SimpleCookie
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from starlette.types import ASGIApp

from adapters.store.gate import SqliteGate
from adapters.store.ledger import SqliteLedger
from bot.domain.approval import Approval
from bot.domain.facts import PlanProposed, SnapshotTaken
from bot.domain.gate import Cost
from bot.domain.household import Household
from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.plan import Proposal
from bot.domain.snapshot import Holding, Snapshot
from bot.domain.targets import Policy
from bot.page.app import create_app
from bot.page.listening import Serving, listen
from bot.page.pace import Pace
from bot.page.rooms import Room
from bot.services.gate import open_links, say_yes
from bot.services.passphrases import set_passphrase
from bot.settings.page import PageAddress
from tests.fakes.brake import FakeBrake
from tests.fakes.clock import FakeClock
from tests.letters.sample import AT, HOUSEHOLD, PROPOSAL

ORIGIN = "http://127.0.0.1:8787"
CHEAP = Cost(n=2, r=1)  # microseconds in place of a tenth of a second
PHRASES = {"self": "walnut harbour seven", "spouse": "quiet copper morning"}
POLICY = Policy(
    targets_pct=(("us_stocks", Decimal(45)), ("intl_stocks", Decimal(15)), ("us_bonds", Decimal(40))),
)
PRICES = {"VTI": "282.50", "VXUS": "71.20", "BND": "73.50", "KBND": "12"}
HELD = {
    "brokerage": {"VTI": "1278", "VXUS": "1173"},
    "rollover": {"VTI": "397", "VXUS": "567", "BND": "2035"},
    "roth": {"VTI": "241", "VXUS": "342"},
    "work": {"KBND": "13400"},
}
BOUNDLESS = Pace(looks=10**9, answers=10**9, misses=10**9)


def snapshot() -> Snapshot:
    """What the household holds an hour before the plan: close to what the plan says of it."""
    return Snapshot(
        as_of_on=PROPOSAL.plan.as_of_on,
        holdings=tuple(
            Holding(
                account=account,
                cash_settled=Usd.of(7580) if account == "brokerage" else Usd(),
                positions=tuple(
                    Position(symbol=symbol, lots=(TaxLot(quantity=Shares.of(count), cost_per_share=Decimal(40)),))
                    for symbol, count in held.items()
                ),
            )
            for account, held in HELD.items()
        ),
        prices=tuple((symbol, Decimal(price)) for symbol, price in PRICES.items()),
        taken_at=AT - timedelta(hours=1),
    )


@cache
def _furnished() -> bytes:
    """A ledger with a snapshot and two passphrases, made once for all tests."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite3"
        with SqliteLedger(path) as ledger:
            ledger.record(SnapshotTaken(at=AT, snapshot=snapshot()))
            for person, phrase in PHRASES.items():
                gate, clock = SqliteGate(ledger), FakeClock(AT)
                set_passphrase(person=person, phrase=phrase, clock=clock, ledger=ledger, gate=gate, cost=CHEAP)
        return path.read_bytes()


@dataclass
class PageStage:
    """The household, its books in a folder, and the rooms of its page; a commit need not survive a power cut."""

    folder: Path
    household: Household = HOUSEHOLD
    clock: FakeClock = field(default_factory=lambda: FakeClock(AT))
    brake: FakeBrake = field(default_factory=FakeBrake)
    post: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        (self.folder / "ledger.sqlite3").write_bytes(_furnished())

    @contextmanager
    def books(self) -> Iterator[tuple[SqliteLedger, SqliteGate]]:
        """Ledger and gate in one file."""
        with SqliteLedger(self.folder / "ledger.sqlite3") as ledger:
            ledger.books[1].execute("PRAGMA synchronous = OFF")
            yield ledger, SqliteGate(ledger)

    @contextmanager
    def open(self) -> Iterator[Room]:
        """A room for one request."""
        with self.books() as (ledger, gate):
            yield Room(
                household=self.household,
                policy=POLICY,
                environment=PROPOSAL.environment,
                ledger=ledger,
                gate=gate,
                brake=self.brake,
                clock=self.clock,
                letters=lambda: self.post,
            )

    def choose(self, *people: str) -> None:
        """Passphrases for these people."""
        with self.books() as (ledger, gate):
            for person in people:
                phrase = PHRASES[person]
                set_passphrase(person=person, phrase=phrase, clock=self.clock, ledger=ledger, gate=gate, cost=CHEAP)

    def propose(self, plan_id: str = "P-2026-11-30-A", **changes: Any) -> Proposal:  # noqa: ANN401 - any field of it
        """A plan in the books that waits; one that waited before gives way to it."""
        shift = self.clock.now() - AT
        instants = {"created_at": PROPOSAL.created_at + shift, "expires_at": PROPOSAL.expires_at + shift}
        proposal = replace(PROPOSAL, plan_id=plan_id, **(instants | changes))
        with self.books() as (ledger, _):
            ledger.record(PlanProposed(at=self.clock.now(), proposal=proposal))
        return proposal

    def link(self, proposal: Proposal, *people: str) -> str:
        """A fresh token for the first of these people, all of whom decide."""
        with self.books() as (_, gate):
            wanted = people or ("self",)
            return open_links(proposal, wanted, self.clock, gate)[wanted[0]]

    def links(self, proposal: Proposal, *people: str) -> Mapping[str, str]:
        """A fresh token for each of these people."""
        with self.books() as (_, gate):
            return open_links(proposal, people, self.clock, gate)

    def say_yes(self, token: str) -> None:
        """Say yes behind a link, without the page."""
        with self.books() as (ledger, gate):
            say_yes(token=token, passphrase=PHRASES["self"], by="test", clock=self.clock, ledger=ledger, gate=gate)

    def verdict(self, proposal: Proposal) -> str:
        """What the books say of a plan: a word, or `waiting`."""
        approval = self.approval(proposal)
        return approval.verdict.value if approval else "waiting"

    def approval(self, proposal: Proposal) -> Approval | None:
        """The verdict itself."""
        with self.books() as (ledger, _):
            return next(given for known, given in ledger.proposals() if known == proposal)

    def written(self) -> int:
        """How many facts there are: who changes nothing adds none."""
        with self.books() as (ledger, _):
            return sum(1 for _ in ledger.facts())

    def app(self, *, pace: Pace = BOUNDLESS, origins: Sequence[str] = (ORIGIN,), behind_proxy: bool = False) -> ASGIApp:
        """The page over these books."""
        return create_app(self, origins=origins, stopwatch=self.clock, pace=pace, behind_proxy=behind_proxy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def header(self, name: str) -> str:
        """The only header of that name; empty where there is none."""
        found = [value for known, value in self.headers if known == name.lower()]
        assert len(found) <= 1, f"{name} came {len(found)} times"
        return found[0] if found else ""

    @property
    def alert(self) -> str:
        """What the page says went wrong."""
        found = re.search(r'role="alert"><p>(.*?)</p>', self.text)
        return unescape(found[1]) if found else ""

    def seal(self, action: str) -> str:
        """What the form to this path carries; KeyError where the page has no such form."""
        found = re.search(
            rf'action="{re.escape(action)}"[^>]*><input type="hidden" name="form" value="([^"]+)">', self.text
        )
        if found is None:
            raise KeyError(action)
        return unescape(found[1])

    @property
    def actions(self) -> list[str]:
        """Where its forms lead."""
        return re.findall(r'<form method="post" action="([^"]+)"', self.text)


async def asked(
    app: ASGIApp,
    method: str,
    path: str,
    headers: Sequence[tuple[str, str]],
    body: bytes = b"",
    client: str = "127.0.0.1",
) -> Answer:
    """One request, as a server would hand it over."""
    pieces = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Mapping[str, Any]] = []

    async def receive() -> Any:  # noqa: ANN401 - whatever ASGI calls a message
        return pieces.pop(0) if pieces else {"type": "http.disconnect"}

    async def send(message: Any) -> None:  # noqa: ANN401 - same
        sent.append(message)

    plain, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": plain,
        "raw_path": plain.encode("utf-8", "replace"),
        "query_string": query.encode("utf-8", "replace"),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers],
        "client": (client, 50_000),
        "server": ("127.0.0.1", 8787),
    }
    await app(scope, receive, send)
    start = sent[0]
    body_parts = [message.get("body", b"") for message in sent[1:]]
    told = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in start["headers"])
    return Answer(status=start["status"], headers=told, body=b"".join(body_parts))


@dataclass
class Visitor:
    """A browser without a screen: keeps its cookies by path, and sends forms as one does."""

    app: ASGIApp
    origin: str = ORIGIN
    cookies: dict[tuple[str, str], str] = field(default_factory=dict)
    _runner: asyncio.Runner = field(default_factory=asyncio.Runner)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.close()

    def get(self, path: str, *, method: str = "GET", **headers: str) -> Answer:
        """Look."""
        return self.send(method, path, headers=self._headers(path, headers))

    def post(self, path: str, fields: Mapping[str, str], **headers: str) -> Answer:
        """Send a form."""
        told = {"content-type": "application/x-www-form-urlencoded", "origin": "null", "sec-fetch-site": "same-origin"}
        given = self._headers(path, told | {name.replace("_", "-"): value for name, value in headers.items()})
        return self.send("POST", path, headers=given, body=urlencode(fields).encode())

    def fill(self, page: Answer, action: str, **fields: str) -> Answer:
        """Send a form that stands on a page."""
        return self.post(action, {"form": page.seal(action), **fields})

    def enter(self, phrase: str = PHRASES["self"], person: str = "self") -> Answer:
        """Show a passphrase at the household's door."""
        return self.fill(self.get("/"), "/login", person=person, passphrase=phrase)

    def send(self, method: str, path: str, *, headers: Sequence[tuple[str, str]], body: bytes = b"") -> Answer:
        """Anything at all."""
        answer = self._runner.run(asked(self.app, method, path, headers, body))
        self._keep(answer)
        return answer

    def _headers(self, path: str, given: Mapping[str, str]) -> list[tuple[str, str]]:
        crumbs = [f"{name}={value}" for (name, place), value in self.cookies.items() if _below(path, place)]
        told = {"host": self.origin.partition("://")[2], **({"cookie": "; ".join(crumbs)} if crumbs else {}), **given}
        return [(name, value) for name, value in told.items() if value]

    def _keep(self, answer: Answer) -> None:
        for name, value in answer.headers:
            if name == "set-cookie":
                for key, morsel in SimpleCookie(value).items():
                    self.cookies[key, morsel["path"]] = morsel.value
                    if morsel["max-age"] == "0":
                        del self.cookies[key, morsel["path"]]


def _below(path: str, place: str) -> bool:
    return place in {"/", path} or path.startswith(f"{place}/")


@contextmanager
def served(stage: PageStage, *, behind_proxy: bool = False, names: Sequence[str] = ()) -> Iterator[str]:
    """The page on a port of this machine; `names` are further origins under which it is known, with `PORT` in them."""
    listening = listen(PageAddress(port=0))
    port = listening.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    known = (address, *(name.replace("PORT", str(port)) for name in names))
    serving = Serving(stage.app(origins=known, behind_proxy=behind_proxy), listening)
    serving.start()
    try:
        yield address
    finally:
        serving.stop()
