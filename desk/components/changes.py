"""What a change changed, leaf by leaf: a price inside a plan is one line, not the plan before and after."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from catalog.services.differences import Step, between

MOST = 100
DETAILS = ".details."
KEPT_BY_ITSELF = ("id", "created_at", "updated_at")
"""What the database keeps by itself says nothing of a part that is written anew."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field by its dotted path; an empty text is nothing."""

    field: str
    before: str
    after: str


def of(changes: Mapping[str, Sequence[Any]]) -> list[Change]:
    """The leaves that differ of fields with what they held before and after; the first 100.

    The API writes what has two names under both, the second time inside ``details``: here it stands once.
    """
    found: dict[tuple[str, str, str], Change] = {}
    for each in _leaves(changes):
        found.setdefault((each.field.replace(DETAILS, "."), each.before, each.after), each)
    return list(islice(found.values(), MOST))


def _leaves(changes: Mapping[str, Sequence[Any]]) -> Iterator[Change]:
    for name, (before, after) in changes.items():
        trail = (Step(name, before, after),)
        for each in between(_beside(before, after), _beside(after, before), trail):
            if len(each.trail) == 1 or each.trail[-1].name not in KEPT_BY_ITSELF:
                yield from _told(each.field, each.before, each.after)


def _told(field: str, before: Any, after: Any) -> Iterator[Change]:
    """A leaf, or all leaves of what has no other side."""
    whole = after if before in (None, {}, []) else before if after in (None, {}, []) else None
    parts = _parts(whole)
    if not parts:
        texts = _text(before), _text(after)
        if any(texts):
            yield Change(field, *texts)
    for name, value in parts:
        if name not in KEPT_BY_ITSELF:
            sides = (value, None) if whole is before else (None, value)
            yield from _told(f"{field}.{name}", *sides)


def _parts(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return [(str(name), each) for name, each in value.items()]
    if isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        return [(str(index), each) for index, each in enumerate(value)]
    return []


def _beside(value: Any, other: Any) -> Any:
    """Nothing, of the kind of the other side, so that the two are compared by their parts."""
    return type(other)() if value is None and isinstance(other, dict | list) else value


def _text(value: Any) -> str:
    """As the API writes it, without the quotes around a text."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
