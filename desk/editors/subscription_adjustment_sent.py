"""The rows of discounts and markups in what the editor sent: how many, one more, one fewer, their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desk.editors import subscription_adjustment_rows as rows
from desk.editors.subscription_adjustment_kinds import KINDS, Kind

# The buttons that ask for one more, or one fewer.
BUTTONS = tuple(f"{verb}_{kind.column}" for kind in KINDS for verb in ("add", "remove"))


def reshape(data: Any) -> None:
    """Put an empty row behind the others in what was sent, or take one out, where its buttons ask for it."""
    for kind in KINDS:
        count, removed = count_of(kind, data), str(data.get(f"remove_{kind.column}", ""))
        if f"add_{kind.column}" in data:
            _without(kind, data, count, count + 1)  # what may be left of one that was there before
            data[kind.rows] = str(count + 1)
        if removed.isascii() and removed.isdigit() and int(removed) < count:
            _without(kind, data, int(removed), count)


def without_phase(data: Any, phases: int) -> None:
    """Take those of the last of so many phases out; the only phase that is left is every phase."""
    for kind in KINDS:
        for index in reversed(range(count_of(kind, data))):
            if data.get(kind.field(index, "phase")) == str(phases):
                _without(kind, data, index, count_of(kind, data))
        if phases == 2:
            for index in range(count_of(kind, data)):
                data.pop(kind.field(index, "phase"), None)


def in_turn(data: Any) -> Any:
    """What was sent, with the rows in the order in which they are stored."""
    found = data.copy()
    for kind in KINDS:
        for index, row in enumerate(rows.in_turn(_rows(kind, data))):
            for name in kind.fields:
                found.pop(kind.field(index, name), None)
            found.update({kind.field(index, name): value for name, value in row.items() if value is not None})
    return found


def blank_behind(initial: Mapping[str, Any], data: Any) -> dict[str, Any]:
    """The rows that were sent without a number, which are not stored, behind those that are."""
    found: dict[str, Any] = {}
    for kind in KINDS:
        blank = [row for row in _rows(kind, data) if not str(row["value"] or "").strip()]
        first = count_of(kind, initial)
        for index, row in enumerate(blank, first):
            found |= {kind.field(index, name): value for name, value in row.items()}
        found[kind.rows] = first + len(blank)
    return found


def _rows(kind: Kind, data: Any) -> list[dict[str, Any]]:
    return [
        {name: data.get(kind.field(index, name)) for name in kind.fields}
        for index in range(count_of(kind, data))
    ]


def count_of(kind: Kind, data: Mapping[str, Any]) -> int:
    """How many rows were sent."""
    asked = str(data.get(kind.rows) or "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0


def _without(kind: Kind, data: Any, index: int, count: int) -> None:
    """Those behind it move up."""
    for later in range(index, count):
        for name in kind.fields:
            data.pop(kind.field(later, name), None)
            if (moved := data.get(kind.field(later + 1, name))) is not None and later + 1 < count:
                data[kind.field(later, name)] = moved
    data[kind.rows] = str(count - 1)
