"""How fast drafts come out and invoice runs go: ``python -m benchmarks.drafts`` (about four minutes).

Reading one draft through the API with 10 thousand and with 2 million events in its period, whose
boundaries fall on whole hours or cut them; then making every draft of 500 and of 2,000 subscriptions
final, with three usage lines each. In one process, against a database of its own.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from benchmarks import company

READS = 40
FEW, MANY = 10_000, 2_000_000
RUNS = (50, 500, 2_000)  # the first loads everything and is not shown
EVENTS_PER_LINE = 50
START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
EVENTS = """
    INSERT INTO metering_event (platform_id, customer_id, meter_id, timestamp, stored_at, meter_value_id,
        number, payload_hash, reference, properties)
    SELECT %(platform)s, customer, %(meter)s, at, at, %(value)s, (i %% 997)::numeric / 100,
        decode(md5(customer::text || i), 'hex'), %(meter)s || '-' || customer || '-' || i,
        jsonb_build_object(%(property)s::text, CASE i %% 2 WHEN 0 THEN 'large' ELSE 'small' END)
    FROM unnest(%(customers)s::bigint[]) AS customer
    CROSS JOIN LATERAL (
        SELECT i, %(start)s::timestamptz + i * %(step)s::interval AS at
        FROM generate_series(0, %(count)s - 1) AS i
    ) AS each"""


@dataclass
class Row:
    """One line of the table."""

    work: str
    figure: str
    ratio: str = ""


def fill(world: Any, meter: Any, counts: Mapping[int, int]) -> None:
    """So many events for each customer, evenly over March, and their rollups by metering's own statements."""
    from django.db import connection, transaction

    from metering.services import locks, rebuild

    known = {
        "platform": world.platform.pk,
        "meter": meter.pk,
        "value": world.value.pk,
        "property": world.property.pk,
        "start": START,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        locks.alone(platform_id=world.platform.pk)
        for count in sorted(set(counts.values())):
            customers = [customer for customer, wanted in counts.items() if wanted == count]
            arguments = {"customers": customers, "count": count, "step": (END - START) / count}
            cursor.execute(EVENTS, known | arguments)
        rebuild.meter(platform_id=world.platform.pk, meter_id=meter.pk)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE metering_event, metering_usagerollup")


def alternately(reads: Mapping[int, Callable[[], object]]) -> dict[int, float]:
    """The median milliseconds of each read; they take turns, so that a busy machine slows both."""
    taken: dict[int, list[float]] = {name: [] for name in reads}
    for turn in range(READS + 1):
        for name, read in reads.items():
            begun = time.perf_counter()
            read()
            if turn:  # the first loads everything
                taken[name].append((time.perf_counter() - begun) * 1000)
    return {name: statistics.median(each) for name, each in taken.items()}


def drafts(world: Any, api: Any) -> list[Row]:
    """GET of a draft, by number of events, on whole hours and on a cut one."""
    from billing.tests.world import flat, usage, where

    rules = (
        flat("0.01", conditions=where("model", "large")),
        flat("0.02", conditions=where("model", "small")),
    )
    version = world.plan(usage(*rules))
    starts = {"whole hours": START, "cut hours": START + timedelta(hours=10, minutes=17)}
    customers = {
        (name, count): world.organization(f"{name[:3]}-{count}", "NL")
        for name in starts
        for count in (FEW, MANY)
    }
    fill(world, world.meter, {customer.pk: count for (_, count), customer in customers.items()})
    paths = {}
    for (name, count), customer in customers.items():
        subscription = world.subscribe(version, start=starts[name], customer=customer)
        paths[name, count] = f"/v1/invoices/{subscription.invoices.get().public_id}"
    rows = []
    for name in starts:
        reads = {count: partial(_read, api, paths[name, count]) for count in (FEW, MANY)}
        medians = alternately(reads)
        ratio = f"{medians[MANY] / medians[FEW]:.2f}"
        rows.append(Row(f"draft GET, {FEW:,} events, {name}", f"{medians[FEW]:.1f} ms"))
        rows.append(Row(f"draft GET, {MANY:,} events, {name}", f"{medians[MANY]:.1f} ms", ratio))
    return rows


def _read(api: Any, path: str) -> None:
    api.get(path).ok()


def runs(world: Any) -> list[Row]:
    """Making every due draft final, by number of subscriptions; three usage lines each."""
    from billing.services.invoices import finalize
    from billing.tests.world import flat, tiers, usage
    from metering.models import Meter

    meters = [
        world.make(Meter, reference=f"meter-{n}", status="ACTIVE", keyed_properties=[world.property.pk])
        for n in range(3)
    ]
    prices = (flat("0.01"), tiers(("100", "0.02"), (None, "0.01")), flat("0.5"))
    version = world.plan(*(usage(rule, meter=meter) for rule, meter in zip(prices, meters, strict=True)))
    rows, costs = [], {}
    for count in RUNS:
        customers = [world.organization(f"run-{count}-{n}", "NL") for n in range(count)]
        for meter in meters:
            fill(world, meter, {customer.pk: EVENTS_PER_LINE for customer in customers})
        for customer in customers:
            world.subscribe(version, start=START, customer=customer)
        world.platform.refresh_from_db()
        begun = time.perf_counter()
        done = finalize.sweep(platform=world.platform, at=END + timedelta(hours=8))
        taken = time.perf_counter() - begun
        assert done == count, f"{done} of {count} invoices were finalized"
        costs[count] = taken / count
        rows.append(Row(f"final invoices, {count:,} subscriptions", f"{count / taken:.0f}/s"))
    rows[-1].ratio = f"{costs[RUNS[-1]] / costs[RUNS[1]]:.2f} per invoice"
    return rows[1:]


def show(rows: Sequence[Row]) -> None:
    print("| work | median | ratio |")
    print("|---|---|---|")
    for row in rows:
        print(f"| {row.work} | {row.figure} | {row.ratio} |")


def main() -> None:
    with company.founded("tallydesk_drafts", at=START) as (world, api):
        show([*runs(world), *drafts(world, api)])


if __name__ == "__main__":
    main()
