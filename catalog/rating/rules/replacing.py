"""Rules of somebody's own in the place of those of the plan, as a SPECIFIC override has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

R = TypeVar("R")


def replaced(
    rules: Iterable[R],
    own: Sequence[R],
    *,
    name: Callable[[R], str],
    original: Callable[[R], str | None],
) -> Iterator[R]:
    """The rules in their order, each as the own one that names it has it; then the own ones that name none.

    ``name`` tells the id of a rule, ``original`` that of the rule whose place it takes.
    """
    by_original = {named: rule for rule in own if (named := original(rule))}
    used = set()
    for rule in rules:
        standing = by_original.get(name(rule), rule)
        used.add(name(standing))
        yield standing
    yield from (rule for rule in own if name(rule) not in used)
