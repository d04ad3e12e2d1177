"""What the vendor says of an order that it was only shown (Trader API reference, POST .../previewOrder)."""

from __future__ import annotations

from adapters.brokers.schwab.wire import Row
from bot.domain.errors import Reconcile
from bot.domain.orders import Preview

REJECTS = ("rejects",)
WARNINGS = ("warns", "alerts", "reviews")


def parse_preview(raw: object) -> Preview:
    """Why it would be refused, and what it is warned of: a code, where there is one, and the vendor's sentence.

    Raises:
        Reconcile: when the answer does not say how the order was judged.
    """
    row = Row.of(raw, "preview")
    if not row.has("orderValidationResult"):
        raise Reconcile("Schwab's preview does not say how the order was judged.")
    result = row.inner("orderValidationResult", "judgement")
    rejects = [sentence for name in REJECTS for _, sentence in _sentences(result, name)]
    others = [found for name in WARNINGS for found in _sentences(result, name)]
    rejects += [sentence for severity, sentence in others if severity == "REJECT"]
    if not rejects and row.inner("orderStrategy", "previewed order").text("status", default="") == "REJECTED":
        rejects = ["Schwab would refuse it, and does not say why."]
    warnings = [sentence for severity, sentence in others if severity != "REJECT"]
    return Preview(rejects=tuple(dict.fromkeys(rejects)), warnings=tuple(dict.fromkeys(warnings)))


def _sentences(result: Row, name: str) -> list[tuple[str, str]]:
    return [(row.text("originalSeverity", default=""), _sentence(row)) for row in result.rows(name, "remark")]


def _sentence(row: Row) -> str:
    text = row.said("activityMessage") or row.said("message")
    code = row.said("validationRuleName") or (row.said("message") if row.said("activityMessage") else "")
    words = [word for word in (code, text.strip('"')) if word]
    return ": ".join(dict.fromkeys(words)) or "no reason given"
