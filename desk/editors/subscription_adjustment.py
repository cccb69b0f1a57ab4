"""One discount or markup of a subscription: what its row in the editor says, and what schedules keep of it.

A row's values are ``value``, ``unit``, ``on``, ``phase``, ``from``, ``until`` and, of a discount, ``if``
and ``bound``. The phase is empty for every one, otherwise a number, the first being 1. The schedules keep
the API's shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from billing.calc.schedule import resolve
from billing.calc.schedule_terms import LEVELS
from desk.editors import subscription_targets as targets
from kit.money import plain
from kit.period import format_instant, parse_instant

PERCENT, AMOUNT = "PERCENT", "AMOUNT"
NAMES = ("value", "unit", "on", "phase", "from", "until", "if", "bound")
EVERY = ""
NO_TIME = datetime.min.time()
Json = Mapping[str, Any]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Span:
    """A phase as one kind sees it: when it is, what it sells by name, what it has stored of that kind."""

    number: int
    start: datetime
    end: datetime | None
    names: targets.Names
    zone: ZoneInfo
    currency: str
    stored: Json | None = None


def values_of(level: str, body: Json, zone: ZoneInfo) -> dict[str, Any]:
    """What the fields of a stored one say; a phase is not among it."""
    amount, condition = body.get("amount"), body.get("condition") or {}
    bound = condition.get("value", {}).get("amount")
    first, end = body.get("start_at"), body.get("end_at")
    return {
        "value": Decimal(amount["quantity"] if amount else body["percentage"]),
        "unit": AMOUNT if amount else PERCENT,
        "on": targets.value_of(level, body),
        "from": parse_instant(first).astimezone(zone).date() if first else None,
        "until": _last_day(end, zone) if end else None,
        "if": condition.get("comparator", ""),
        "bound": Decimal(bound["quantity"]) if bound else None,
    }


def entries(stored: Json | None) -> Iterator[tuple[str, Json]]:
    """(level, entry) of all that a schedule keeps, in the order in which they apply."""
    return ((level, each) for level in LEVELS for each in (stored or {}).get(level) or ())


def is_of(row: Row, number: int) -> bool:
    """Whether phase ``number``, the first being 0, has it."""
    return row["value"] is not None and row.get("phase") in (EVERY, None, str(number + 1))


def said(rows: Sequence[Row], span: Span) -> dict[str, list[Any]] | None:
    """What a phase keeps of the rows, in their order within each level; None for nothing."""
    found: dict[str, list[Any]] = {}
    for row in (each for each in rows if is_of(each, span.number)):
        for level, body in (entry(row, span) or {}).items():
            found.setdefault(level, []).extend(body)
    return found or None


def entry(row: Row, span: Span) -> dict[str, Any] | None:
    """What a phase keeps of one row: just what is stored of it where the row says the same.

    None where its days are outside of the phase, or the phase does not sell what it is off.
    """
    on = row["on"] or ""
    first, end = _instants(row, span)
    if (end and end <= span.start) or (first and span.end and first >= span.end):
        return None
    kept, is_within = stored_as(row, span), _is_within(first, end, span)
    if kept and is_within and targets.is_sold(on, span.names):
        return {kept[0]: [dict(kept[1])]}
    number = plain(row["value"])
    body: dict[str, Any] = {"percentage": number}
    if row["unit"] == AMOUNT:
        body = {"amount": {"quantity": number, "currency": span.currency}}
    if first and first > span.start:
        body["start_at"] = format_instant(first)
    if end and (span.end is None or end < span.end):
        body["end_at"] = format_instant(end)
    if row.get("if"):
        amount = {"quantity": plain(row["bound"]), "currency": span.currency}
        body["condition"] = {"comparator": row["if"], "value": {"amount": amount}}
    return targets.entry_of(on, span.names, body)


def stored_as(row: Row, span: Span) -> tuple[str, Json] | None:
    """(level, entry) that the phase has stored and that says just this."""
    asked = _compared(row)
    for level, body in entries(span.stored):
        if _currencies(body) <= {span.currency} and _compared(values_of(level, body, span.zone)) == asked:
            return level, body
    return None


def _is_within(first: datetime | None, end: datetime | None, span: Span) -> bool:
    return not ((first and first < span.start) or (end and span.end and end > span.end))


def _compared(row: Row) -> tuple[Any, ...]:
    """A row's values without its phase, empty ones alike."""
    row = {**row, "unit": row["unit"] or PERCENT}
    return tuple(
        None if row.get(name) in (None, "") else row[name]
        for name in NAMES
        if name != "phase" and not (name == "bound" and not row.get("if"))
    )


def _currencies(body: Json) -> set[str]:
    bound = (body.get("condition") or {}).get("value", {}).get("amount")
    return {amount["currency"] for amount in (body.get("amount"), bound) if amount}


def _instants(row: Row, span: Span) -> tuple[datetime | None, datetime | None]:
    """From when and until when (not included): midnights, but the hour that is stored of the same day."""
    first, last = row["from"], row["until"]
    begins, ends = {}, {}
    for _, body in entries(span.stored):
        if body.get("start_at"):
            begin = parse_instant(body["start_at"])
            begins[begin.astimezone(span.zone).date()] = begin
        if body.get("end_at"):
            ends[_last_day(body["end_at"], span.zone)] = parse_instant(body["end_at"])
    return (
        begins.get(first, resolve(first, NO_TIME, span.zone)) if first else None,
        ends.get(last, resolve(last + timedelta(days=1), NO_TIME, span.zone)) if last else None,
    )


def _last_day(until: str, zone: ZoneInfo) -> date:
    return (parse_instant(until) - timedelta(microseconds=1)).astimezone(zone).date()
