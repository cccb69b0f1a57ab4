"""The phases of a draft as its editor wants them, and which stored ones become them.

Phases are told apart by their place: the trial before them, then the first, the second and so on. So one
whose start, version or currency changes stays the same, with all that the editor has no fields for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from billing.models import PricingPlanSchedule, ScheduleType
from catalog.models import PricingPlanVersion
from desk.editors.subscription_coupon import Given
from desk.editors.subscription_overrides import Changes

Pair = tuple[PricingPlanSchedule, "Phase"]


@dataclass(frozen=True, slots=True)
class Phase:
    """From ``start`` until ``end`` (not included; None is open-ended) on one version.

    ``realigns`` None leaves the days of its bills as they are. ``period`` is one of its own, in the API's
    shape. ``leaves`` names columns that stay as they are stored.
    """

    start: datetime
    end: datetime | None
    version: PricingPlanVersion
    type: str = ScheduleType.DEFAULT
    realigns: bool | None = None
    period: dict[str, Any] | None = None
    discount: dict[str, Any] | None = None
    markup: dict[str, Any] | None = None
    coupons: tuple[Given, ...] = ()
    changes: Changes = field(default_factory=Changes)
    commitment: dict[str, Any] | None = None
    leaves: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Terms:
    """``fields`` are what ``services.subscriptions`` takes; phases follow each other in time."""

    fields: dict[str, Any]
    phases: tuple[Phase, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """``gone`` are in the order in which they can be deleted: the last one first, a trial at the end."""

    pairs: tuple[Pair, ...]
    gone: tuple[PricingPlanSchedule, ...]
    new: tuple[Phase, ...]


def led_by_trial(stored: Sequence[PricingPlanSchedule]) -> bool:
    """Whether the first of several is a trial: the editor's trial, and no phase of its own there."""
    return len(stored) > 1 and stored[0].type == ScheduleType.TRIAL


def matched(stored: Sequence[PricingPlanSchedule], phases: Sequence[Phase]) -> Matched:
    """Trial with trial, and the others in order."""
    trials, rows = _split(stored, at=int(led_by_trial(stored)))
    free, billed = _split(phases, at=int(len(phases) > 1 and phases[0].type == ScheduleType.TRIAL))
    shared = min(len(rows), len(billed))
    return Matched(
        pairs=(*zip(trials, free, strict=False), *zip(rows, billed, strict=False)),
        gone=(*reversed(rows[shared:]), *([] if free else trials)),
        new=(*([] if trials else free), *billed[shared:]),
    )


def in_turn(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """The pairs so that each can be stored after the one before: no start ever passes a neighbor's.

    What begins later goes first, from the last on; then what begins earlier, from the first on.
    """
    yield from ((row, phase) for row, phase in reversed(pairs) if phase.start > row.start_at)
    yield from ((row, phase) for row, phase in pairs if phase.start < row.start_at)
    yield from ((row, phase) for row, phase in pairs if phase.start == row.start_at)


def _split(several: Sequence[Any], *, at: int) -> tuple[list[Any], list[Any]]:
    return list(several[:at]), list(several[at:])
