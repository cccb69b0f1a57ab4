"""The slices of a subscription's time: one after the other, without overlap and without gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from kit.errors import InvalidField


class Realign(StrEnum):
    """Which neighbor gives way to a slice that is placed."""

    NEITHER = "NEITHER"
    PREVIOUS_END = "PREVIOUS_END"
    NEXT_START = "NEXT_START"


@dataclass(frozen=True, slots=True)
class Slice:
    """Schedule ``key`` is in force from ``start`` until ``end`` (not included; None is open-ended)."""

    key: int | None
    start: datetime
    end: datetime | None


def place(slices: Sequence[Slice], new: Slice, *, realign: Realign = Realign.NEITHER) -> list[Slice]:
    """The timeline with ``new`` in it; ``slices`` are in order and do not hold it.

    A slice after an open-ended last one closes it. Raises InvalidField naming ``start_at`` or
    ``end_at`` where the result would overlap or leave a gap.
    """
    if new.end is not None and new.end <= new.start:
        raise InvalidField("must be later than start_at", field="end_at")
    before = [each for each in slices if each.start < new.start]
    after = [each for each in slices if each.start >= new.start]
    if before and (realign is Realign.PREVIOUS_END or (before[-1].end is None and not after)):
        before[-1] = replace(before[-1], end=new.start)
    if after and realign is Realign.NEXT_START and new.end is not None:
        after[0] = _starting(after[0], new.end)
    if before:
        _require_contiguous(before[-1], new, field="start_at")
    if after:
        _require_contiguous(new, after[0], field="end_at")
    return [*before, new, *after]


def require_whole(slices: Sequence[Slice]) -> None:
    """Raise InvalidField unless each slice ends where the next begins."""
    for first, second in pairwise(slices):
        _require_contiguous(first, second, field="start_at")


def _starting(slice: Slice, start: datetime) -> Slice:
    if slice.end is not None and slice.end <= start:
        raise InvalidField("the next schedule would end before it starts", field="end_at")
    return replace(slice, start=start)


def _require_contiguous(first: Slice, second: Slice, *, field: str) -> None:
    if first.end is None or first.end > second.start:
        raise InvalidField("schedules of a subscription must not overlap", field=field)
    if first.end < second.start:
        raise InvalidField("schedules of a subscription must not leave a gap", field=field)
