"""What differs between two plain JSON values, leaf by leaf. Pure: standard library only.

Objects in lists are paired by what they are about (``IDENTITY``), so that a pricing added in front does
not make all others differ; lists of anything else are paired by place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# By these fields a node of a catalog is known among its siblings; the first that it has counts.
IDENTITY = ("product_category_id", "product_ids", "product_item_ids", "feature_id", "reference", "currency")
Json = Any


@dataclass(frozen=True, slots=True)
class Difference:
    """``before`` None: added; ``after`` None: removed; neither: changed. ``field`` is a dotted path."""

    field: str
    before: Json
    after: Json


def between(before: Json, after: Json, path: str = "") -> Iterator[Difference]:
    """Every difference, in the order of ``before``; what was added comes last."""
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys([*before, *after]):
            yield from between(before.get(name), after.get(name), _join(path, name))
    elif _nodes(before) and _nodes(after):
        yield from _paired(before, after, path)
    else:
        yield Difference(path, before, after)


def _paired(before: Sequence[Json], after: Sequence[Json], path: str) -> Iterator[Difference]:
    old, new = _keyed(before), _keyed(after)
    for key in dict.fromkeys([*old, *new]):
        yield from between(old.get(key), new.get(key), _join(path, key[0]))


def _keyed(nodes: Sequence[Json]) -> dict[tuple[str, int], Json]:
    """Nodes by (name for the path, how many of that name came before)."""
    found: dict[tuple[str, int], Json] = {}
    for index, node in enumerate(nodes):
        name = _name(node, index)
        found[name, sum(1 for known, _ in found if known == name)] = node
    return found


def _name(node: Mapping[str, Json], index: int) -> str:
    told = next((node[field] for field in IDENTITY if node.get(field)), None)
    if told is None:
        return str(index)
    return "+".join(map(str, told)) if isinstance(told, list) else str(told)


def _nodes(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(each, Mapping) for each in value)


def _join(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def in_words(difference: Difference) -> str:
    """One plain sentence: what was added, removed or changed."""
    match difference:
        case Difference(field, None, after):
            return f"{field} is added: {_shown(after)}"
        case Difference(field, before, None):
            return f"{field} is removed: it was {_shown(before)}"
    return f"{difference.field} changes from {_shown(difference.before)} to {_shown(difference.after)}"


def _shown(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
