"""What is known before anything is drawn up: what schedules agreed to, and the usage that was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from billing.calc.carrying import Ledger
from billing.calc.currencies import Rates
from billing.calc.timeline import Part
from billing.models import PricingPlanSchedule
from billing.selectors.agreed_prices import Items
from billing.selectors.claims import Claims
from billing.selectors.exchange_rates import Moment
from billing.selectors.usage import MeteredRows, Wanted
from billing.services.coupons.coupon_spending import Spending
from billing.services.usage.assumptions import Assumed
from billing.services.usage.pooling import Pools


@dataclass(frozen=True, slots=True)
class Known:
    """Schedules and what they sell by schedule pk, usage as it was wanted, ledgers by subscription pk."""

    schedules: Mapping[int, PricingPlanSchedule]
    agreed: Mapping[int, Items]
    claims: Claims
    usage: Mapping[Wanted, MeteredRows]
    ledgers: Mapping[int, Ledger]
    pools: Pools
    assumed: Assumed = field(default_factory=dict)
    coupons: Spending = field(default_factory=Spending)
    rates: Mapping[Moment, Rates] = field(default_factory=dict)

    def items(self, part: Part) -> Items:
        """What the schedule of this part sells."""
        return self.agreed[part.key]
