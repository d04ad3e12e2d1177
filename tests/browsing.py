"""A browser for the tests that look at letters and pages as a person would: Debian's chromium, driven by playwright.

A `conftest.py` that wants it imports the fixture `browser`; nothing is loaded from anywhere but what a test serves.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it publishes no types
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
PHONE, TABLET, DESK = 380, 760, 1600
WIDTHS = (PHONE, TABLET, DESK)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser without a window; where there is none the tests are skipped aloud, and in CI they fail.

    One for each file of tests, not for the session: while it is open no other event loop runs in this thread.
    """
    if not CHROMIUM.exists():
        missing = f"no browser at {CHROMIUM}: what only a browser can show was not looked at"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield started
        finally:
            started.close()


@contextmanager
def opened(browser: Browser, width: int, *, images: bool = True, dark: bool = False, url: str = "") -> Iterator[Page]:
    """A page of that width with cookies of its own, at `url` where given; without `images` none is shown."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", locale="en-US"
    )
    try:
        page = context.new_page()
        if not images:
            page.route(
                "**/*", lambda route: route.abort() if _is_image(route.request.resource_type) else route.fallback()
            )
        if url:
            page.goto(url)
        yield page
    finally:
        context.close()


def _is_image(kind: str) -> bool:
    return kind == "image"


def sideways(page: Page) -> int:
    """How many pixels of the page lie beyond the right edge of the window; 0 where nobody has to scroll sideways."""
    beyond: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return max(0, beyond)


def barriers(page: Page) -> list[str]:
    """What keeps people out by axe-core's rules, as `rule: what it asks (where)`; empty for a page open to everyone."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['help']} ({', '.join(str(node['target']) for node in one['nodes'])})" for one in found]
