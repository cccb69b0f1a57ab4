"""What pooling costs: ``python -m benchmarks.groups`` (about a minute).

Makes every draft of a group of 10, 100 and 1,000 subscriptions final, each with two tiered lines whose
bands the volume of all picks, and reads one draft of each; beside it the same subscriptions in no group.
In one process, against a database of its own. The target is a cost per invoice that does not grow with
the group, and amounts that add up to what one subscription would pay.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from benchmarks import company, drafts, spent
from benchmarks.drafts import END, START
from benchmarks.spent import Spent

SIZES = (10, 100, 1_000)
EVENTS_PER_LINE = 20
FIRST_BAND, DEAR, CHEAP = "50", "0.02", "0.01"


def metered(world: Any) -> tuple[Any, list[Any]]:
    """(a version with two tiered lines, the meters that they count)."""
    from billing.tests.world import tiers, usage
    from metering.models import Meter

    meters = [
        world.make(Meter, reference=f"pooled-{n}", status="ACTIVE", keyed_properties=[world.property.pk])
        for n in range(2)
    ]
    rules = tiers((FIRST_BAND, DEAR), (None, CHEAP))
    return world.plan(*(usage(rules, meter=meter) for meter in meters)), meters


def members(world: Any, version: Any, meters: list[Any], name: str, size: int) -> list[Any]:
    """So many subscriptions, each of a customer of its own that used something."""
    customers = [world.organization(f"{name}-{n}", "NL") for n in range(size)]
    for meter in meters:
        drafts.fill(world, meter, {customer.pk: EVENTS_PER_LINE for customer in customers})
    return [world.subscribe(version, start=START, customer=customer) for customer in customers]


def pool(world: Any, name: str, subscriptions: list[Any]) -> None:
    """Put them into one group from the start on, as if it had been made of them."""
    from billing.models import (
        PricingPlanSubscription,
        PricingPlanSubscriptionGroup,
        SubscriptionGroupMember,
    )

    group = world.make(PricingPlanSubscriptionGroup, reference=name, name=name)
    SubscriptionGroupMember.objects.bulk_create(
        SubscriptionGroupMember(platform=world.platform, group=group, subscription=each, joined_at=START)
        for each in subscriptions
    )
    keys = [each.pk for each in subscriptions]
    PricingPlanSubscription.objects.filter(pk__in=keys).update(grouped=True)


def finalized(world: Any, api: Any, subscriptions: list[Any]) -> tuple[Spent, Spent, Decimal]:
    """(reading one draft, making all of them final, what they come to)."""
    from billing.models import Invoice
    from billing.services.invoices import finalize

    path = f"/v1/invoices/{subscriptions[0].invoices.get().public_id}"
    api.get(path).ok()
    with spent.measured() as reading:
        api.get(path).ok()
    world.platform.refresh_from_db()
    with spent.measured() as run:
        done = finalize.sweep(platform=world.platform, at=END + timedelta(hours=8))
    assert done == len(subscriptions), f"{done} of {len(subscriptions)} invoices were finalized"
    own = Invoice.objects.filter(subscription__in=[each.pk for each in subscriptions], status="FINAL")
    amounts = list(own.values_list("amount_excluding_tax", flat=True))
    return reading, run, sum(amounts, Decimal(0))


def main() -> None:
    with company.founded("tallydesk_groups", at=START) as (world, api):
        version, meters = metered(world)
        finalized(world, api, members(world, version, meters, "warm", 20))
        print("| subscriptions | | one draft, ms | the run, s | per invoice, ms of processor | EUR |")
        print("|---|---|---|---|---|---|")
        for size in SIZES:
            for words in ("apart", "in one group"):
                name = f"{words.split()[0]}-{size}"
                several = members(world, version, meters, name, size)
                if words != "apart":
                    pool(world, name, several)
                draft, run, total = finalized(world, api, several)
                row = f"| {size:,} | {words} | {draft.work:.0f} | {run.wall / 1000:.1f} "
                print(row + f"| {run.work / size:.1f} | {total:.2f} |", flush=True)


if __name__ == "__main__":
    main()
