"""What is unlike the plan, as the rail and the page of a subscription show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from billing.selectors.item_terms import ItemTerms

Items = Sequence[ItemTerms]
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """``was`` is empty for what the plan has not; ``label`` tells several of one price apart."""

    now: str
    was: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What differs of one thing; ``start`` and ``end`` are there where it has dates."""

    name: str
    rows: tuple[Difference, ...]
    start: datetime | None = None
    end: datetime | None = None

    @property
    def is_single(self) -> bool:
        """Whether its name says enough of its only row."""
        return len(self.rows) == 1 and not self.rows[0].label
