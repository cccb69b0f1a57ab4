"""Terms of a schedule that are in force from a date to a date: seats, included volumes, choices.

They may change while the schedule is in force, from now on. Fees of a period that was closed early follow
on the next invoice (`billed_ahead`); an included volume is not changed behind a final invoice, and a choice
that one has billed is ended, not taken away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max

from billing.models import Invoice, PricingPlanSchedule
from billing.selectors.billed import BILLED
from kit.errors import CannotUpdate, InvalidField
from kit.period import format_instant, parse_instant

Json = Mapping[str, Any]
# What each field says, in words.
FIELDS = {
    "seats_values": "seats change",
    "included_volumes": "included volumes change",
    "enabled_pricings": "choices change",
}
FROM_NOW_ON = (
    "from now on: send the entries that have begun as they are, each perhaps with an end_at that is not "
    "past, and let new ones start_at now or later"
)
_BILLED = {
    "included_volumes": "included volumes change, but not in a period that is billed: from {until} on",
    "enabled_pricings": "an invoice has billed this choice: keep it with an end_at of now or later, and the "
    "next invoice gives back what was billed for the time after",
}
DATES = ("start_at", "end_at")
Dated = tuple[dict[str, Any], datetime, datetime | None]


def require_dates(path: str, body: Json, schedule: PricingPlanSchedule) -> None:
    """The dates of an entry lie within the schedule, in order; raises InvalidField naming them."""
    start, end = instant(body, "start_at"), instant(body, "end_at")
    if start and start < schedule.start_at:
        raise InvalidField("must not be before the schedule's start_at", field=f"{path}.start_at")
    if start and schedule.end_at and start >= schedule.end_at:
        raise InvalidField("must be before the schedule's end_at", field=f"{path}.start_at")
    if end and schedule.end_at and end > schedule.end_at:
        raise InvalidField("must not be after the schedule's end_at", field=f"{path}.end_at")
    if end and end <= (start or schedule.start_at):
        raise InvalidField("must be later than start_at", field=f"{path}.end_at")


def instant(body: Json, name: str) -> datetime | None:
    """An instant of stored JSON."""
    return parse_instant(body[name]) if body.get(name) else None


def require_ahead(
    name: str, schedule: PricingPlanSchedule, was: PricingPlanSchedule, *, at: datetime
) -> None:
    """Once it is in force, only what is said of ``at`` and later may change: CannotUpdate otherwise."""
    old, new = ([_dated(each, row) for each in getattr(row, name)] for row in (was, schedule))
    gone, come = [each for each in old if each not in new], [each for each in new if each not in old]
    moved = [*gone, *come]
    for each in moved:
        changed_at = _changed_at(each, moved)
        if changed_at is None:
            continue
        if changed_at < at:
            raise CannotUpdate(f"{FIELDS[name]} {FROM_NOW_ON}", field=name)
        billed_until = _billed_until(schedule) if _settles(name, each, gone, moved) else None
        if billed_until is not None and billed_until >= changed_at:
            raise CannotUpdate(_BILLED[name].format(until=format_instant(billed_until)), field=name)


def _settles(name: str, each: Dated, gone: Sequence[Dated], moved: Sequence[Dated]) -> bool:
    """Whether a final invoice cannot be corrected for this change."""
    ended = any(other[:2] == each[:2] for other in moved if other != each)
    return name == "included_volumes" or (name == "enabled_pricings" and each in gone and not ended)


def _changed_at(each: Dated, moved: Sequence[Dated]) -> datetime | None:
    """From when on it says something else: its start, or the earlier end where only the end moved."""
    body, start, end = each
    ends = [other[2] for other in moved if other[:2] == (body, start) and other[2] != end]
    return min(filter(None, [end, ends[0]]), default=None) if ends else start


def _dated(body: Json, schedule: PricingPlanSchedule) -> Dated:
    what = {key: value for key, value in body.items() if key not in DATES}
    return what, instant(body, "start_at") or schedule.start_at, instant(body, "end_at")


def _billed_until(schedule: PricingPlanSchedule) -> datetime | None:
    """The end of what invoices bill that cannot change any more."""
    made = Invoice.objects.filter(subscription=schedule.subscription_id, status__in=BILLED)
    until: datetime | None = made.aggregate(until=Max("period_end"))["until"]
    return until
