"""How long a version takes to be tried on a year: ``python -m benchmarks.simulations`` (a few minutes).

1,000 customers with 12 months of usage each, three metered lines and a fee. The request is answered at
once; the sweep then works the customers off, as the worker does. In one process, against a database of
its own.
"""

from __future__ import annotations

import resource
import time
from datetime import UTC, datetime
from typing import Any

from benchmarks import company, drafts
from benchmarks.drafts import Row

CUSTOMERS, MONTHS = 1_000, 12
EVENTS_PER_METER = 120
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


def year_of_usage(world: Any) -> Any:
    """The version that everybody has; its customers' events lie evenly over the year."""
    from billing.tests.world import fee, flat, tiers, usage
    from metering.models import Meter

    meters = [
        world.make(Meter, reference=f"meter-{n}", status="ACTIVE", keyed_properties=[world.property.pk])
        for n in range(3)
    ]
    rules = (flat("0.01"), tiers(("100", "0.02"), (None, "0.01")), flat("0.5"))
    priced = (usage(rule, meter=meter) for rule, meter in zip(rules, meters, strict=True))
    version = world.plan(*priced, fee("49"))
    customers = [world.organization(f"customer-{n}", "NL") for n in range(CUSTOMERS)]
    for meter in meters:
        drafts.fill(world, meter, {customer.pk: EVENTS_PER_METER for customer in customers})
    for customer in customers:
        subscription = world.agree([(version, START, None)], now=START, customer=customer)
        assert subscription.pk
    return version


def tried(world: Any, api: Any, version: Any) -> list[Row]:
    """From the request to the last customer."""
    from accounts.models import Platform
    from billing.services.previews import simulations

    Platform.objects.filter(pk=world.platform.pk).update(test_now=END)
    world.platform.refresh_from_db()
    begun = time.perf_counter()
    body = {"from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}
    answer = api.post(f"/v1/pricing-plan-versions/{version.public_id}/simulate", body).ok()
    answered = time.perf_counter() - begun
    assert answer["status"] == "RUNNING" and answer["progress"]["total"] == CUSTOMERS
    runs = 0
    while simulations.sweep(platform=world.platform, at=END):
        runs += 1
    taken = time.perf_counter() - begun
    finished = api.get(f"/v1/simulations/{answer['id']}?limit=1").ok()
    assert finished["status"] == "DONE" and finished["customers"][0]["periods"] == MONTHS
    assert finished["customers"][0]["difference"]["quantity"] == "0.00"
    periods = CUSTOMERS * MONTHS
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Row("the request is answered after", f"{answered:.1f} s"),
        Row(f"{CUSTOMERS:,} customers × {MONTHS} months, twice drafted", f"{taken:.0f} s"),
        Row("drafts", f"{2 * periods / taken:.0f}/s"),
        Row("one run of the sweep", f"{taken / runs:.1f} s"),
        Row("peak memory", f"{peak:.0f} MB"),
    ]


def main() -> None:
    with company.founded("tallydesk_simulations", at=START) as (world, api):
        drafts.show(tried(world, api, year_of_usage(world)))


if __name__ == "__main__":
    main()
