"""What differs between two plain JSON values, leaf by leaf. Pure: standard library only.

Objects in lists are paired by what they are about (``IDENTITY``), so that a pricing added in front does
not make all others differ; another order of the same is a difference of its own. What has no such name, or
shares it, is paired by what it is ``KNOWN_BY``, then by likeness, then by place (``pairing``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as kept
from typing import Any, NamedTuple

from catalog.services import pairing

# By these fields a node of a catalog is known among its siblings; the first that it has counts.
IDENTITY = ("product_category_id", "product_ids", "product_item_ids", "feature_id", "reference", "currency")
# By this field a node is known that has no name, or shares it; nodes in the field count by their names.
KNOWN_BY = {
    "bands": "tier_top_bound",
    "billing_period_configs": "billing_period",
    "configs": "conditions",
    "pricing_groups": "name",
    "pricings": "items",
}
# Where the order of the nodes of a list is told: of the first match that wins, among others.
ORDER = "order"
Json = Any


class Step(NamedTuple):
    """One step down a path, with what both sides have there; None where one has nothing."""

    name: str
    before: Json
    after: Json

    @property
    def node(self) -> Json:
        """What is there now, or was."""
        return self.before if self.after is None else self.after


Trail = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """``before`` None: added; ``after`` None: removed; neither: changed. ``field`` is a dotted path.

    ``trail`` is the same path with all that it leads through, so that words can be found for it.
    """

    field: str
    before: Json
    after: Json
    trail: Trail = kept(default=(), compare=False, repr=False)


def between(before: Json, after: Json, trail: Trail = ()) -> Iterator[Difference]:
    """Every difference, in the order of ``before``; what was added comes last."""
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys([*before, *after]):
            old, new = before.get(name), after.get(name)
            yield from between(old, new, (*trail, Step(str(name), old, new)))
    elif _nodes(before) and _nodes(after):
        yield from _paired(before, after, trail)
    else:
        yield Difference(".".join(step.name for step in trail), before, after, trail)


def _paired(before: Sequence[Json], after: Sequence[Json], trail: Trail) -> Iterator[Difference]:
    told = _by_name if any(named(node) for node in (*before, *after)) else _by_likeness
    steps, was, now = told(before, after, KNOWN_BY.get(trail[-1].name if trail else ""))
    for step in steps:
        yield from between(step.before, step.after, (*trail, step))
    if was != now:
        yield from between(was, now, (*trail, Step(ORDER, was, now)))


Paired = tuple[list[Step], list[str], list[str]]
"""The nodes of two lists, and how those that both have follow each other."""


def _by_name(before: Sequence[Json], after: Sequence[Json], known_by: str | None) -> Paired:
    old = _keyed(before)
    new = _recognized(old, _keyed(after), known_by)
    steps = [Step(key[0], old.get(key), new.get(key)) for key in dict.fromkeys([*old, *new])]
    shared = {name for name, nth in old if nth}
    labels = {(name, nth): f"{name} ({nth + 1})" if name in shared else name for name, nth in old}
    return steps, [labels[key] for key in old if key in new], [labels[key] for key in new if key in old]


def _by_likeness(before: Sequence[Json], after: Sequence[Json], known_by: str | None) -> Paired:
    """Nodes called by their place, which is that in ``after`` where they are in both."""
    paired = pairing.pairs(before, after, _mark(known_by))
    steps = [
        Step(
            str(old if new is None else new),
            None if old is None else before[old],
            None if new is None else after[new],
        )
        for old, new in paired
    ]
    return steps, *pairing.order(paired)


Keyed = dict[tuple[str, int], Json]
"""Nodes by (name for the path, how many of that name came before)."""


def _recognized(old: Keyed, new: Keyed, known_by: str | None) -> Keyed:
    """``new``, each keyed as the node of ``old`` that it is, where several have one name."""
    called: dict[tuple[str, int], tuple[str, int]] = {}
    for name in dict.fromkeys(name for name, nth in (*old, *new) if nth):
        was, now = ([key for key in nodes if key[0] == name] for nodes in (old, new))
        for mates in pairing.pairs([old[key] for key in was], [new[key] for key in now], _mark(known_by)):
            if mates.after is not None:
                ours = len(was) + mates.after if mates.before is None else mates.before
                called[now[mates.after]] = (name, ours)
    return {called.get(key, key): node for key, node in new.items()}


def _mark(known_by: str | None) -> pairing.Mark | None:
    """By what a node is known: what is in that field, nodes by their names."""

    def mark(node: Mapping[str, Json]) -> Json:
        told = node.get(known_by or "")
        return [named(each) for each in told] if isinstance(told, list) and _nodes(told) else told

    return mark if known_by else None


def _keyed(nodes: Sequence[Json]) -> Keyed:
    found: Keyed = {}
    for index, node in enumerate(nodes):
        name = named(node) or str(index)
        found[name, sum(1 for known, _ in found if known == name)] = node
    return found


def named(node: Mapping[str, Json]) -> str | None:
    """What a node of a list is about, as one word; None where it has no name."""
    told = next((node[field] for field in IDENTITY if node.get(field)), None)
    return "+".join(map(str, told)) if isinstance(told, list) else None if told is None else str(told)


def _nodes(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(each, Mapping) for each in value)
