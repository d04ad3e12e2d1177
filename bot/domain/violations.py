"""Refusals as values: why an order, or a whole plan, must not be sent."""

from __future__ import annotations

from dataclasses import dataclass

# After one of these the circumstances that were agreed to are gone for good: the plan has to be drawn anew.
VOIDING = frozenset(
    {
        "expired",
        "newer_plan",
        "settings_changed",
        "program_changed",
        "positions_changed",
        "less_cash",
        "price_moved",
        "not_as_approved",
        "G10",
        "G12",
        "G16",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A refusal: a code for machines and a sentence for a person."""

    code: str
    message: str

    @property
    def voids(self) -> bool:
        """Whether the approval is void from now on; otherwise the plan waits for better circumstances."""
        return self.code in VOIDING
