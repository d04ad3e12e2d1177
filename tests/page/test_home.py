"""The household page: closed to whoever cannot show a passphrase, and then everything that the ledger knows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.facts import OrderIntended, OrderMoved, SnapshotTaken
from bot.domain.money import Shares
from bot.domain.orders import OrderState
from bot.domain.snapshot import Remark
from tests.letters.sample import ORDERS
from tests.page.stage import PHRASES, Answer, PageStage, Visitor, snapshot

AMOUNT = re.compile(r"\$\d")


def words(answer: Answer) -> str:
    """What a person reads."""
    body = answer.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def inside(visitor: Visitor, path: str = "/") -> str:
    """A page of the house after the passphrase."""
    visitor.enter()
    return words(visitor.get(path))


@pytest.mark.parametrize("path", ["/", "/history", "/stop"])
def test_without_a_passphrase_no_amount_is_shown(stage: PageStage, visitor: Visitor, path: str) -> None:
    stage.propose()

    page = visitor.get(path)

    assert (AMOUNT.search(page.text), page.actions) == (None, ["/login"])


def test_the_passphrase_opens_the_house_for_half_an_hour(stage: PageStage, visitor: Visitor) -> None:
    assert "One pie" in inside(visitor)
    stage.clock.pass_by(timedelta(minutes=29))
    assert "One pie" in words(visitor.get("/"))
    stage.clock.pass_by(timedelta(minutes=1))

    assert "Who is there?" in words(visitor.get("/"))


def test_a_wrong_passphrase_opens_nothing(visitor: Visitor) -> None:
    answer = visitor.enter("walnut harbour eight")

    assert (answer.status, "Who is there?" in words(visitor.get("/"))) == (403, True)


def test_a_name_that_owns_nothing_opens_nothing(visitor: Visitor) -> None:
    assert visitor.enter(person="nobody").status == 403


def test_five_wrong_ones_lock_the_door_for_a_quarter_of_an_hour(stage: PageStage, visitor: Visitor) -> None:
    for _ in range(5):
        visitor.enter("wrong wrong wrong")

    assert "Too many wrong passphrases" in visitor.enter().alert
    stage.clock.pass_by(timedelta(minutes=16))
    assert visitor.enter().status == 303


def test_what_locked_the_door_locks_the_plan_too(stage: PageStage, visitor: Visitor) -> None:
    token = stage.link(stage.propose())
    for _ in range(5):
        visitor.enter("wrong wrong wrong")

    assert "Locked." in words(visitor.get(f"/a/{token}"))


def test_the_cookie_of_a_stranger_never_becomes_the_key(stage: PageStage) -> None:
    """Session fixation: a cookie that was handed out before the passphrase is worth nothing after it."""
    app = stage.app()
    with Visitor(app) as owner, Visitor(app) as attacker:
        attacker.get("/")
        owner.cookies = dict(attacker.cookies)
        owner.enter()
        assert "One pie" in words(owner.get("/"))

        assert "Who is there?" in words(attacker.get("/"))


def test_who_leaves_takes_the_key_along(stage: PageStage) -> None:
    with Visitor(stage.app()) as owner:
        owner.enter()
        kept = dict(owner.cookies)
        owner.fill(owner.get("/"), "/leave")
        owner.cookies = kept

        assert "Who is there?" in words(owner.get("/"))


@pytest.mark.parametrize("cookie", ["", "x", "x.y", "a" * 3000, "\xff", "self"])
def test_a_cookie_that_we_did_not_make_is_none(visitor: Visitor, cookie: str) -> None:
    visitor.cookies = {("house", "/"): cookie}

    assert "Who is there?" in words(visitor.get("/"))


def test_on_tls_the_cookie_is_for_this_name_alone(stage: PageStage) -> None:
    with Visitor(stage.app(origins=("https://pie.example",)), origin="https://pie.example") as owner:
        set_cookie = owner.get("/").header("set-cookie")

    assert set_cookie.startswith("__Host-house=")
    for part in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"):
        assert part in set_cookie.split("; ")


def test_one_pie_with_every_class_and_account(stage: PageStage, visitor: Visitor) -> None:
    page = inside(visitor)

    assert "us_bonds outside its band 40% 30.8% -9.2 pt $310,373" in page
    assert "rollover traditional IRA · self $302,095 intl_stocks $40,370 us_bonds $149,573 us_stocks $112,153" in page
    assert "As the accounts stood on Monday 2026-11-30 09:00 New York time, 60 minutes ago." in page


def test_the_age_of_what_is_known_grows(stage: PageStage, visitor: Visitor) -> None:
    stage.clock.pass_by(timedelta(days=3))

    assert "New York time, 3 days ago." in inside(visitor)


def test_the_plan_that_waits_and_the_day_it_expires(stage: PageStage, visitor: Visitor) -> None:
    stage.propose()

    page = inside(visitor)

    assert "P-2026-11-30-A: Approve 5 orders, $0.00 tax" in page
    assert "Wed 2026-12-02 P-2026-11-30-A expires" in page


def test_no_link_to_approve_stands_on_the_household_page(stage: PageStage, visitor: Visitor) -> None:
    token = stage.link(stage.propose())
    visitor.enter()

    assert (token in visitor.get("/").text, "/a/" in visitor.get("/").text) == (False, False)


def test_where_no_dates_are_known_it_says_so(stage: PageStage, visitor: Visitor) -> None:
    assert "No dates are known." in inside(visitor)


def test_health_is_well_where_nothing_is_ill(stage: PageStage, visitor: Visitor) -> None:
    assert "Brake Not pulled. Logins None ends soon. Accounts All were read" in inside(visitor)


def test_health_tells_of_brake_login_account_and_letters(stage: PageStage, visitor: Visitor) -> None:
    stage.brake.pull("I am on holiday")
    stage.post = ("1 letter never arrived.",)
    remarks = (
        Remark(code="login_ends", account="", message="The login `ann` ends in 1 day."),
        Remark(code="reinvestment_on", account="brokerage", message="A dividend bought shares by itself."),
    )
    with stage.books() as (ledger, _):
        ledger.record(SnapshotTaken(at=stage.clock.now(), snapshot=replace(snapshot(), remarks=remarks)))

    page = inside(visitor)

    for told in (
        "Brake Pulled: I am on holiday.",
        "Login The login `ann` ends in 1 day.",
        "brokerage A dividend bought shares by itself.",
        "Letters 1 letter never arrived.",
    ):
        assert told in page


def test_a_household_that_nobody_looked_at_is_told_so(stage: PageStage, visitor: Visitor) -> None:
    (stage.folder / "ledger.sqlite3").unlink()
    for rest in stage.folder.glob("ledger.sqlite3-*"):
        rest.unlink()
    stage.choose("self")

    assert "Nobody has looked at the accounts yet" in inside(visitor)


def test_settings_that_changed_since_the_last_look_are_told(stage: PageStage, visitor: Visitor) -> None:
    accounts = (*stage.household.accounts, replace(stage.household.accounts[0], id="new"))
    stage.household = replace(stage.household, accounts=accounts)

    assert "other accounts or funds than the last look found" in inside(visitor)


def test_where_nobody_has_a_passphrase_the_door_says_how_to_get_one(stage: PageStage, visitor: Visitor) -> None:
    (stage.folder / "ledger.sqlite3").unlink()
    for rest in stage.folder.glob("ledger.sqlite3-*"):
        rest.unlink()

    assert "Nobody has a passphrase yet." in words(visitor.get("/"))


def test_history_has_every_plan_with_its_end_and_the_tax_it_put_off(stage: PageStage, visitor: Visitor) -> None:
    proposal = stage.propose()
    token = stage.link(proposal)
    visitor.fill(visitor.get(f"/a/{token}"), f"/a/{token}/yes", passphrase=PHRASES["self"])
    intent = replace(ORDERS[0].intent, plan=proposal.fingerprint)
    with stage.books() as (ledger, _):
        ledger.record(OrderIntended(at=stage.clock.now(), intent=intent))
        for state, filled in ((OrderState.SENDING, "0"), (OrderState.FILLED, "103")):
            moved = OrderMoved(
                at=stage.clock.now(), client_order_id=intent.client_order_id, state=state, filled=Shares.of(filled)
            )
            ledger.record(moved)
    stage.propose("P-2026-11-30-B")

    page = inside(visitor, "/history")

    assert "have put off $6,315 of tax" in page
    assert page.index("P-2026-11-30-B waiting") < page.index("P-2026-11-30-A approved")
    assert "brokerage: bought 103 of 103 BND, filled" in page


def test_everything_is_stopped_after_one_more_question(stage: PageStage, visitor: Visitor) -> None:
    proposal = stage.propose()
    visitor.enter()
    page = visitor.get("/stop")
    assert (stage.verdict(proposal), stage.brake.why) == ("waiting", "")

    visitor.fill(page, "/stop")

    assert stage.verdict(proposal) == "declined"
    assert stage.brake.why == "everything was rejected by page:self"


def test_a_stranger_stops_nothing(stage: PageStage, visitor: Visitor) -> None:
    proposal = stage.propose()
    seal = visitor.get("/stop").seal("/login")

    visitor.post("/stop", {"form": seal})

    assert (stage.verdict(proposal), stage.brake.why) == ("waiting", "")
