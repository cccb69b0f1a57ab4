"""The usage of several product items that one pricing item prices: their volumes are one."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Protocol, cast

from catalog.rating.rules.measured import MeteredUsage
from catalog.rating.usage import Usage
from kit.money import total


@dataclass(frozen=True)
class Together:
    """Usages of one kind (numbers, or amounts of one currency), at least one, behind one interface.

    Each is aggregated by its own calculation; the results add up.
    """

    parts: tuple[MeteredUsage, ...]

    @cached_property
    def keys(self) -> Sequence[Mapping[str, str]]:
        return [key for part in self.parts for key in part.keys]

    def over(self, positions: Sequence[int]) -> Usage:
        return added([part.over(own) for part, own in self.apart(positions)])

    def apart(self, positions: Sequence[int]) -> Iterable[tuple[MeteredUsage, list[int]]]:
        """Each part with those of the positions that are its own, as it counts them."""
        found: list[list[int]] = [[] for _ in self.parts]
        for position in positions:
            part = bisect_right(self._firsts, position) - 1
            found[part].append(position - self._firsts[part])
        return zip(self.parts, found, strict=True)

    @cached_property
    def _firsts(self) -> Sequence[int]:
        """The position at which the keys of each part begin."""
        return list(accumulate((len(part.keys) for part in self.parts[:-1]), initial=0))


class Continuing(Protocol):
    """The usage of a calculation in a piece of time that another may come before."""

    def after(self, before: MeteredUsage) -> MeteredUsage: ...


@dataclass(frozen=True)
class InPieces:
    """The usage of the same product items in two pieces of time, each aggregated over both."""

    before: Together
    own: Together

    @cached_property
    def keys(self) -> Sequence[Mapping[str, str]]:
        return [*self.before.keys, *self.own.keys]

    def over(self, positions: Sequence[int]) -> Usage:
        first = len(self.before.keys)
        then = self.before.apart([each for each in positions if each < first])
        now = self.own.apart([each - first for each in positions if each >= first])
        return added(
            [
                both.over([*earlier, *(each + len(before.keys) for each in later)])
                for both, (before, earlier), (_, later) in zip(self._joined, then, now, strict=True)
            ]
        )

    @cached_property
    def _joined(self) -> Sequence[MeteredUsage]:
        """Each calculation over both pieces; the keys of the earlier one come first."""
        pairs = zip(self.before.parts, self.own.parts, strict=True)
        return [cast(Continuing, own).after(before) for before, own in pairs]


def added(usages: Sequence[Usage]) -> Usage:
    """Usages of one kind as one; at least one."""
    values = [usage.values for usage in usages]
    known = [each for each in values if each is not None]
    calculations = {usage.calculation for usage in usages}
    return replace(
        usages[0],
        quantity=total(usage.quantity for usage in usages),
        events=sum(usage.events for usage in usages),
        values=tuple(value for each in known for value in each) if len(known) == len(values) else None,
        calculation=calculations.pop() if len(calculations) == 1 else None,
    )
