"""The rows of discounts in what the subscription editor sent: how many, one more, one fewer, their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desk.editors import subscription_discount_rows as rows
from desk.editors.subscription_discount import NAMES
from desk.editors.subscription_discount_fields import DISCOUNTS, field_name


def reshape(data: Any) -> None:
    """Put an empty row behind the others in what was sent, or take one out, where its buttons ask for it."""
    count, removed = count_of(data), str(data.get("remove_discount", ""))
    if "add_discount" in data:
        _without(data, count, count + 1)  # what may be left of one that was there before
        data[DISCOUNTS] = str(count + 1)
    if removed.isascii() and removed.isdigit() and int(removed) < count:
        _without(data, int(removed), count)


def without_phase(data: Any, phases: int) -> None:
    """Take those of the last of so many phases out; the only phase that is left is every phase."""
    for index in reversed(range(count_of(data))):
        if data.get(field_name(index, "phase")) == str(phases):
            _without(data, index, count_of(data))
    if phases == 2:
        for index in range(count_of(data)):
            data.pop(field_name(index, "phase"), None)


def in_turn(data: Any) -> Any:
    """What was sent, with the rows in the order in which they are stored."""
    found = data.copy()
    for index, row in enumerate(rows.in_turn(_rows(data))):
        for name in NAMES:
            found.pop(field_name(index, name), None)
        found.update({field_name(index, name): value for name, value in row.items() if value is not None})
    return found


def blank_behind(initial: Mapping[str, Any], data: Any) -> dict[str, Any]:
    """The rows that were sent without a number, which are not stored, behind those that are."""
    blank = [row for row in _rows(data) if not str(row["value"] or "").strip()]
    first = count_of(initial)
    fields = {
        field_name(index, name): value
        for index, row in enumerate(blank, first)
        for name, value in row.items()
    }
    return {**fields, DISCOUNTS: first + len(blank)}


def _rows(data: Any) -> list[dict[str, Any]]:
    return [{name: data.get(field_name(index, name)) for name in NAMES} for index in range(count_of(data))]


def count_of(data: Mapping[str, Any]) -> int:
    """How many rows were sent."""
    asked = str(data.get(DISCOUNTS) or "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0


def _without(data: Any, index: int, count: int) -> None:
    """Those behind it move up."""
    for later in range(index, count):
        for name in NAMES:
            data.pop(field_name(later, name), None)
            if (moved := data.get(field_name(later + 1, name))) is not None and later + 1 < count:
                data[field_name(later, name)] = moved
    data[DISCOUNTS] = str(count - 1)
