"""The seats of a subscription: so many from the start, and from later days on so many others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from desk.editors.subscription_dated import days_of, within
from desk.forms.base import DayField, ExactDecimalField
from kit.money import plain
from kit.period import parse_instant

LATER = range(1, 4)
Json = dict[str, Any]
Stored = tuple[Sequence[Json], datetime, datetime | None]


def fields(key: str, label: str, plan: str) -> dict[str, forms.Field]:
    """``seats_<rule>``, then pairs: from ``since_<rule>_<n>`` on ``seats_<rule>_<n>``."""
    found: dict[str, forms.Field] = {
        f"seats_{key}": ExactDecimalField(
            label=f"{label}: how many", required=False, help_text=f"Plan: {plan}"
        )
    }
    for number in LATER:
        name = f"{label}, change {number}"
        found[f"since_{key}_{number}"] = DayField(label=f"{name}: from", required=False)
        found[f"seats_{key}_{number}"] = ExactDecimalField(label=f"{name}: how many", required=False)
    return found


def problems(key: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(field, message) of what cannot be: fewer than none, a change without a day or a number."""
    for name in (f"seats_{key}", *(f"seats_{key}_{number}" for number in LATER)):
        if (values.get(name) or 0) < 0:
            yield name, "Seats must not be negative"
    for number in LATER:
        many, since = values.get(f"seats_{key}_{number}"), values.get(f"since_{key}_{number}")
        if many is not None and since is None:
            yield f"since_{key}_{number}", "Enter from when on"
        if since is not None and many is None:
            yield f"seats_{key}_{number}", "Enter how many"


def of_phase(
    key: str,
    values: Mapping[str, Any],
    start: datetime,
    end: datetime | None,
    zone: ZoneInfo,
    *,
    currency: str | None = None,
) -> list[Json]:
    """What a phase says of the seats of a rule: the newest change up to its start, then the later ones.

    In ``currency`` where the seats are an amount of money.
    """
    changes = [
        (since, many)
        for number in LATER
        if (many := values.get(f"seats_{key}_{number}")) is not None
        and (since := values.get(f"since_{key}_{number}"))
    ]
    found: list[tuple[Json, Decimal]] = []
    for since, many in [(None, values.get(f"seats_{key}")), *sorted(changes)]:
        dates = within((since, None), start, end, zone)
        if many is None or dates is None:
            continue
        found = [*(found if dates else []), (dict(dates), many)]
    return [{"pricing_item_config_id": key, **_measure(many, currency), **dates} for dates, many in found]


def _measure(many: Decimal, currency: str | None) -> Json:
    return (
        {"amount": {"quantity": plain(many), "currency": currency}} if currency else {"number": plain(many)}
    )


def values_of(phases: Sequence[Stored], zone: ZoneInfo) -> Json | None:
    """What the fields start from for phases on one version, in order; None where they cannot say it."""
    found: Json = {}
    for key in dict.fromkeys(each["pricing_item_config_id"] for stored, _, _ in phases for each in stored):
        mine = [
            ([each for each in stored if each["pricing_item_config_id"] == key], start, end)
            for stored, start, end in phases
        ]
        said = _of_rule(key, mine, zone)
        if said is None:
            return None
        found |= said
    return found


def _of_rule(key: str, phases: Sequence[Stored], zone: ZoneInfo) -> Json | None:
    """The seats of one rule: read one after the other, and None where that would not say the same again."""
    changes: list[tuple[date | None, Decimal]] = []
    currency: str | None = None
    for number, (stored, start, _) in enumerate(phases):
        for each in stored:
            days, amount = days_of(each, zone), each.get("amount")
            if days is None:
                return None
            currency = amount["currency"] if amount else None
            many = Decimal(amount["quantity"] if amount else each["number"])
            since = days[0] or (start.astimezone(zone).date() if number else None)
            if not changes or many != changes[-1][1]:
                changes.append((since, many))
    found: Json = {f"seats_{key}": changes.pop(0)[1]} if changes[0][0] is None else {}
    if len(changes) > len(LATER):
        return None
    for number, (since, many) in enumerate(changes, 1):
        found |= {f"since_{key}_{number}": since, f"seats_{key}_{number}": many}
    for stored, start, end in phases:
        again = of_phase(key, found, start, end, zone, currency=currency)
        if [_said(each) for each in again] != [_said(each) for each in stored]:
            return None
    return {name: plain(value) if isinstance(value, Decimal) else value for name, value in found.items()}


def _said(entry: Json) -> Json:
    """An entry to be compared: numbers by value, instants alike, nothing that is empty."""
    measure = entry.get("amount") or {"quantity": entry.get("number"), "currency": None}
    dates = {name: parse_instant(entry[name]) for name in ("start_at", "end_at") if entry.get(name)}
    return {"quantity": Decimal(measure["quantity"]), "currency": measure["currency"], **dates}
