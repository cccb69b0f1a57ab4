"""Discounts that several schedules of one invoice have in common: taken off once, from all of them together.

A plan version, a phase or a copy that takes over inside a period goes on with the discounts of the one
before. A percentage of each part is the percentage of both, but an amount taken off twice is too much.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from billing.calc.discounts import LEVELS, Discount, DiscountType, meant
from billing.calc.schedule import Active
from billing.calc.targets import Level, Scope, Target


def below_total(by_schedule: Iterable[tuple[Sequence[Discount], Sequence[Target]]]) -> list[Discount]:
    """Those below the total, each schedule's with all it sells: the narrowest level first, then as given.

    An amount off in several schedules, alike but for what names it, is one where they sell a product item
    in common, or, off rules, where these price the same usage of it, whichever of it is charged on this
    invoice; within a schedule it counts as often as it is given. One that is over before the other begins is
    another, and so is one that is not in force on this invoice.
    """
    found: dict[Level, list[_Ranked]] = {level: [] for level in LEVELS}
    for several, targets in by_schedule:
        own = list(_ranked(several, targets))
        for level, row in found.items():
            _take_in(row, [each for each in own if each.discount.scope.level is level])
    return [each.discount for row in found.values() for each in row]


def _take_in(row: list[_Ranked], own: Sequence[_Ranked]) -> None:
    """Add a schedule's to those of the schedules before; what follows one that both have follows it still."""
    before, waiting = list(row), list[_Ranked]()
    for each in own:
        like = next((one for one in before if one.goes_on_as(each)), None)
        if like is None:
            waiting.append(each)
            continue
        before.remove(like)
        at = row.index(like)
        row[at : at + 1] = [*waiting, like.joined(each)]
        waiting = []
    row += waiting


def together(by_schedule: Iterable[Sequence[Discount]]) -> list[Discount]:
    """Discounts on the total of several schedules: one that each of them names is taken off once.

    Within a schedule the same discount may be given twice and then counts twice.
    """
    found: dict[tuple[Discount, int], Discount] = {}
    for several in by_schedule:
        seen: Counter[Discount] = Counter()
        for each in several:
            alike = replace(each, scope=Scope(Level.TOTAL, limits=each.scope.limits), name="", since=None)
            key = alike, seen[alike]
            seen[alike] += 1
            known = found.get(key)
            found[key] = each if known is None else _joined(known, each)
    return list(found.values())


@dataclass(frozen=True, slots=True, eq=False)
class _Ranked:
    """A discount, and what it takes something off, the same in every version.

    ``sold`` is empty where it is not in force.
    """

    discount: Discount
    sold: frozenset[Hashable]
    active: Active | None

    def goes_on_as(self, other: _Ranked) -> bool:
        alike = _bare(self.discount) == _bare(other.discount)
        in_turn = _reaches(self.active, other.active) and _reaches(other.active, self.active)
        is_same = alike and in_turn and self.discount.type is DiscountType.AMOUNT
        return is_same and not self.sold.isdisjoint(other.sold)

    def joined(self, other: _Ranked) -> _Ranked:
        both = _joined(self.discount, other.discount)
        # The one that follows says how long it goes on.
        return _Ranked(both, self.sold | other.sold, other.active)


def _reaches(one: Active | None, other: Active | None) -> bool:
    """Whether it lasts until the other begins."""
    return one is None or one.end is None or other is None or other.start <= one.end


def _ranked(several: Sequence[Discount], targets: Sequence[Target]) -> Iterator[_Ranked]:
    for each in several:
        level = each.scope.level
        always = replace(each, scope=replace(each.scope, active=None))
        covered = [targets[index] for index in meant(always, targets)]
        things = (one.prices if level is Level.RULE else one.sold for one in covered)
        active = each.scope.active
        in_force = active is None or any(active.contains(one.start) for one in covered)
        sold: frozenset[Hashable] = frozenset().union(*things) if in_force else frozenset()
        yield _Ranked(each, sold, active)


def _bare(discount: Discount) -> Discount:
    return replace(discount, scope=Scope(discount.scope.level), name="", names=(), since=None)


def _joined(known: Discount, other: Discount) -> Discount:
    scope = replace(known.scope, also=(*known.scope.also, other.scope))
    return replace(known, scope=scope, names=(*known.names, (other.scope.schedule_id, other.name)))
