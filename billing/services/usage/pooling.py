"""What the subscriptions of a group used: it picks the bands of a price, and is billed to each its own.

Every member is priced by what all others used. Over a group this asks the same again and again, so a
``Pools`` keeps what was asked of all members and how it was answered: a run over a thousand of them asks
a thousand questions, not a million. It lives as long as one reading of usage does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from billing.calc.timeline import Part
from billing.models import Invoice, PricingPlanSchedule, PricingPlanSubscription
from billing.selectors.claims import Claims
from billing.selectors.item_terms import Counted, ItemTerms
from billing.selectors.subscription_groups import Groups
from billing.selectors.usage import Measure, MeteredRows, Wanted
from billing.services.usage import counting
from catalog.rating.rules.measured import MeteredUsage
from catalog.rating.rules.routing import BANDED
from catalog.rating.rules.siblings import NOBODY, Everyone, Others, Sibling
from kit.period import Span

Usage = Mapping[Wanted, MeteredRows]
Piece = Callable[[counting.Stretch], Span | None]
# What one product item counts in one span, None for nothing.
Asked = tuple[Counted, Measure, Span | None]


@dataclass(frozen=True, slots=True)
class Members:
    """The subscriptions that count together in the periods that end at one instant, with their places."""

    all: tuple[PricingPlanSubscription, ...]
    places: Mapping[int, int]


class Pools:
    """The groups of some subscriptions, and what of their members' usage was asked so far."""

    def __init__(self, groups: Groups, claims: Claims) -> None:
        self._groups = groups
        self._claims = claims
        self._members: dict[tuple[int, datetime], Members] = {}
        self._wanted: dict[tuple[int, datetime, Measure, Span], tuple[Wanted | None, ...]] = {}
        self._everyone: dict[tuple[int, datetime, tuple[Asked, ...], tuple[Asked, ...]], Everyone] = {}

    def key(self, subscription_id: int, *, end: datetime) -> tuple[int, datetime] | None:
        """What its period that ends then is pooled with; None where there is nobody else."""
        group = self._groups.of(subscription_id, end=end)
        if group is None or len(self.members((group, end)).all) < 2:
            return None
        return group, end

    def members(self, key: tuple[int, datetime]) -> Members:
        """Those behind a key."""
        found = self._members.get(key)
        if found is None:
            several = self._groups.together(key[0], end=key[1])
            places = {each.pk: place for place, each in enumerate(several)}
            found = self._members[key] = Members(several, places)
        return found

    def fresh(self, key: tuple[int, datetime], asked: Sequence[Asked]) -> Iterator[Wanted]:
        """What is to be read for it that was not asked before."""
        for _, measure, span in asked:
            if span is not None and (*key, measure, span) not in self._wanted:
                yield from (each for each in self._of_all(key, measure, span) if each is not None)

    def everyone(
        self, key: tuple[int, datetime], counted: tuple[Asked, ...], tiering: tuple[Asked, ...], usage: Usage
    ) -> Everyone:
        """What all members used, by what is billed and by what decides the bands."""
        place = (*key, counted, tiering)
        found = self._everyone.get(place)
        if found is None:
            size = len(self.members(key).all)
            billed, deciding = (self._together(key, each, usage, size) for each in (counted, tiering))
            found = self._everyone[place] = Everyone(list(map(Sibling, billed, deciding)))
        return found

    def _together(
        self, key: tuple[int, datetime], asked: Sequence[Asked], usage: Usage, size: int
    ) -> list[MeteredUsage | None]:
        parts: list[list[tuple[Counted, MeteredRows]]] = [[] for _ in range(size)]
        for counted, measure, span in asked:
            wanted = () if span is None else self._of_all(key, measure, span)
            for own, want in zip(parts, wanted, strict=False):
                if want is not None:
                    own.append((counted, usage[want]))
        return [counting.together(own) for own in parts]

    def _of_all(self, key: tuple[int, datetime], measure: Measure, span: Span) -> tuple[Wanted | None, ...]:
        """What is asked of each member, in order: the same calculation, while it prices its meter."""
        place = (*key, measure, span)
        found = self._wanted.get(place)
        if found is None:
            found = tuple(self._want(each, measure, span) for each in self.members(key).all)
            self._wanted[place] = found
        return found

    def _want(self, member: PricingPlanSubscription, measure: Measure, whole: Span) -> Wanted | None:
        customer, subscription, meter = member.customer_id, member.pk, measure.meter_id
        span = self._claims.in_force(customer, subscription, meter_id=meter, span=whole)
        if span is None:
            return None
        won = self._claims.of(customer_id=customer, subscription_id=subscription, meter_id=meter, span=span)
        return Wanted(customer, subscription, measure, span, won)


@dataclass(frozen=True, slots=True)
class Pooled:
    """An item of a schedule's part of an invoice, with whom its subscription shares a group."""

    invoice: Invoice
    item: ItemTerms
    part: Part
    schedule: PricingPlanSchedule
    pools: Pools

    def wanted(self) -> Iterator[Wanted]:
        """The usage of others that the item is priced with, as far as nobody asked for it yet."""
        key = self._key()
        for each in (*self.item.counted, *self.item.tiering) if key else ():
            measure = counting.measure_of(self.invoice, self.item, each)
            for stretch in self._stretches(each):
                asked = [(each, measure, span) for span in (stretch.so_far, stretch.before)]
                yield from self.pools.fresh(key, asked) if key else ()

    def so_far(self, at: int, *, usage: Usage) -> Others:
        """What each of them used in the pricing period at this place until the end of the billed one."""
        return self._found(at, lambda stretch: stretch.so_far, usage)

    def before(self, at: int, *, usage: Usage) -> Others:
        """What they used of that before the billed period."""
        return self._found(at, lambda stretch: stretch.before, usage)

    def _found(self, at: int, piece: Piece, usage: Usage) -> Others:
        key = self._key()
        if key is None:
            return NOBODY
        counted, tiering = (
            tuple(
                (each, counting.measure_of(self.invoice, self.item, each), piece(self._stretches(each)[at]))
                for each in several
            )
            for several in (self.item.counted, self.item.tiering)
        )
        place = self.pools.members(key).places[self.invoice.subscription_id or 0]
        return Others(self.pools.everyone(key, counted, tiering, usage), place)

    def _key(self) -> tuple[int, datetime] | None:
        """None for a price that has no bands, or where nothing ran."""
        banded = any(rule.config.pricing_type in BANDED for rule in self.item.rules)
        if self.part.arrears is None or not banded:
            return None
        return self.pools.key(self.invoice.subscription_id or 0, end=self.part.arrears.span.end)

    def _stretches(self, counted: Counted) -> list[counting.Stretch]:
        return counting.stretches(self.item, self.part, self.schedule, persists=counted.persists)
