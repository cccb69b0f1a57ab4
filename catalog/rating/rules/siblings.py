"""The other subscriptions of a group: what all of them used together, for each of them without its own.

Each member is priced by what the others used. Counting the others anew for every member would make a run
over a group of a thousand a million sums; here everyone is counted once per question, and what goes
before and what comes after a member is added. Both are exact, so nothing is subtracted again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from catalog.rating.rules.measured import MeteredUsage
from catalog.rating.types import ZERO
from kit.money import EXACT


@dataclass(frozen=True, slots=True)
class Sibling:
    """What a subscription of a group used of an item: it counts for the bands of the others.

    ``deciding`` is its usage in the calculation that decides the bands, where that is not the one billed.
    """

    usage: MeteredUsage | None
    deciding: MeteredUsage | None = None


class Everyone:
    """All members of a group, in an order. Keeps sums: make it anew wherever usage is read anew."""

    __slots__ = ("_members", "_sums")

    def __init__(self, members: Sequence[Sibling]) -> None:
        self._members = tuple(members)
        self._sums: dict[Hashable, tuple[list[Decimal], list[Decimal]]] = {}

    def __len__(self) -> int:
        return len(self._members)

    def without(self, place: int, key: Hashable, counted: Callable[[Sibling], Decimal]) -> Decimal:
        """What ``counted`` says of everyone but the member at this place, added up.

        ``key`` names the question: whatever has the same key must be counted alike.
        """
        known = self._sums.get(key)
        if known is None:
            quantities = [counted(each) for each in self._members]
            before = list(accumulate(quantities, EXACT.add, initial=ZERO))
            after = list(accumulate(reversed(quantities), EXACT.add, initial=ZERO))[::-1]
            known = self._sums[key] = before, after
        return EXACT.add(known[0][place], known[1][place + 1])


@dataclass(frozen=True, slots=True)
class Others:
    """Everyone but the member at ``place``."""

    everyone: Everyone
    place: int

    @classmethod
    def of(cls, several: Sequence[Sibling]) -> Others:
        """These, as somebody sees them who used nothing that counts for them."""
        return cls(Everyone([Sibling(None), *several]), 0)

    def __bool__(self) -> bool:
        return len(self.everyone) > 1

    def sum(self, key: Hashable, counted: Callable[[Sibling], Decimal]) -> Decimal:
        """See ``Everyone.without``."""
        return self.everyone.without(self.place, key, counted)


NOBODY = Others.of(())
