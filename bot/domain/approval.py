"""A person's verdict on one proposal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What became of a proposal."""

    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A verdict that holds for exactly one fingerprint; `by` is the door it came through, `why` a sentence."""

    plan: str
    verdict: Verdict
    at: datetime
    by: str
    why: str = ""
