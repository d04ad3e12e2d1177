"""Hostile sites beside the page: what they send, frame or rename gets them nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Browser

from tests.browsing import CHROMIUM, opened
from tests.page.stage import PHRASES, PageStage, served

MINE = PHRASES["self"]


@contextmanager
def hostile(html: str) -> Iterator[str]:
    """A site of somebody else, on another port of this machine; it keeps what it is told in its path."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _form(action: str, seal: str) -> str:
    return (
        f'<form method="post" action="{action}"><input name="form" value="{seal}">'
        f'<input name="passphrase" value="{MINE}"></form><script>document.forms[0].submit()</script>'
    )


def test_a_form_on_another_site_does_nothing(stage: PageStage, browser: Browser) -> None:
    """Even one that knows the link, the passphrase, and a seal that was made for somebody else."""
    proposal = stage.propose()
    token = stage.link(proposal)
    with served(stage) as address, opened(browser, 760) as page:
        page.goto(f"{address}/a/{token}")
        seal = page.locator(f'form[action="/a/{token}/yes"] input[name=form]').get_attribute("value") or ""
        for action in ("yes", "no", "stop"):
            with hostile(_form(f"{address}/a/{token}/{action}", seal)) as site:
                page.goto(site)
                page.wait_for_url(f"{address}/**")
                assert "was not sent from this page" in page.inner_text("main")

    assert (stage.verdict(proposal), stage.brake.why) == ("waiting", "")


def test_a_script_on_another_site_can_neither_send_nor_read(stage: PageStage, browser: Browser) -> None:
    proposal = stage.propose()
    token = stage.link(proposal)
    with served(stage) as address, hostile("<p>hello</p>") as site, opened(browser, 760, url=site) as page:
        read = page.evaluate(
            "address => fetch(address, {credentials: 'include'}).then(a => a.text()).catch(() => 'nothing')",
            f"{address}/a/{token}",
        )
        page.evaluate(
            "address => fetch(address, {method: 'POST', mode: 'no-cors', credentials: 'include',"
            " body: new URLSearchParams({form: 'x', passphrase: 'y'})}).catch(() => 0)",
            f"{address}/a/{token}/no",
        )

    assert (read, stage.verdict(proposal)) == ("nothing", "waiting")


def test_a_frame_on_another_site_stays_empty(stage: PageStage, browser: Browser) -> None:
    token = stage.link(stage.propose())
    with served(stage) as address:
        frame = f'<iframe src="{address}/a/{token}" width="600" height="600"></iframe>'
        with hostile(frame) as site, opened(browser, 760, url=site) as page:
            page.wait_for_load_state("networkidle")
            inside = [one for one in page.frames if one != page.main_frame]
            shown = [one.evaluate("document.forms.length") for one in inside]
            addresses = [one.url for one in inside]

    assert (shown, addresses) == ([0], ["chrome-error://chromewebdata/"])


def test_a_hostile_name_for_our_address_is_shown_nothing(stage: PageStage, browser: Browser) -> None:
    """DNS rebinding: the browser believes that `rebound.example` is this machine."""
    proposal = stage.propose()
    token = stage.link(proposal)
    with served(stage) as address:
        port = address.rpartition(":")[2]
        rule = "--host-resolver-rules=MAP rebound.example 127.0.0.1"
        rebound = browser.browser_type.launch(executable_path=CHROMIUM, args=["--no-sandbox", rule])
        try:
            page = rebound.new_page()
            page.goto(f"http://rebound.example:{port}/a/{token}")
            shown = page.inner_text("body")
            status = page.evaluate(
                "path => fetch(path, {method: 'POST', body: new URLSearchParams({form: 'x'})}).then(a => a.status)"
                ".catch(() => 'stopped')",
                f"/a/{token}/no",
            )
        finally:
            rebound.close()

    assert ("not known under that name" in shown, "VTI" in shown, status) == (True, False, "stopped")
    assert stage.verdict(proposal) == "waiting"


def test_neither_the_address_nor_the_cookie_leaves_with_a_link(stage: PageStage, browser: Browser) -> None:
    """The token in the address is never a referrer, not even for our own pages, and no script could read the cookie."""
    token = stage.link(stage.propose())
    referrers: list[str | None] = []
    with served(stage) as address, opened(browser, 760) as page:
        page.on("request", lambda request: referrers.append(request.all_headers().get("referer")))
        page.goto(f"{address}/a/{token}")
        page.get_by_role("button", name="Reject this plan").click()
        page.get_by_text("Declined.").wait_for()
        cookie = page.evaluate("document.cookie")
        kept = page.context.cookies(f"{address}/a/{token}")

    assert (set(referrers), cookie) == ({None}, "")
    assert [(one["httpOnly"], one["sameSite"], one["path"]) for one in kept] == [(True, "Strict", f"/a/{token}")]


def test_a_link_followed_from_another_site_can_be_answered(stage: PageStage, browser: Browser) -> None:
    """As from a mail program in the browser, whose visit brings no cookie of ours along."""
    proposal = stage.propose()
    with served(stage) as address:
        link = f'<a href="{address}/a/{stage.link(proposal)}">Review</a>'
        with hostile(link) as site, opened(browser, 380, url=site) as page:
            page.get_by_text("Review").click()
            page.get_by_label("Passphrase").fill(MINE)
            page.keyboard.press("Enter")
            page.get_by_text("It is sent by the next run").wait_for()

    assert stage.verdict(proposal) == "approved"
