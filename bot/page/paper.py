"""What every page is printed on: templates, the one stylesheet, and the policy that lets a browser run nothing else."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from http import HTTPStatus
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

HERE = Path(__file__).parent
LOOK = (HERE / "look.css").read_text(encoding="utf-8")
ICON = (HERE / "icon.svg").read_bytes()
_LOOK_HASH = base64.b64encode(hashlib.sha256(LOOK.encode()).digest()).decode()
# No script, no font, no frame, nothing from elsewhere (W3C, Content Security Policy Level 3).
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_LOOK_HASH}'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
# What a person is told; a robot learns nothing from it that the status does not say.
REFUSALS = {
    400: "That is not a form of this page. Nothing was changed.",
    403: "That form was not sent from this page, so nothing was changed. Open the page again and send it from there.",
    404: "There is nothing here. A link from a letter must be whole, to its last letter.",
    405: "This page can be looked at, and its forms can be sent. Nothing else is answered.",
    408: "The form did not arrive in time. Nothing was changed.",
    413: "That is longer than any form of this page. Nothing was changed.",
    415: "That is not a form of this page. Nothing was changed.",
    421: "This page is not known under that name. Use the address in the letter, or the one in the settings.",
    429: "Too many requests. Nothing was changed; wait a minute and try again.",
    500: "Something went wrong here. Look at `rebaloop history` for what was done.",
    503: "The books are busy or cannot be reached. Nothing was changed; try again in a while.",
}


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["look"] = Markup(LOOK)  # noqa: S704 - our own stylesheet; escaped, its hash would be another
    return made


def sheet(name: str, status: int = 200, **values: object) -> HTMLResponse:
    """A page made from the template of that name."""
    return HTMLResponse(_templates().get_template(f"{name}.html").render(values), status_code=status)


def refused(status: int) -> Response:
    """The page for a request that was not accepted."""
    title = HTTPStatus(status).phrase if status != 421 else "Unknown name"
    answer = sheet("refused", status, title=title, words=REFUSALS[status])
    if status == 405:
        answer.headers["Allow"] = "GET, HEAD, POST"
    if status in {429, 503}:
        answer.headers["Retry-After"] = "60"
    return answer
