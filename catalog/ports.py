"""What the catalog asks of the apps above it, which fill these ports when they are ready."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from accounts.context import Context
from catalog.models import PricingPlanVersion
from catalog.services.tree_walk import Node

# (overrides, categories) of a schedule as they are, and as they are to be.
Prices = tuple[Sequence[Node], Sequence[Node]]
Edit = Callable[[Sequence[Node], Sequence[Node]], Prices]


class Schedules(Protocol):
    """Who has prices for itself alone, and until when they may change, is billing's to say."""

    def reprice(self, *, ctx: Context, schedule_id: str, edit: Edit) -> PricingPlanVersion | None:
        """The version of a schedule's own prices once ``edit`` has changed them; None where none are left.

        Raises ReferencedNotFound where there is no such schedule, and what a change of it raises.
        """
        ...


_schedules: Schedules | None = None


def fill(*, schedules: Schedules) -> None:
    """Called once by the app that has schedules."""
    global _schedules
    _schedules = schedules


def schedules() -> Schedules:
    """Whoever has schedules; an app that has them fills the port before the first request."""
    assert _schedules is not None
    return _schedules
