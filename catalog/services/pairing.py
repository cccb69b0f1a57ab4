"""Which node of one list is which of another, where nodes have no names. Pure: standard library only.

The same node first; then what is known by the same (a rule by its conditions); then what is most alike;
what is left, by its place. The same pairs come from both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Json = Any
Node = Mapping[str, Json]
Mark = Callable[[Node], Json]
"""By what a node is known: equal for two that are the same."""


class Pair(NamedTuple):
    """Places of a node in both lists; None where one list has none like it."""

    before: int | None
    after: int | None


def pairs(before: Sequence[Node], after: Sequence[Node], mark: Mark | None = None) -> list[Pair]:
    """All nodes, in the order of ``before``; those that only ``after`` has come last.

    To have nothing by which one is known (``mark``) is to be known as well (a rule for all usage, the open
    band).
    """
    paired = _alike(before, after, mark)
    old = [place for place in range(len(before)) if place not in paired]
    new = sorted(set(range(len(after))) - set(paired.values()))
    paired |= dict(zip(old, new, strict=False))
    left = [Pair(None, place) for place in new[len(old) :]]
    return [*(Pair(place, paired.get(place)) for place in range(len(before))), *left]


def order(paired: Iterable[Pair]) -> tuple[list[str], list[str]]:
    """How the nodes that both lists have follow each other, before and after, by their old places from 1."""
    both = [each for each in paired if each.before is not None and each.after is not None]
    moved = sorted(both, key=lambda each: each.after or 0)
    return _places(both), _places(moved)


def _places(paired: Iterable[Pair]) -> list[str]:
    return [str((each.before or 0) + 1) for each in paired]


def _alike(before: Sequence[Node], after: Sequence[Node], mark: Mark | None) -> dict[int, int]:
    """Those that have something in common, the most alike first."""
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, old, new in sorted(_candidates(before, after, mark)):
        if old not in found and new not in taken:
            found[old] = new
            taken.add(new)
    return found


Rank = tuple[bool, bool, int, int, int]


def _candidates(
    before: Sequence[Node], after: Sequence[Node], mark: Mark | None
) -> Iterator[tuple[Rank, int, int]]:
    """What may be paired, and how well; of two that are as good the nearer one, then the first."""
    for old, first in enumerate(before):
        for new, second in enumerate(after):
            known = mark is not None and mark(first) == mark(second)
            shared = sum(1 for name, value in first.items() if name in second and second[name] == value)
            if known or shared or first == second:
                rank = (first != second, not known, -shared, abs(old - new), old + new)
                yield rank, old, new
