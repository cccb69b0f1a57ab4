"""How the work grows with a contract: ``python -m benchmarks.growth [KIND ...]`` (a few minutes).

Subscriptions that have n, 2n, 4n and 8n of one thing and little of all else; of each a draft is read
through the API, its next invoices are previewed, its version is tried on its usage, the draft is made
final and read again. Milliseconds of processor time of both processes, the least of a few readings, and
what eight times as much of the thing costs: about 8 is linear, 64 quadratic. In one process, against a
database of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from benchmarks import company, growth_kinds, spent
from benchmarks.drafts import END, START
from benchmarks.growth_kinds import KINDS, Kind, Made

STEPS = (1, 2, 4, 8)
READS = 2
LINEAR = 2.6  # times the work for twice as many that is still taken for linear, on a noisy machine


@dataclass
class Figures:
    """Milliseconds of each piece of work by size, and the statements of the largest."""

    work: str
    taken: list[float]
    statements: int


def timed(call: Callable[[], object], reads: int = READS) -> tuple[float, int]:
    """(the least milliseconds of processor time, statements) of a call that may be repeated."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    best = float("inf")
    for _ in range(reads):
        with spent.measured() as each:
            call()
        best = min(best, each.work)
    if reads == 1:
        return best, 0
    with CaptureQueriesContext(connection) as captured:
        call()
    return best, len(captured)


def works(world: Any, api: Any, made: Made) -> Iterable[tuple[str, Callable[[], object], int]]:
    """What is measured, in order: (name, call, how often it may be repeated)."""
    draft = f"/v1/invoices/{made.subscription.invoices.get(period_start=made.period).public_id}"
    body = {"pricing_plan_subscription_id": made.subscription.public_id, "invoices_per_schedule": 2}
    version, customer = made.version.public_id, made.subscription.customer.public_id
    span = {"from": f"{START:%Y-%m-%dT00:00:00Z}", "to": f"{END:%Y-%m-%dT00:00:00Z}"}
    yield "draft", lambda: api.get(draft).ok(), READS
    yield "preview", lambda: api.post("/v1/invoices/preview", body).ok(), READS
    simulated = {**span, "customer_ids": [customer]}
    yield (
        "simulation",
        lambda: api.post(f"/v1/pricing-plan-versions/{version}/simulate", simulated).ok(),
        READS,
    )
    yield "final", lambda: finalized(world, made), 1
    yield "final, read", lambda: api.get(draft).ok(), READS


def finalized(world: Any, made: Made) -> None:
    """Make the draft final."""
    from billing.models import Invoice, InvoiceStatus
    from billing.services.invoices import finalize

    world.platform.refresh_from_db()
    finalize.sweep(platform=world.platform, at=made.until + timedelta(hours=8))
    row = Invoice.objects.get(subscription=made.subscription, period_start=made.period)
    assert row.status == InvoiceStatus.FINAL, (row.status, row)


def grown(world: Any, api: Any, kind: Kind) -> list[Figures]:
    """The figures of one kind by size."""
    found: dict[str, Figures] = {}
    for step in STEPS:
        growth_kinds.anew(world)
        made = kind.make(world, kind.least * step)
        for name, call, reads in works(world, api, made):
            taken, statements = timed(call, reads)
            each = found.setdefault(name, Figures(name, [], 0))
            each.taken.append(taken)
            each.statements = statements
    return list(found.values())


def show(kind: Kind, figures: list[Figures]) -> None:
    for each in figures:
        times, last = each.taken[-1] / each.taken[0], each.taken[-1] / each.taken[-2]
        mark = "**" if last > LINEAR else ""
        row = " | ".join(f"{taken:.0f}" for taken in each.taken)
        sizes = f"{kind.least:,} to {kind.least * STEPS[-1]:,} {kind.name}"
        ratios = f"{times:.1f} | {mark}{last:.1f}{mark} | {each.statements or ''}"
        print(f"| {sizes} | {each.work} | {row} | {ratios} |", flush=True)


def main(wanted: list[str]) -> None:
    with company.founded("tallydesk_growth", at=START) as (world, api):
        grown(world, api, Kind("warm", 1, growth_kinds.items))
        print("| of | work | n | 2n | 4n | 8n | times | last doubling | statements |")
        print("|---|---|---|---|---|---|---|---|---|")
        for kind in KINDS:
            if not wanted or any(word in kind.name for word in wanted):
                show(kind, grown(world, api, kind))


if __name__ == "__main__":
    main(sys.argv[1:])
