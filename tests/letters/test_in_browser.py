"""Every letter in a browser: on a phone and on a desk, with pictures and without, by day and by night, for everyone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browsing import DESK, PHONE, TABLET, WIDTHS, barriers, opened, sideways
from tests.letters.reading import with_pictures
from tests.letters.sample import samples

LETTERS = samples()
BARS = """
() => [...document.querySelectorAll('td.axis')].map(half => half.getBoundingClientRect().right)
"""


def show(page: Page, name: str, *, images: bool) -> None:
    letter = LETTERS[name]
    page.set_content(with_pictures(letter) if images else letter.html)


@pytest.mark.parametrize("images", [True, False], ids=["pictures", "no pictures"])
@pytest.mark.parametrize("width", WIDTHS)
def test_nobody_has_to_scroll_sideways(browser: Browser, width: int, *, images: bool) -> None:
    with opened(browser, width) as page:
        for name in LETTERS:
            show(page, name, images=images)
            assert sideways(page) == 0, name


@pytest.mark.parametrize("name", ["letter", "two", "terminal", "break", "reminder", "digest", "login"])
def test_a_letter_keeps_nobody_out(browser: Browser, name: str) -> None:
    with opened(browser, PHONE) as page:
        show(page, name, images=True)

        assert barriers(page) == []


@pytest.mark.parametrize("name", ["letter", "live", "break"])
def test_a_letter_can_be_read_in_the_dark(browser: Browser, name: str) -> None:
    with opened(browser, TABLET, dark=True) as page:
        show(page, name, images=True)

        assert barriers(page) == []


def test_no_letter_asks_another_computer_for_anything(browser: Browser) -> None:
    asked: list[str] = []
    with opened(browser, DESK) as page:
        page.on("request", lambda request: asked.append(request.url))
        for name in LETTERS:
            show(page, name, images=True)

    assert [url for url in asked if not url.startswith("data:")] == []


def test_the_bars_of_all_classes_share_one_axis(browser: Browser) -> None:
    with opened(browser, PHONE) as page:
        show(page, "letter", images=False)
        axes = page.evaluate(BARS)

    assert len(axes) == 8
    assert len({round(axis) for axis in axes}) == 1


def test_on_a_phone_the_button_is_wide_high_and_on_the_first_screen(browser: Browser) -> None:
    with opened(browser, PHONE) as page:
        show(page, "letter", images=False)
        box = page.get_by_role("link").bounding_box()

    assert box is not None
    assert box["height"] >= 44  # WCAG 2.2, 2.5.5
    assert box["width"] >= 300
    assert box["y"] + box["height"] <= 740


def test_the_button_can_be_reached_by_the_first_press_of_tab(browser: Browser) -> None:
    with opened(browser, TABLET) as page:
        show(page, "letter", images=False)
        page.keyboard.press("Tab")

        assert page.evaluate("document.activeElement.textContent") == "Review and approve"


def test_without_pictures_their_words_are_shown(browser: Browser) -> None:
    with opened(browser, TABLET) as page:
        show(page, "letter", images=False)

        assert page.get_by_role("img").get_attribute("alt") == LETTERS["letter"].pictures[0].alt
