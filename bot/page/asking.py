"""One request, as the rooms see it: whose visit it is, what its form carries, and how it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.page.paper import sheet
from bot.page.visits import Visits

LETTER, HOUSE = "letter", "house"  # the two cookies: one for each link, which ends with it, and one for the household


@dataclass(frozen=True, slots=True)
class Asking:
    """A request below `place`, the path to which its cookie belongs; `name` is the cookie's."""

    request: Request
    visits: Visits
    name: str
    place: str

    @property
    def fields(self) -> dict[str, str]:
        """What the form carries; empty where nothing was sent."""
        found: dict[str, str] = self.request.scope.get("rebaloop.form", {})
        return found

    @property
    def cookie(self) -> str:
        """The visit's cookie where it is one of ours, else empty."""
        carried = self.request.cookies.get(self._full_name, "")
        return carried if self.visits.known(carried) else ""

    @property
    def is_ours(self) -> bool:
        """Whether the form was made in this visit, for this path."""
        return self.visits.sent(self.cookie, self.request.url.path, self.fields.get("form", ""))

    def page(self, name: str, status: int = 200, *, forms: tuple[str, ...] = (), **values: object) -> Response:
        """A page with forms to these paths below the place; a visit begins with it where there is none."""
        cookie = self.cookie or self.visits.new()
        paths = {one: f"{self.place.rstrip('/')}/{one}" for one in forms}
        made = {one: {"path": path, "seal": self.visits.form(cookie, path)} for one, path in paths.items()}
        answer = sheet(name, status, forms=made, place=self.place, **values)
        if cookie != self.cookie:
            self.hand_out(answer, cookie)
        return answer

    def hand_out(self, answer: Response, cookie: str) -> None:
        """Give the visit a cookie that no script reads, and that comes with requests from our own pages alone."""
        answer.set_cookie(self._full_name, cookie, **self._manner)

    def take_back(self, answer: Response) -> None:
        """Take the visit's cookie away."""
        answer.delete_cookie(self._full_name, **self._manner)

    def again(self) -> Response:
        """What follows a form that was accepted: the page anew, so that to reload it sends nothing twice."""
        return RedirectResponse(self.place, status_code=303)

    @property
    def _secure(self) -> bool:
        return bool(self.request.scope["rebaloop.secure"])

    @property
    def _full_name(self) -> str:
        """Where there is TLS the name itself keeps others from writing it (RFC 6265bis, "Cookie Name Prefixes")."""
        if not self._secure:
            return self.name
        return f"__Host-{self.name}" if self.place == "/" else f"__Secure-{self.name}"

    @property
    def _manner(self) -> dict[str, Any]:
        return {"path": self.place, "secure": self._secure, "httponly": True, "samesite": "strict"}
