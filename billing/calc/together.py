"""The usage of several product items that one pricing item prices: their volumes are one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, cast

from catalog.rating.rules.measured import MeteredUsage
from catalog.rating.usage import Usage
from kit.money import total


@dataclass(frozen=True, slots=True)
class Together:
    """Usages of one kind (numbers, or amounts of one currency), at least one, behind one interface.

    Each is aggregated by its own calculation; the results add up.
    """

    parts: tuple[MeteredUsage, ...]

    @property
    def keys(self) -> Sequence[Mapping[str, str]]:
        return [key for part in self.parts for key in part.keys]

    def over(self, positions: Sequence[int]) -> Usage:
        return added([part.over(own) for part, own in self.apart(positions)])

    def apart(self, positions: Sequence[int]) -> Iterator[tuple[MeteredUsage, list[int]]]:
        """Each part with those of the positions that are its own, as it counts them."""
        first = 0
        for part in self.parts:
            yield part, [position - first for position in positions if 0 <= position - first < len(part.keys)]
            first += len(part.keys)


class Continuing(Protocol):
    """The usage of a calculation in a piece of time that another may come before."""

    def after(self, before: MeteredUsage) -> MeteredUsage: ...


@dataclass(frozen=True, slots=True)
class InPieces:
    """The usage of the same product items in two pieces of time, each aggregated over both."""

    before: Together
    own: Together

    @property
    def keys(self) -> Sequence[Mapping[str, str]]:
        return [*self.before.keys, *self.own.keys]

    def over(self, positions: Sequence[int]) -> Usage:
        first = len(self.before.keys)
        then = self.before.apart([each for each in positions if each < first])
        now = self.own.apart([each - first for each in positions if each >= first])
        return added([_over(*part, *own) for part, own in zip(then, now, strict=True)])


def _over(before: MeteredUsage, first: Sequence[int], own: MeteredUsage, rest: Sequence[int]) -> Usage:
    """One calculation over the keys of both pieces."""
    continuing = cast(Continuing, own)
    return continuing.after(before).over([*first, *(each + len(before.keys) for each in rest)])


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
