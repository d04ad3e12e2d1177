"""The plan behind a link: looking changes nothing, a passphrase says yes, anybody may say no, what is over is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.plan import Environment
from tests.page.stage import PHRASES, PageStage, Visitor

MINE, WRONG = PHRASES["self"], "not my passphrase"


def test_looking_any_number_of_times_changes_nothing(stage: PageStage, visitor: Visitor) -> None:
    proposal = stage.propose()
    token = stage.link(proposal)
    before = stage.written()

    seen = [visitor.get(f"/a/{token}", method=method).status for method in ("GET", "HEAD") * 20]

    assert (set(seen), stage.written(), stage.verdict(proposal)) == ({200}, before, "waiting")


@pytest.mark.parametrize("action", ["yes", "no", "done", "stop"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
def test_no_other_method_does_what_a_form_does(stage: PageStage, visitor: Visitor, method: str, action: str) -> None:
    proposal = stage.propose()
    token = stage.link(proposal)

    assert visitor.get(f"/a/{token}/{action}", method=method).status == 405
    assert (stage.verdict(proposal), stage.brake.why) == ("waiting", "")


def test_the_right_passphrase_approves(stage: PageStage, visitor: Visitor) -> None:
    proposal = stage.propose()
    token = stage.link(proposal)

    answer = visitor.fill(visitor.get(f"/a/{token}"), f"/a/{token}/yes", passphrase=MINE)

    approval = stage.approval(proposal)
    assert (answer.status, answer.header("location")) == (303, f"/a/{token}")
    assert approval is not None
    assert (approval.verdict.value, approval.by) == ("approved", "page:self")


def test_a_wrong_passphrase_is_told_and_approves_nothing(stage: PageStage, visitor: Visitor) -> None:
    proposal = stage.propose()
    token = stage.link(proposal)

    answer = visitor.fill(visitor.get(f"/a/{token}"), f"/a/{token}/yes", passphrase=WRONG)

    assert (answer.status, stage.verdict(proposal)) == (403, "waiting")
    assert answer.alert == "That is not the passphrase of self. Nothing was approved."


def test_what_was_typed_never_comes_back(stage: PageStage, visitor: Visitor) -> None:
    token = stage.link(stage.propose())

    answer = visitor.fill(visitor.get(f"/a/{token}"), f"/a/{token}/yes", passphrase="nearly walnut harbour")

    assert "nearly walnut" not in answer.text


def test_five_wrong_passphrases_void_the_plan(stage: PageStage, visitor: Visitor) -> None:
    proposal = stage.propose()
    token = stage.link(proposal)
    page = visitor.get(f"/a/{token}")
    for _ in range(5):
        visitor.fill(page, f"/a/{token}/yes", passphrase=WRONG)

    answer = visitor.fill(page, f"/a/{token}/yes", passphrase=MINE)

    assert (answer.status, stage.verdict(proposal)) == (409, "voided")


def test_a_lock_outlives_the_plan_and_the_program(stage: PageStage) -> None:
    token = stage.link(stage.propose())
    with Visitor(stage.app()) as robot:
        page = robot.get(f"/a/{token}")
        for _ in range(5):
            robot.fill(page, f"/a/{token}/yes", passphrase=WRONG)
    newer = stage.propose("P-2026-11-30-B")
    again = stage.link(newer)

    with Visitor(stage.app()) as owner:
        answer = owner.get(f"/a/{again}")
        assert "Locked." in answer.text
        assert answer.actions == [f"/a/{again}/no", f"/a/{again}/stop"]
        stage.clock.pass_by(timedelta(minutes=16))
        owner.fill(owner.get(f"/a/{again}"), f"/a/{again}/yes", passphrase=MINE)
    assert stage.verdict(newer) == "approved"


def test_a_no_needs_no_passphrase(stage: PageStage, visitor: Visitor) -> None:
    proposal = stage.propose()
    token = stage.link(proposal)

    answer = visitor.fill(visitor.get(f"/a/{token}"), f"/a/{token}/no")

    assert (answer.status, stage.verdict(proposal)) == (303, "declined")
    assert visitor.get(f"/a/{token}").actions == [f"/a/{token}/stop"]


def test_a_halt_needs_none_either(stage: PageStage, visitor: Visitor) -> None:
    proposal = stage.propose()
    token = stage.link(proposal)

    answer = visitor.fill(visitor.get(f"/a/{token}"), f"/a/{token}/stop")

    assert (answer.status, stage.verdict(proposal)) == (303, "declined")
    assert "page:self" in stage.brake.why


def test_a_plan_that_ran_out_while_it_was_read_is_not_approved(stage: PageStage, visitor: Visitor) -> None:
    proposal = stage.propose(expires_at=stage.clock.now() + timedelta(hours=1))
    token = stage.link(proposal)
    page = visitor.get(f"/a/{token}")
    stage.clock.pass_by(timedelta(hours=1))

    answer = visitor.fill(page, f"/a/{token}/yes", passphrase=MINE)

    assert (answer.status, stage.verdict(proposal), answer.actions) == (409, "waiting", [])
    assert "has expired" in answer.alert


def test_a_plan_that_gave_way_to_a_newer_one_is_not_approved(stage: PageStage, visitor: Visitor) -> None:
    old = stage.propose()
    token = stage.link(old)
    page = visitor.get(f"/a/{token}")
    newer = stage.propose("P-2026-11-30-B")

    answer = visitor.fill(page, f"/a/{token}/yes", passphrase=MINE)

    assert (answer.status, stage.verdict(old), stage.verdict(newer)) == (409, "superseded", "waiting")
    assert "Superseded." in answer.text


def test_a_used_link_shows_the_plan_and_approves_nothing_again(stage: PageStage, visitor: Visitor) -> None:
    proposal = stage.propose()
    token = stage.link(proposal)
    page = visitor.get(f"/a/{token}")
    visitor.fill(page, f"/a/{token}/yes", passphrase=MINE)
    before = stage.written()

    answer = visitor.fill(page, f"/a/{token}/yes", passphrase=MINE)

    assert (answer.status, stage.written()) == (409, before)


def test_a_forged_a_shortened_and_an_absent_link_look_alike(stage: PageStage, visitor: Visitor) -> None:
    token = stage.link(stage.propose())
    forged = [token[:-1], token[:20], f"{token}A", token.swapcase(), "x", "%00", "%F0%9F%A5%A7", "A" * 5000, ".."]

    answers = {(answer.status, answer.body) for answer in (visitor.get(f"/a/{one}") for one in forged)}

    assert answers == {(404, visitor.get("/nothing/here").body)}


def test_a_form_to_a_forged_link_is_a_link_that_is_not_there(stage: PageStage, visitor: Visitor) -> None:
    token = stage.link(stage.propose())
    page = visitor.get(f"/a/{token}")

    for action in ("yes", "no", "done", "stop"):
        sealed = {"form": page.seal(f"/a/{token}/yes"), "passphrase": MINE}
        assert visitor.post(f"/a/{token[:-1]}x/{action}", sealed).status == 404


def test_the_form_of_one_plan_is_no_form_of_another(stage: PageStage, visitor: Visitor) -> None:
    first = stage.propose()
    token = stage.link(first)
    page = visitor.get(f"/a/{token}")
    second = stage.propose("P-2026-11-30-B")
    other = stage.link(second)
    visitor.get(f"/a/{other}")

    answer = visitor.post(f"/a/{other}/yes", {"form": page.seal(f"/a/{token}/yes"), "passphrase": MINE})

    assert (answer.status, stage.verdict(second)) == (403, "waiting")


def test_the_form_of_a_no_is_no_form_of_a_yes(stage: PageStage, visitor: Visitor) -> None:
    proposal = stage.propose()
    token = stage.link(proposal)
    page = visitor.get(f"/a/{token}")

    answer = visitor.post(f"/a/{token}/yes", {"form": page.seal(f"/a/{token}/no"), "passphrase": MINE})

    assert (answer.status, stage.verdict(proposal)) == (403, "waiting")


def test_the_form_of_another_visit_is_refused_and_shown_again(stage: PageStage, visitor: Visitor) -> None:
    proposal = stage.propose()
    token = stage.link(proposal)
    with Visitor(visitor.app) as attacker:
        stolen = attacker.get(f"/a/{token}").seal(f"/a/{token}/yes")
    visitor.get(f"/a/{token}")

    answer = visitor.post(f"/a/{token}/yes", {"form": stolen, "passphrase": MINE})

    assert (answer.status, stage.verdict(proposal)) == (403, "waiting")
    assert visitor.fill(answer, f"/a/{token}/yes", passphrase=MINE).status == 303


def test_a_form_that_lay_open_for_hours_is_shown_again(stage: PageStage, visitor: Visitor) -> None:
    proposal = stage.propose()
    token = stage.link(proposal)
    page = visitor.get(f"/a/{token}")
    stage.clock.pass_by(timedelta(hours=3))

    answer = visitor.fill(page, f"/a/{token}/no")

    assert (answer.status, stage.verdict(proposal)) == (403, "waiting")
    assert visitor.fill(answer, f"/a/{token}/no").status == 303


def test_two_links_open_in_one_browser_do_not_disturb_each_other(stage: PageStage, visitor: Visitor) -> None:
    proposal = stage.propose()
    first, second = stage.link(proposal), stage.link(proposal)
    page = visitor.get(f"/a/{first}")
    visitor.get(f"/a/{second}")

    assert visitor.fill(page, f"/a/{first}/yes", passphrase=MINE).status == 303


def test_a_plan_of_two_owners_waits_for_both(stage: PageStage, visitor: Visitor) -> None:
    proposal = stage.propose()
    links = stage.links(proposal, "self", "spouse")
    mine, theirs = links["self"], links["spouse"]

    visitor.fill(visitor.get(f"/a/{mine}"), f"/a/{mine}/yes", passphrase=MINE)
    halfway = visitor.get(f"/a/{mine}")
    assert (stage.verdict(proposal), "You have said yes." in halfway.text) == ("waiting", True)
    refused = visitor.fill(visitor.get(f"/a/{theirs}"), f"/a/{theirs}/yes", passphrase=MINE)
    assert (refused.status, stage.verdict(proposal)) == (403, "waiting")
    visitor.fill(refused, f"/a/{theirs}/yes", passphrase=PHRASES["spouse"])

    assert stage.verdict(proposal) == "approved"


def test_a_dry_run_has_nothing_to_approve(stage: PageStage, visitor: Visitor) -> None:
    proposal = stage.propose(environment=Environment.DRY_RUN)
    token = stage.link(proposal)

    page = visitor.get(f"/a/{token}")

    assert page.actions == [f"/a/{token}/no", f"/a/{token}/stop"]


def test_orders_for_hands_are_ticked_off_with_the_passphrase(stage: PageStage, visitor: Visitor) -> None:
    token = stage.link(stage.propose())
    visitor.fill(visitor.get(f"/a/{token}"), f"/a/{token}/yes", passphrase=MINE)
    page = visitor.get(f"/a/{token}")

    wrong = visitor.fill(page, f"/a/{token}/done", passphrase=WRONG, leg5="on")
    assert (wrong.status, f"/a/{token}/done" in wrong.actions) == (403, True)
    assert visitor.fill(page, f"/a/{token}/done", passphrase=MINE).alert == "No order was ticked. Nothing was changed."
    right = visitor.fill(page, f"/a/{token}/done", passphrase=MINE, leg5="on", leg1="off")

    assert (right.status, visitor.get(f"/a/{token}").actions) == (303, [f"/a/{token}/stop"])


def test_nothing_is_ticked_off_before_a_yes(stage: PageStage, visitor: Visitor) -> None:
    token = stage.link(stage.propose())
    page = visitor.get(f"/a/{token}")
    assert f"/a/{token}/done" not in page.actions
    before = stage.written()

    visitor.post(f"/a/{token}/done", {"form": page.seal(f"/a/{token}/yes"), "passphrase": MINE, "leg5": "on"})

    assert stage.written() == before


def test_who_has_no_passphrase_is_told_how_to_get_one(stage: PageStage, visitor: Visitor) -> None:
    stage.household = replace(
        stage.household, accounts=(*stage.household.accounts, replace(stage.household.accounts[0], id="x", owner="kid"))
    )
    token = stage.link(stage.propose(), "kid")

    page = visitor.get(f"/a/{token}")

    assert "rebaloop passphrase kid" in page.text


def test_names_from_outside_are_text_and_nothing_else(stage: PageStage, visitor: Visitor) -> None:
    accounts = tuple(replace(one, owner="<script>alert(1)</script>") for one in stage.household.accounts)
    stage.household = replace(stage.household, accounts=accounts)
    token = stage.link(stage.propose())

    page = visitor.get(f"/a/{token}")

    assert ("<script" in page.text, "&lt;script&gt;" in page.text) == (False, True)
