"""Every page at every width: nothing lies beyond the edge, and nothing keeps anybody out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from tests.browsing import DESK, PHONE, TABLET, barriers, opened, sideways
from tests.page.stage import PHRASES, PageStage, served

MINE = PHRASES["self"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A page that is served: one plan that waits, one that is approved, and one that never was."""

    address: str
    waiting: str
    approved: str


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """A household with a past."""
    first, second = (PageStage(tmp_path_factory.mktemp(name)) for name in ("waiting", "approved"))
    first.propose("P-2026-11-29-A")
    waiting = first.links(first.propose(), "self", "spouse")["self"]
    approved = second.link(second.propose())
    second.say_yes(approved)
    with served(first) as address, served(second) as other:
        yield Shown(address=address, waiting=f"{address}/a/{waiting}", approved=f"{other}/a/{approved}")


def _inside(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Passphrase").fill(MINE)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="One pie").wait_for()


@pytest.mark.parametrize(("width", "dark"), [(PHONE, False), (TABLET, True), (DESK, False)])
def test_every_page_fits_and_is_open_to_everyone(browser: Browser, shown: Shown, width: int, dark: bool) -> None:
    seen: dict[str, tuple[int, list[str]]] = {}
    with opened(browser, width, dark=dark) as page:
        for name in (shown.waiting, shown.approved, shown.address, f"{shown.address}/not/here"):
            page.goto(name)
            for one in page.locator("details").all():
                one.evaluate("e => { e.open = true }")
            seen[name] = (sideways(page), barriers(page))
        _inside(page, shown.address)
        for path in ("/", "/history", "/stop"):
            page.goto(f"{shown.address}{path}")
            seen[path] = (sideways(page), barriers(page))

    assert seen == dict.fromkeys(seen, (0, []))


def test_the_names_of_our_own_pages_are_told_apart(browser: Browser, shown: Shown) -> None:
    titles = []
    with opened(browser, 760) as page:
        for name in (shown.waiting, shown.approved, shown.address, f"{shown.address}/not/here"):
            page.goto(name)
            titles.append(page.title())
        _inside(page, shown.address)
        for path in ("/", "/history", "/stop"):
            page.goto(f"{shown.address}{path}")
            titles.append(page.title())

    assert len(set(titles)) == len(titles)


def test_every_picture_says_in_words_what_it_shows(browser: Browser, shown: Shown) -> None:
    with opened(browser, 760) as page:
        _inside(page, shown.address)
        drawn = page.locator("svg:not([aria-hidden])").count()

        assert page.get_by_role("img", name="us_bonds: -9.2 pt of the pie from its target").count() == 1
        assert page.get_by_role("img").count() == drawn


def test_the_browser_complains_of_nothing(browser: Browser, shown: Shown) -> None:
    """A rule of its own policy that the page broke would be told in the console."""
    told: list[str] = []
    with opened(browser, 760) as page:
        page.on("console", lambda message: told.append(message.text) if message.type in {"error", "warning"} else None)
        page.goto(shown.waiting)
        _inside(page, shown.address)

    assert told == []
