"""What differs between two plain JSON values, leaf by leaf. Pure: standard library only.

Objects in lists are paired by what they are about (``IDENTITY``), so that a pricing added in front does
not make all others differ; another order of the same is a difference of its own. What has no such name
(rules, bands) is paired by place, without what both lists begin and end with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

# By these fields a node of a catalog is known among its siblings; the first that it has counts.
IDENTITY = ("product_category_id", "product_ids", "product_item_ids", "feature_id", "reference", "currency")
# Where the order of the named nodes of a list is told.
ORDER = "order"
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
    first, last = _alike(before, after)
    old, new = _keyed(before, first, last), _keyed(after, first, last)
    for key in dict.fromkeys([*old, *new]):
        yield from between(old.get(key), new.get(key), _join(path, key[0]))
    was, now = [key[0] for key in old if key in new], [key[0] for key in new if key in old]
    if was != now:
        yield Difference(_join(path, ORDER), was, now)


def _alike(before: Sequence[Json], after: Sequence[Json]) -> tuple[int, int]:
    """How many nodes two lists without names have in common, at their beginnings and at their ends."""
    if any(_named(node) for node in (*before, *after)):
        return 0, 0
    pairs = zip(before, after, strict=False)
    first = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    ends = zip(reversed(before[first:]), reversed(after[first:]), strict=False)
    return first, sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], ends))


def _keyed(nodes: Sequence[Json], first: int, last: int) -> dict[tuple[str, int], Json]:
    """Nodes by (name for the path, how many of that name came before), without those that are alike."""
    found: dict[tuple[str, int], Json] = {}
    for index, node in enumerate(nodes[first : len(nodes) - last], first):
        name = _named(node) or str(index)
        found[name, sum(1 for known, _ in found if known == name)] = node
    return found


def _named(node: Mapping[str, Json]) -> str | None:
    told = next((node[field] for field in IDENTITY if node.get(field)), None)
    return "+".join(map(str, told)) if isinstance(told, list) else None if told is None else str(told)


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
