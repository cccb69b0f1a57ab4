"""Usage made ready for trying a draft's rules on it, as activating the draft would make it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction

from accounts.context import Context
from catalog.models import PricingPlanVersion
from catalog.rating.parsing import config as rating_config
from catalog.rating.rules.rules import properties_of
from desk.editors.pricing import book
from metering.models import Meter, MeterMeterProperty, MeterProperty
from metering.services import keying


@transaction.atomic
def keep_apart(*, ctx: Context, versions: Sequence[PricingPlanVersion]) -> None:
    """Let usage be told apart by the properties that the rules of these versions ask for."""
    asked = _asked(ctx, versions)
    links = MeterMeterProperty.objects.filter(platform=ctx.platform, meter__in=asked)
    wanted: dict[Meter, list[MeterProperty]] = defaultdict(list)
    for link in links.select_related("meter", "meter_property").order_by("meter", "meter_property"):
        row = link.meter_property
        if {row.reference, row.public_id} & asked[link.meter_id]:
            wanted[link.meter].append(row)
    for meter, rows in wanted.items():
        keying.ensure_keyed(ctx=ctx, meter=meter, properties=rows)


def _asked(ctx: Context, versions: Sequence[PricingPlanVersion]) -> dict[int, set[str]]:
    """Meter -> the properties that rules name, by reference or id."""
    found: dict[int, set[str]] = defaultdict(set)
    for version in versions:
        for priced in book.read(version, default_currency=ctx.platform.default_currency).items:
            calculation = priced.item.meter_value_calculation
            if calculation is None:
                continue
            for config in priced.configs:
                found[calculation.meter_id].update(properties_of(rating_config.parse(config.body)))
    return found
