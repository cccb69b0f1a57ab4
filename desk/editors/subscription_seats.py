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

LATER = range(1, 4)
Json = dict[str, Any]


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
    key: str, values: Mapping[str, Any], start: datetime, end: datetime | None, zone: ZoneInfo
) -> list[Json]:
    """What a phase says of the seats of a rule: the newest change up to its start, then the later ones."""
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
    return [{"pricing_item_config_id": key, "number": plain(many), **dates} for dates, many in found]


def values_of(stored: Sequence[Json], zone: ZoneInfo) -> Json | None:
    """What the fields start from; None where they cannot say it: seats with an end, or that are money."""
    if any(each.get("amount") is not None for each in stored):
        return None
    found: Json = {}
    later: dict[str, int] = {}
    for each in stored:
        key, days = each["pricing_item_config_id"], days_of(each, zone)
        first: date | None = days[0] if days else None
        if days is None or days[1] is not None or (first is None and f"seats_{key}" in found):
            return None
        if first is None:
            found[f"seats_{key}"] = each["number"]
            continue
        later[key] = number = later.get(key, 0) + 1
        if number not in LATER:
            return None
        found |= {f"seats_{key}_{number}": each["number"], f"since_{key}_{number}": first}
    return found
