"""What the other subscriptions of a group used: it picks the bands of a price, and is billed to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from billing.calc.timeline import Part
from billing.models import Invoice, PricingPlanSchedule, PricingPlanSubscription
from billing.selectors.claims import Claims
from billing.selectors.item_terms import Counted, ItemTerms
from billing.selectors.subscription_groups import Groups
from billing.selectors.usage import MeteredRows, Wanted
from billing.services import counting
from catalog.rating.measured import MeteredUsage, Sibling
from catalog.rating.routing import BANDED
from kit.period import Span

Usage = Mapping[Wanted, MeteredRows]
Piece = Callable[[counting.Stretch], Span | None]


@dataclass(frozen=True, slots=True)
class Pooled:
    """An item of a schedule's part of an invoice, with whom its subscription shares a group."""

    invoice: Invoice
    item: ItemTerms
    part: Part
    schedule: PricingPlanSchedule
    claims: Claims
    groups: Groups

    def wanted(self) -> Iterator[Wanted]:
        """The usage of others that the item is priced with."""
        beside = self._beside()
        for each in (*self.item.counted, *self.item.tiering) if beside else ():
            for stretch in self._stretches(each):
                for span in (stretch.so_far, stretch.before):
                    for sibling in beside:
                        yield from self._want(sibling, each, span)

    def so_far(self, at: int, *, usage: Usage) -> tuple[Sibling, ...]:
        """What each of them used in the pricing period at this place until the end of the billed one."""
        return self._found(at, lambda stretch: stretch.so_far, usage)

    def before(self, at: int, *, usage: Usage) -> tuple[Sibling, ...]:
        """What they used of that before the billed period."""
        return self._found(at, lambda stretch: stretch.before, usage)

    def _found(self, at: int, piece: Piece, usage: Usage) -> tuple[Sibling, ...]:
        beside = self._beside()
        if not beside:
            return ()
        counted, tiering = (
            [(each, piece(self._stretches(each)[at])) for each in several]
            for several in (self.item.counted, self.item.tiering)
        )
        return tuple(
            Sibling(self._together(each, counted, usage), self._together(each, tiering, usage))
            for each in beside
        )

    def _together(
        self, sibling: PricingPlanSubscription, pieces: Sequence[tuple[Counted, Span | None]], usage: Usage
    ) -> MeteredUsage | None:
        wanted = [(each, want) for each, span in pieces for want in self._want(sibling, each, span)]
        return counting.together([(each, usage[want]) for each, want in wanted])

    def _beside(self) -> Sequence[PricingPlanSubscription]:
        """Nobody for a price that has no bands, or where nothing ran."""
        banded = any(rule.config.pricing_type in BANDED for rule in self.item.rules)
        if self.part.arrears is None or not banded:
            return ()
        end = self.part.arrears.span.end
        return self.groups.siblings(self.invoice.subscription_id or 0, end=end)

    def _stretches(self, counted: Counted) -> list[counting.Stretch]:
        return counting.stretches(self.item, self.part, self.schedule, persists=counted.persists)

    def _want(
        self, sibling: PricingPlanSubscription, counted: Counted, whole: Span | None
    ) -> Iterator[Wanted]:
        """What is asked of a sibling: the same calculation, while it prices its meter."""
        customer, subscription = sibling.customer_id, sibling.pk
        meter = counted.measure.meter_id
        span = whole and self.claims.in_force(customer, subscription, meter_id=meter, span=whole)
        if span is not None:
            won = self.claims.of(
                customer_id=customer, subscription_id=subscription, meter_id=meter, span=span
            )
            measure = counting.measure_of(self.invoice, self.item, counted)
            yield Wanted(customer, subscription, measure, span, won)
