"""The page as a person uses it: a real browser, its own cookies and headers, and a keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browsing import opened
from tests.page.stage import PHRASES, PageStage, served

MINE = PHRASES["self"]
PRESS_EVERYTHING = """async () => {
  for (const one of document.querySelectorAll('[required],[maxlength]')) {
    one.removeAttribute('required'); one.removeAttribute('maxlength');
  }
  for (const one of document.querySelectorAll('input[type=checkbox]')) one.checked = true;
  for (const one of document.querySelectorAll('input[type=password]')) one.value = 'letmein';
  for (const one of document.querySelectorAll('details')) one.open = true;
  const seen = [];
  for (const form of document.forms) {
    const sent = await fetch(form.action, {method: 'POST', body: new URLSearchParams(new FormData(form))})
      .then(answer => answer.status).catch(() => 'stopped');
    seen.push(form.action.split('/').pop() + ' ' + sent);
  }
  return seen;
}"""


@pytest.fixture
def address(stage: PageStage) -> Iterator[str]:
    """Where the page is served."""
    with served(stage) as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone."""
    with opened(browser, 380) as found:
        yield found


def focused(page: Page) -> str:
    """What the keyboard would act upon: its words, its name, or its id."""
    words: str = page.evaluate(
        "(() => { const e = document.activeElement; return e.name || e.innerText.trim() || e.id; })()"
    )
    return words


def test_a_plan_is_approved_by_keyboard_alone(stage: PageStage, address: str, page: Page) -> None:
    proposal = stage.propose()
    page.goto(f"{address}/a/{stage.link(proposal)}")
    order = []
    while focused(page) != "passphrase":
        page.keyboard.press("Tab")
        order.append(focused(page))

    page.keyboard.type(MINE)
    page.keyboard.press("Enter")
    page.get_by_text("It is sent by the next run").wait_for()

    assert (order, stage.verdict(proposal)) == (["Skip to the content", "Answer", "passphrase"], "approved")


def test_the_keyboard_goes_through_the_answers_in_their_order(stage: PageStage, address: str, page: Page) -> None:
    page.goto(f"{address}/a/{stage.link(stage.propose())}")
    order = []
    for _ in range(7):
        page.keyboard.press("Tab")
        order.append(focused(page))

    assert order == [
        "Skip to the content",
        "Answer",
        "passphrase",
        "Approve the plan",
        "Reject this plan",
        "Stop everything instead",
        "Skip to the content",
    ] or order[:6] == [
        "Skip to the content",
        "Answer",
        "passphrase",
        "Approve the plan",
        "Reject this plan",
        "Stop everything instead",
    ]


def test_a_plan_is_rejected_by_one_press(stage: PageStage, address: str, page: Page) -> None:
    proposal = stage.propose()
    page.goto(f"{address}/a/{stage.link(proposal)}")

    page.get_by_role("button", name="Reject this plan").click()
    page.get_by_text("Declined.").wait_for()

    assert stage.verdict(proposal) == "declined"


def test_a_wrong_passphrase_is_told_and_the_next_one_counts(stage: PageStage, address: str, page: Page) -> None:
    proposal = stage.propose()
    page.goto(f"{address}/a/{stage.link(proposal)}")

    page.get_by_label("Passphrase").fill("not this one")
    page.get_by_role("button", name="Approve the plan").click()
    assert page.get_by_role("alert").inner_text() == "That is not the passphrase of self. Nothing was approved."
    assert page.get_by_label("Passphrase").input_value() == ""
    page.get_by_label("Passphrase").fill(MINE)
    page.get_by_role("button", name="Approve the plan").click()
    page.get_by_text("It is sent by the next run").wait_for()

    assert stage.verdict(proposal) == "approved"


def test_five_wrong_ones_end_the_plan(stage: PageStage, address: str, page: Page) -> None:
    proposal = stage.propose()
    page.goto(f"{address}/a/{stage.link(proposal)}")
    for _ in range(5):
        page.get_by_label("Passphrase").fill("not this one")
        page.get_by_role("button", name="Approve the plan").click()

    page.get_by_text("Voided.").wait_for()

    assert (stage.verdict(proposal), page.get_by_role("button").all_inner_texts()) == ("voided", [])


def test_to_load_the_page_again_sends_nothing_twice(stage: PageStage, address: str, page: Page) -> None:
    proposal = stage.propose()
    page.goto(f"{address}/a/{stage.link(proposal)}")
    page.get_by_label("Passphrase").fill(MINE)
    page.get_by_role("button", name="Approve the plan").click()
    page.get_by_text("It is sent by the next run").wait_for()
    before = stage.written()

    page.reload()
    page.go_back()
    page.reload()

    assert stage.written() == before


def test_an_expired_plan_has_no_answer_any_more(stage: PageStage, address: str, page: Page) -> None:
    proposal = stage.propose()
    token = stage.link(proposal)
    stage.clock.pass_by(proposal.expires_at - stage.clock.now())

    page.goto(f"{address}/a/{token}")

    assert page.get_by_text("Expired.").is_visible()
    assert page.get_by_role("button").count() == 0


def test_a_newer_plan_has_taken_its_place(stage: PageStage, address: str, page: Page) -> None:
    token = stage.link(stage.propose())
    stage.propose("P-2026-11-30-B")

    page.goto(f"{address}/a/{token}")

    assert page.get_by_text("A newer plan has taken the place of P-2026-11-30-A.").is_visible()


def test_manual_orders_are_ticked_off(stage: PageStage, address: str, page: Page) -> None:
    page.goto(f"{address}/a/{stage.link(stage.propose())}")
    page.get_by_label("Passphrase").fill(MINE)
    page.keyboard.press("Enter")
    page.get_by_label("Buy 120.5 KBND").check()
    page.get_by_label("Passphrase").fill(MINE)
    page.get_by_role("button", name="These are done").click()

    page.get_by_role("heading", name="For your own hands").wait_for(state="detached")


def test_a_robot_that_presses_everything_approves_nothing(stage: PageStage, address: str, page: Page) -> None:
    """It runs scripts, strips all validation and sends every form; the policy stops what its scripts send."""
    proposal = stage.propose()
    page.goto(f"{address}/a/{stage.link(proposal)}")

    seen = page.evaluate(PRESS_EVERYTHING)

    assert seen == ["yes stopped", "no stopped", "stop stopped"]
    assert (stage.verdict(proposal), stage.brake.why) == ("waiting", "")


def test_a_robot_that_clicks_like_a_person_gets_no_further_than_a_no(
    stage: PageStage, address: str, page: Page
) -> None:
    proposal = stage.propose()
    address = f"{address}/a/{stage.link(proposal)}"
    for name in ("Approve the plan", "Reject this plan", "Reject everything and halt"):
        page.goto(address)
        page.evaluate(PRESS_EVERYTHING)
        button = page.get_by_role("button", name=name)
        if button.count():
            button.click()
            page.wait_for_load_state()

    assert stage.verdict(proposal) == "declined"


def test_the_page_works_where_scripts_are_switched_off(stage: PageStage, address: str, browser: Browser) -> None:
    proposal = stage.propose()
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"{address}/a/{stage.link(proposal)}")
        page.get_by_label("Passphrase").fill(MINE)
        page.get_by_role("button", name="Approve the plan").click()
        page.get_by_text("It is sent by the next run").wait_for()
    finally:
        context.close()

    assert stage.verdict(proposal) == "approved"


def test_the_household_opens_by_keyboard(stage: PageStage, address: str, page: Page) -> None:
    page.goto(address)
    page.get_by_label("Who you are").focus()
    page.keyboard.type("spouse")
    page.keyboard.press("Tab")
    page.keyboard.type(PHRASES["spouse"])
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="One pie").wait_for()

    assert page.get_by_role("img", name="$1,007,461 in one pie").is_visible()
