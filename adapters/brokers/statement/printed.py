"""Numbers and days as a broker's web page prints them: `$1,234.56`, `-$3.20`, `--`, `Aug-15-2026`."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from adapters.files.tree import Unfit, shown
from bot.domain.money import exact

NOTHING = frozenset({"", "-", "--", "n/a", "na", "null", "incomplete", "missing", "not available"})
NUMBER = re.compile(r"([-+]?)\$?([-+]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?", re.ASCII)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = (
    re.compile(r"(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4})"),
    re.compile(r"(?P<year>[0-9]{4})/(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})"),
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"),
    re.compile(r"(?P<month>[A-Z][a-z]{2})-(?P<day>[0-9]{1,2})-(?P<year>[0-9]{4})"),
)


def printed_number(text: str) -> Decimal | Unfit | None:
    """An exact number; None where nothing is known (`--`, `n/a`); Unfit, with the reason, for anything else.

    Dollar signs, commas between thousands, a sign on either side of the dollar and brackets for less than zero.
    """
    trimmed = text.strip()
    if trimmed.casefold() in NOTHING:
        return None
    in_brackets = trimmed.startswith("(") and trimmed.endswith(")")
    found = NUMBER.fullmatch(trimmed[1:-1] if in_brackets else trimmed)
    if found is None or bool(found[1]) + bool(found[2]) + in_brackets > 1:
        return Unfit(why=f"{shown(text)} is no number such as $1,234.56")
    try:
        number = exact(found[3].replace(",", "") + (found[4] or ""))
    except ValueError as problem:
        return Unfit(why=str(problem))
    return -number if in_brackets or "-" in (found[1], found[2]) else number


def printed_day(text: str) -> str:
    """The day as 2026-11-20; the text as it is where it is no day."""
    for form in DAYS:
        found = form.fullmatch(text.strip())
        if found is None:
            continue
        name = found["month"].casefold()
        month = MONTHS.index(name) + 1 if name in MONTHS else int(name) if name.isdecimal() else 0
        try:
            return date(int(found["year"]), month, int(found["day"])).isoformat()
        except ValueError:
            break
    return text
