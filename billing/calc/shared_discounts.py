"""Discounts that several schedules of one invoice have in common: taken off once, from all of them together.

A plan version, a phase or a copy that takes over inside a period goes on with the discounts of the one
before. A percentage of each part is the percentage of both, but an amount taken off twice is too much.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace

from billing.calc.discounts import LEVELS, Discount, DiscountType, by_level, meant
from billing.calc.targets import Level, Scope, Target


def below_total(by_schedule: Iterable[tuple[Sequence[Discount], Sequence[Target]]]) -> list[Discount]:
    """Those below the total, each schedule's with its charges: the narrowest level first, then as given.

    An amount off the same sold things in several schedules is one; within a schedule it counts as often
    as it is given.
    """
    found: dict[Hashable, tuple[int, int, Discount]] = {}
    for index, (several, targets) in enumerate(by_schedule):
        for rank, alike, each in _ranked(several, targets):
            key = alike or (index, *rank)
            known = found.get(key)
            found[key] = (*rank, each) if known is None else (*max(known[:2], rank), _joined(known[2], each))
    return [each for _, _, each in sorted(found.values(), key=lambda one: one[:2])]


def together(by_schedule: Iterable[Sequence[Discount]]) -> list[Discount]:
    """Discounts on the total of several schedules: one that each of them names is taken off once.

    Within a schedule the same discount may be given twice and then counts twice.
    """
    found: dict[tuple[Discount, int], Discount] = {}
    for several in by_schedule:
        seen: Counter[Discount] = Counter()
        for each in several:
            alike = replace(each, scope=Scope(Level.TOTAL, limits=each.scope.limits), name="")
            key = alike, seen[alike]
            seen[alike] += 1
            known = found.get(key)
            found[key] = each if known is None else _joined(known, each)
    return list(found.values())


def _ranked(
    several: Sequence[Discount], targets: Sequence[Target]
) -> Iterator[tuple[tuple[int, int], Hashable, Discount]]:
    """Each with its level and place there, and what it has in common with its like, None where alone."""
    seen: Counter[Hashable] = Counter()
    for each in by_level(several):
        level, alike = LEVELS.index(each.scope.level), _alike(each, targets)
        yield (level, seen[level]), alike and (alike, seen[alike]), each
        seen.update((level, alike))


def _alike(discount: Discount, targets: Sequence[Target]) -> Hashable:
    if discount.type is not DiscountType.AMOUNT:
        return None
    sold = frozenset(thing for index in meant(discount, targets) for thing in targets[index].sold)
    return (replace(discount, scope=Scope(discount.scope.level), name=""), sold) if sold else None


def _joined(known: Discount, other: Discount) -> Discount:
    return replace(known, scope=replace(known.scope, also=(*known.scope.also, other.scope)))
