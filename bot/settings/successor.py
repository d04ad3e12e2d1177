"""The words of the settings for whoever takes over one day: whom to ask, and where the papers are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator

from adapters.files.models import Part
from adapters.files.words import word

_Line = Annotated[str, BeforeValidator(word(300, blanks=True))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """What the owner wants a successor to know, in the owner's own words; empty where nothing was said."""

    ask: str = ""
    papers: str = ""


class SuccessorPart(Part):
    """The `successor:` of the settings."""

    ask: _Line = ""
    papers: _Line = ""

    @property
    def noun(self) -> Successor:
        """The same as a value."""
        return Successor(ask=self.ask, papers=self.papers)
