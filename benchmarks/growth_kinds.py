"""Contracts that have much of one thing, for ``benchmarks.growth``."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from benchmarks.drafts import END, START

EVENTS = """
    INSERT INTO metering_event (platform_id, customer_id, meter_id, timestamp, stored_at, meter_value_id,
        number, payload_hash, reference, properties)
    SELECT %(platform)s, %(customer)s, %(meter)s, %(at)s, %(at)s, %(value)s, quantity,
        decode(md5(i::text), 'hex'), %(meter)s || '-' || %(customer)s || '-' || i,
        jsonb_build_object(%(property)s::text, model)
    FROM unnest(%(quantities)s::numeric[], %(models)s::text[]) WITH ORDINALITY AS each (quantity, model, i)"""
SPLIT: dict[str, Any] = {"split_pricing": {"meter_properties": [{"reference": "model"}]}}

_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Made:
    """A subscription whose draft of the period is measured."""

    subscription: Any
    version: Any
    period: datetime = START
    until: datetime = END


@dataclass(frozen=True)
class Kind:
    """A thing of which a contract may have ``least`` and up to eight times as many."""

    name: str
    least: int
    make: Callable[[Any, int], Made]


def anew(world: Any) -> None:
    """A meter that nothing was used of yet."""
    from metering.models import Meter

    reference = f"grown-{next(_NUMBERS)}"
    world.meter = world.make(
        Meter, reference=reference, status="ACTIVE", keyed_properties=[world.property.pk]
    )


def _agreed(world: Any, version: Any, used: Sequence[tuple[str, str]] = (), **terms: Any) -> Made:
    """A new customer's subscription to it, with usage (quantity, model) and the terms of its schedule."""
    from billing.models import PricingPlanSubscription

    customer = world.organization(f"grown-{next(_NUMBERS)}", "NL")
    _use(world, customer, used)
    subscription = world.agree([], now=START, customer=customer)
    world.schedule(subscription, version, START, None, **terms)
    subscription = PricingPlanSubscription.objects.get(pk=subscription.pk)
    world.open(subscription, START)
    return Made(subscription, version)


def _use(world: Any, customer: Any, used: Sequence[tuple[str, str]]) -> None:
    """One event each, by one statement, and the rollups of them."""
    from django.db import connection, transaction

    from metering.services import locks, rebuild

    with transaction.atomic(), connection.cursor() as cursor:
        locks.alone(platform_id=world.platform.pk)
        arguments = {
            "platform": world.platform.pk,
            "customer": customer.pk,
            "meter": world.meter.pk,
            "at": START + timedelta(days=2),
            "value": world.value.pk,
            "property": str(world.property.pk),
            "quantities": [quantity for quantity, _ in used],
            "models": [model for _, model in used],
        }
        cursor.execute(EVENTS, arguments)
        rebuild.meter(platform_id=world.platform.pk, meter_id=world.meter.pk)


def items(world: Any, size: int) -> Made:
    from billing.tests.world import per_minute

    return _agreed(world, world.plan(*(per_minute("0.01") for _ in range(size))), [("100", "a")])


def fees(world: Any, size: int) -> Made:
    from billing.tests.world import fee

    return _agreed(world, world.plan(*(fee("10") for _ in range(size))))


def bands(world: Any, size: int) -> Made:
    from billing.tests.world import tiers, usage

    several = [(str(10 * n), f"0.{90_000_000 - n:08d}") for n in range(1, size)]
    return _agreed(world, world.plan(usage(tiers(*several, (None, "0.01")))), [(str(10 * size), "a")])


def rules(world: Any, size: int) -> Made:
    from billing.tests.world import flat, usage, where

    several = (flat("0.01", conditions=where("model", f"m{n}")) for n in range(size))
    return _agreed(world, world.plan(usage(*several)), [("10", f"m{n}") for n in range(size)])


def values(world: Any, size: int) -> Made:
    from billing.tests.world import flat, usage

    return _agreed(world, world.plan(usage(flat("0.01", **SPLIT))), [("10", f"m{n}") for n in range(size)])


def tiered_values(world: Any, size: int) -> Made:
    from billing.tests.world import tiers, usage

    rule = tiers(("100", "0.02"), (None, "0.01")) | SPLIT
    return _agreed(world, world.plan(usage(rule)), [("10", f"m{n}") for n in range(size)])


def discounted(world: Any, size: int) -> Made:
    """Ten items, so many discounts of their rules."""
    from billing.tests.world import per_minute
    from catalog.models import PricingItemConfig

    version = world.plan(*(per_minute("1") for _ in range(10)))
    ids = [each.public_id for each in PricingItemConfig.objects.filter(version=version).order_by("pk")]
    entries = [{"ids": [ids[n % 10]], "percentage": "1"} for n in range(size)]
    return _agreed(world, version, [("100", "a")], discount={"pricing_item_configs": entries})


def discounted_totals(world: Any, size: int) -> Made:
    """Ten items, so many discounts on the total."""
    from billing.tests.world import per_minute

    version = world.plan(*(per_minute("1") for _ in range(10)))
    return _agreed(world, version, [("100", "a")], discount={"totals": [{"percentage": "1"}] * size})


def _each(ids: Sequence[str], **terms: Any) -> dict[str, Any]:
    """The same for each of these rules."""
    return {"pricing_item_configs": [{"ids": [each], **terms} for each in ids]}


def everything(world: Any, size: int) -> Made:
    """So many items, each with a discount, a markup and a commitment of its own."""
    from billing.tests.world import money, per_minute
    from catalog.models import PricingItemConfig

    version = world.plan(*(per_minute("1") for _ in range(size)))
    ids = [each.public_id for each in PricingItemConfig.objects.filter(version=version).order_by("pk")]
    return _agreed(
        world,
        version,
        [("100", "a")],
        discount=_each(ids, percentage="10"),
        markup=_each(ids, percentage="5"),
        commitment=_each(ids, amount=money("200")),
    )


def seats(world: Any, size: int) -> Made:
    """So many changes of the seats within the month."""
    from billing.tests.world import Price, flat
    from catalog.models import PricingItemConfig

    version = world.plan(Price("Seats", "PER_SEAT", (flat("15"),)))
    rule = PricingItemConfig.objects.get(version=version).public_id
    step = (END - START) / size
    dates = (START + number * step for number in range(size))
    several = [
        {"pricing_item_config_id": rule, "number": str(number), "start_at": f"{date:%Y-%m-%dT%H:%M:%SZ}"}
        for number, date in enumerate(dates, 10)
    ]
    return _agreed(world, version, seats_values=several)


def phases(world: Any, size: int) -> Made:
    """So many schedules within the month."""
    step = (END - START) / size
    return _sliced(world, [START + number * step for number in range(size)])


def schedules(world: Any, size: int) -> Made:
    """So many schedules of a year each; the first is billed."""
    return _sliced(world, [START.replace(year=START.year + number) for number in range(size)])


def _sliced(world: Any, starts: Sequence[datetime]) -> Made:
    """A subscription with a schedule from each of these instants on."""
    from billing.models import PricingPlanSubscription
    from billing.tests.world import fee, per_minute

    version = world.plan(per_minute("0.01"), fee("31"))
    customer = world.organization(f"grown-{next(_NUMBERS)}", "NL")
    _use(world, customer, [("100", "a")])
    slices = list(zip(itertools.repeat(version), starts, [*starts[1:], None], strict=False))
    subscription = world.agree(slices, now=START, customer=customer)
    subscription = PricingPlanSubscription.objects.get(pk=subscription.pk)
    world.open(subscription, START)
    return Made(subscription, version)


def carried(world: Any, size: int) -> Made:
    """Months since the start of a schedule with units that are free for all of it."""
    from billing.models import Invoice
    from billing.tests.world import flat, usage

    free = {"number": "100000", "reset_type": "SCHEDULE"}
    version = world.plan(usage(flat("1", default_included_volume=free)))
    customer = world.organization(f"grown-{next(_NUMBERS)}", "NL")
    months = START.year * 12 + START.month - 1 - size
    start = START.replace(year=months // 12, month=months % 12 + 1)
    _use(world, customer, [("100", "a")])
    subscription = world.subscribe(version, start=start, now=START, customer=customer)
    assert Invoice.objects.filter(subscription=subscription).count() > size
    return Made(subscription, version)


def pooled(world: Any, size: int) -> Made:
    """Members of one group, whose volumes pick the band together."""
    from billing.models import (
        PricingPlanSubscription,
        PricingPlanSubscriptionGroup,
        SubscriptionGroupMember,
    )
    from billing.tests.world import tiers, usage

    version = world.plan(usage(tiers(("1000", "0.02"), (None, "0.01"))))
    made = [_agreed(world, version, [("100", "a")]) for _ in range(size)]
    subscriptions = [each.subscription for each in made]
    name = f"group-{next(_NUMBERS)}"
    group = world.make(PricingPlanSubscriptionGroup, reference=name, name=name)
    SubscriptionGroupMember.objects.bulk_create(
        SubscriptionGroupMember(platform=world.platform, group=group, subscription=each, joined_at=START)
        for each in subscriptions
    )
    keys = [each.pk for each in subscriptions]
    PricingPlanSubscription.objects.filter(pk__in=keys).update(grouped=True)
    return made[0]


KINDS = (
    Kind("fees", 25, fees),
    Kind("metered items", 10, items),
    Kind("bands", 25, bands),
    Kind("rules of an item", 20, rules),
    Kind("values of a split line", 1_250, values),
    Kind("values of a split line in tiers", 625, tiered_values),
    Kind("discounts of rules", 20, discounted),
    Kind("discounts of the total", 20, discounted_totals),
    Kind("items each with discount, markup, commitment", 10, everything),
    Kind("changes of seats", 20, seats),
    Kind("phases in a month", 4, phases),
    Kind("schedules of a year", 10, schedules),
    Kind("months with free units carried", 12, carried),
    Kind("members of a group", 25, pooled),
)
