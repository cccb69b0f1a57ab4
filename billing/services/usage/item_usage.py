"""The usage of one item in one part of an invoice: what is asked of metering, and what came back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from billing.calc.inputs import Stretch, Usages
from billing.calc.timeline import Part
from billing.models import Invoice, PricingPlanSchedule
from billing.selectors.claims import Claims
from billing.selectors.item_terms import Counted, ItemTerms
from billing.selectors.usage import MeteredRows, Wanted
from billing.services.usage import counting
from billing.services.usage.assumptions import Assumed, usage_of
from billing.services.usage.pooling import Pooled, Pools
from catalog.rating.rules.measured import MeteredUsage
from catalog.rating.rules.siblings import Others
from catalog.rating.types import Config
from kit.period import Span

Configs = Callable[[datetime], tuple[Config, ...]]


@dataclass(frozen=True, slots=True)
class ItemUsage:
    """``at`` is the place of a pricing period in the period that ran: one, unless usage has its own."""

    invoice: Invoice
    item: ItemTerms
    part: Part
    schedule: PricingPlanSchedule
    claims: Claims
    pools: Pools
    usage: Mapping[Wanted, MeteredRows]
    assumed: Assumed

    def wanted(self) -> Iterator[Wanted]:
        """All that the item is priced with; empty where it is off."""
        for each in self.item.measured:
            for span in counting.spans(self.item, each, self.part, self.schedule):
                yield counting.wanted(self.invoice, self.item, each, span, self.claims)
        yield from self._pooled.wanted()

    def billed(self, at: int = 0) -> MeteredUsage | None:
        """What is assumed of the item, else what was metered; None for one that counts nothing."""
        if not self.item.counted:
            return None
        assumed = usage_of(self.item, self.assumed, currency=self.item.currency or self.invoice.currency)
        return assumed or self._own(self.item.counted, at)

    def deciding(self, at: int = 0) -> MeteredUsage | None:
        """What decides the bands, where that is another calculation."""
        return self._own(self.item.tiering, at)

    def siblings(self, at: int = 0) -> Others:
        """What the other subscriptions of the group used."""
        return self._pooled.so_far(at, usage=self.usage)

    def reports(self, at: int = 0) -> Iterator[tuple[str, MeteredUsage]]:
        """What further calculations say, by their id."""
        for each in self.item.reports:
            found = self._own((each,), at)
            if found is not None:
                yield each.calculation_id, found

    def stretches(self, configs: Configs) -> Iterator[Stretch]:
        """Its pricing periods, where these are not the billed ones; ``configs`` by the start of each."""
        if not self.item.counted:
            return
        assumed = usage_of(self.item, self.assumed, currency=self.invoice.currency)
        for at, each in enumerate(counting.stretches(self.item, self.part, self.schedule)):
            own = self.billed(at)
            assert own is not None
            so_far, before = Usages(own, self.deciding(at), self.siblings(at)), None
            if assumed is None and each.before is not None:
                before = self._before(at)
                so_far = counting.so_far(before, so_far)
            yield Stretch(
                start=each.began,
                span=each.span,
                own=own,
                so_far=so_far,
                configs=configs(each.began),
                before=before,
                reports=tuple(self.reports(at)),
            )

    @property
    def _pooled(self) -> Pooled:
        return Pooled(self.invoice, self.item, self.part, self.schedule, self.pools)

    def _own(self, several: Sequence[Counted], at: int) -> MeteredUsage | None:
        """What these count in the pricing period."""
        return self._together(several, [self._pieces(each, at).own for each in several])

    def _before(self, at: int) -> Usages:
        """What counts of its usage in the pricing period before the period that ran."""
        found = []
        for several in (self.item.counted, self.item.tiering):
            pieces = [self._pieces(each, at).before for each in several]
            found.append(self._together(several, [each for each in pieces if each]))
        billed, deciding = found
        assert billed is not None
        return Usages(billed, deciding, self._pooled.before(at, usage=self.usage))

    def _pieces(self, counted: Counted, at: int) -> counting.Stretch:
        return counting.stretches(self.item, self.part, self.schedule, persists=counted.persists)[at]

    def _together(self, several: Sequence[Counted], pieces: Sequence[Span]) -> MeteredUsage | None:
        wanted = [
            counting.wanted(self.invoice, self.item, each, span, self.claims)
            for each, span in zip(several, pieces, strict=True)
        ]
        found = [(each, self.usage[want]) for each, want in zip(several, wanted, strict=True)]
        return counting.together(found)
