"""The doorway: every answer is dressed, and what does not come from our own page under our own name goes no further."""

from __future__ import annotations

import asyncio

import pytest

from bot.page.doorway import DRESS
from bot.page.pace import Pace
from bot.page.paper import POLICY
from tests.page.stage import ORIGIN, PHRASES, Answer, PageStage, Visitor, asked

FORM = ("content-type", "application/x-www-form-urlencoded")
OURS = (("origin", "null"), ("sec-fetch-site", "same-origin"))
HOST = ("host", "127.0.0.1:8787")


def test_every_answer_is_dressed_refusals_as_well(stage: PageStage, visitor: Visitor) -> None:
    token = stage.link(stage.propose())
    page = visitor.get(f"/a/{token}")
    answers = [
        page,
        visitor.get("/"),
        visitor.get("/icon.svg"),
        visitor.get("/healthz"),
        visitor.get("/not/here"),
        visitor.get("/", method="TRACE"),
        visitor.get("/", host="evil.example"),
        visitor.post("/login", {}),
        visitor.post(f"/a/{token}/yes", {}, sec_fetch_site="cross-site"),
        visitor.send("POST", "/login", headers=[HOST, *OURS, ("content-type", "text/plain")], body=b"x"),
        visitor.send("POST", "/login", headers=[HOST, *OURS, FORM], body=b"a" * 5000),
        visitor.fill(page, f"/a/{token}/no"),
    ]

    for answer in answers:
        assert {name: answer.header(name) for name in DRESS} == DRESS
    assert [answer.status for answer in answers] == [200, 200, 200, 200, 404, 405, 421, 403, 403, 415, 413, 303]


def test_the_policy_lets_a_browser_run_nothing() -> None:
    rules = dict(rule.split(" ", 1) for rule in POLICY.split("; "))

    assert rules.pop("style-src").startswith("'sha256-")
    assert rules == {
        "default-src": "'none'",
        "img-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }


def test_no_page_holds_a_script_or_a_style_of_its_own(stage: PageStage, visitor: Visitor) -> None:
    token = stage.link(stage.propose())
    pages = [visitor.get(f"/a/{token}"), visitor.get("/")]
    visitor.enter()
    pages += [visitor.get(path) for path in ("/", "/history", "/stop", "/not/here")]

    for page in pages:
        assert ("<script" in page.text, " style=" in page.text, " onclick" in page.text) == (False, False, False)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8787",
        "127.0.0.1",
        "127.0.0.1:80",
        "localhost:8787",
        "",
        "127.0.0.1:8787.evil.example",
    ],
)
def test_under_another_name_nothing_is_shown(stage: PageStage, visitor: Visitor, host: str) -> None:
    token = stage.link(stage.propose())

    answer = visitor.get(f"/a/{token}", host=host)

    assert (answer.status, "VTI" in answer.text) == (421, False)


def test_two_names_at_once_are_none(stage: PageStage, visitor: Visitor) -> None:
    assert visitor.send("GET", "/", headers=[HOST, ("host", "evil.example")]).status == 421


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"origin": "null"},
        {"origin": "http://evil.example"},
        {"origin": ORIGIN, "sec-fetch-site": "cross-site"},
        {"origin": ORIGIN, "sec-fetch-site": "same-site"},
        {"origin": "null", "sec-fetch-site": "none"},
        {"origin": "http://evil.example", "sec-fetch-site": "same-origin"},
        {"origin": "https://127.0.0.1:8787"},
        {"sec-fetch-site": "same-origin"},
    ],
    ids=str,
)
def test_a_form_from_elsewhere_does_nothing(stage: PageStage, visitor: Visitor, said: dict[str, str]) -> None:
    proposal = stage.propose()
    token = stage.link(proposal)
    page = visitor.get(f"/a/{token}")
    told = {"origin": "", "sec_fetch_site": ""} | {name.replace("-", "_"): value for name, value in said.items()}

    for action in ("yes", "no", "stop"):
        fields = {"form": page.seal(f"/a/{token}/{action}"), "passphrase": PHRASES["self"]}
        assert visitor.post(f"/a/{token}/{action}", fields, **told).status == 403

    assert (stage.verdict(proposal), stage.brake.why) == ("waiting", "")


@pytest.mark.parametrize("said", [{"origin": ORIGIN, "sec_fetch_site": ""}, {"origin": ORIGIN}, {}], ids=str)
def test_a_form_of_our_own_page_is_taken_however_the_browser_says_so(
    stage: PageStage, visitor: Visitor, said: dict[str, str]
) -> None:
    proposal = stage.propose()
    token = stage.link(proposal)
    fields = {"form": visitor.get(f"/a/{token}").seal(f"/a/{token}/no")}

    assert visitor.post(f"/a/{token}/no", fields, **said).status == 303


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe", b"form=1&form=2", b"&".join(b"f%d=1" % n for n in range(100)), b"form=%ff", "form=ü".encode()],
)
def test_what_is_no_form_of_ours_is_refused(visitor: Visitor, body: bytes) -> None:
    assert visitor.send("POST", "/login", headers=[HOST, *OURS, FORM], body=body).status == 400


def test_who_asks_too_often_waits_a_minute(stage: PageStage) -> None:
    with Visitor(stage.app(pace=Pace(looks=3, answers=9, misses=9))) as hasty:
        seen = [hasty.get("/healthz").status for _ in range(5)]
        stage.clock.wait(60)
        assert (seen, hasty.get("/healthz").status) == ([200, 200, 200, 429, 429], 200)


def test_who_answers_too_often_waits_a_minute(stage: PageStage) -> None:
    with Visitor(stage.app(pace=Pace(looks=99, answers=2, misses=99))) as hasty:
        assert [hasty.post("/login", {}).status for _ in range(3)] == [403, 403, 429]


def test_who_guesses_links_is_turned_away_after_a_few(stage: PageStage) -> None:
    token = stage.link(stage.propose())
    with Visitor(stage.app(pace=Pace(looks=99, answers=9, misses=3))) as guesser:
        seen = [guesser.get(f"/a/{number}").status for number in range(4)]
        assert (seen, guesser.get(f"/a/{token}").status) == ([404, 404, 404, 429], 429)


def _from(app: Visitor, client: str, told: str) -> Answer:
    headers = [HOST, *([("x-forwarded-for", told)] if told else [])]
    return asyncio.run(asked(app.app, "GET", "/healthz", headers, client=client))


def test_a_proxys_word_about_an_address_counts_only_where_there_is_a_proxy(stage: PageStage) -> None:
    one = Pace(looks=1, answers=1, misses=1)
    with Visitor(stage.app(pace=one)) as direct, Visitor(stage.app(pace=one, behind_proxy=True)) as proxied:
        lied = [_from(direct, "192.0.2.1", f"198.51.100.{n}").status for n in range(2)]
        told = [_from(proxied, "127.0.0.1", f"198.51.100.{n}").status for n in range(2)]
        made_up = [_from(proxied, "127.0.0.1", f"203.0.113.{n}, 198.51.100.9").status for n in range(2)]

    assert (lied, told, made_up) == ([200, 429], [200, 200], [200, 429])


def test_neighbours_of_one_ipv6_subscriber_are_counted_together(stage: PageStage) -> None:
    with Visitor(stage.app(pace=Pace(looks=1, answers=1, misses=1))) as one:
        near = [_from(one, f"2001:db8::{n}", "").status for n in range(1, 3)]
        far = _from(one, "2001:db8:0:1::1", "").status

    assert (near, far) == ([200, 429], 200)


def test_a_room_that_falls_in_tells_nobody_why(stage: PageStage, visitor: Visitor) -> None:
    stage.folder = stage.folder / "secret-folder" / "x\x00"

    answer = visitor.get("/")

    assert (answer.status, "secret-folder" in answer.text, answer.header("cache-control")) == (500, False, "no-store")
