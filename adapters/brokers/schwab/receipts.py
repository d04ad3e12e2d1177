"""What the answer to a new order proves, and what it does not."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from adapters.brokers.schwab.refusals import own_words, told
from adapters.brokers.schwab.replies import Reply
from bot.domain.discretion import discreet
from bot.domain.orders import Answer, Submission

REFUSALS = frozenset({400, 401, 403, 404, 422})
ORDER_ID = re.compile(r"/orders/([0-9]{1,20})/?\Z")


def receipt(reply: Reply, *secrets: str) -> Submission:
    """Accepted with the number in `Location`; refused only in the broker's own words; unknown in every other case.

    Without a number the order may well live, but nothing says which one it is. No word of the answer repeats `secrets`.
    """
    if reply.status in {200, 201}:
        number = order_id(reply.headers.get("location", ""))
        if number:
            return Submission(answer=Answer.ACCEPTED, broker_id=number)
        return Submission(answer=Answer.UNKNOWN, text="Schwab's receipt does not name the order.")
    said = discreet(own_words(reply.content), *secrets)
    if reply.status in REFUSALS and said:
        return Submission(answer=Answer.REFUSED, text=f"{said} ({reply.status})")
    return Submission(answer=Answer.UNKNOWN, text=f"answered {reply.status}: {discreet(told(reply.content), *secrets)}")


def order_id(location: str) -> str:
    """The digits at the end of an address, absolute or relative; empty where there are none."""
    try:
        path = urlsplit(location).path
    except ValueError:
        return ""
    found = ORDER_ID.search(path)
    return found.group(1) if found else ""
