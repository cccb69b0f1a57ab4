"""What past periods would have cost by another version: drafted as invoices are, stored nowhere.

Each period is drafted twice, by the functions that draft invoices: now, by the versions its schedules
have (or by ``against``), and then, by the version that is tried.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from accounts.context import Context
from billing.calc.content import InvoiceContent
from billing.models import Customer, Invoice, PricingPlanSubscription
from billing.selectors import timelines
from billing.services import drafting, preview
from billing.services.drafting import Draft
from billing.services.sources import Bill
from catalog.models import PricingPlanVersion, Status
from catalog.services import activation
from kit.errors import InvalidField, InvalidOperation
from kit.period import Span

MOST_PERIODS = 1200
BATCH = 50
ZERO = Decimal(0)
LineKey = tuple[tuple[str, ...], str]


@dataclass
class Compared:
    """An amount now and then, without tax."""

    now: Decimal = ZERO
    then: Decimal = ZERO

    @property
    def difference(self) -> Decimal:
        return self.then - self.now


@dataclass
class CustomerOutcome:
    """One customer in one currency. ``lines`` are by (product item ids, description) and add up to ``total``.

    ``problems`` tell which periods cannot be drafted; these count on neither side.
    """

    customer_id: str
    currency: str
    total: Compared = field(default_factory=Compared)
    lines: dict[LineKey, Compared] = field(default_factory=lambda: defaultdict(Compared))
    periods: int = 0
    problems: list[str] = field(default_factory=list)


def version(
    *,
    ctx: Context,
    version: PricingPlanVersion,
    span: Span,
    customers: Sequence[Customer] | None,
    against: PricingPlanVersion | None,
) -> list[CustomerOutcome]:
    """Try ``version`` on all periods that start in ``span``, of these customers or of all.

    Schedules of the version's plan, and of the plan of ``against``, are billed by it. A DRAFT must be
    fit for activation: the usage of its meters is kept apart by its rules as activation would have it.
    Raises UnableToProcess for one that is not, InvalidOperation for more periods than ``MOST_PERIODS``.
    """
    for tried in filter(None, (version, against)):
        if tried.status == Status.DRAFT:
            activation.prepared(ctx=ctx, version=tried)
    plans = {each.pricing_plan_id for each in (version, against) if each}
    keys = _subscriptions(ctx, plans, span, customers)
    found: dict[tuple[str, str], CustomerOutcome] = {}
    counted = 0
    for start in range(0, len(keys), BATCH):
        now = _drafted(ctx, keys[start : start + BATCH], plans, against, span)
        counted += len(now)
        if counted > MOST_PERIODS:
            raise InvalidOperation(
                f"At most {MOST_PERIODS} periods at once; name fewer customer_ids or a shorter time",
                field="customer_ids",
            )
        then = _drafted(ctx, keys[start : start + BATCH], plans, version, span)
        for first, second in zip(now, then, strict=True):
            _add(found, first, second)
    return [found[key] for key in sorted(found)]


def _subscriptions(
    ctx: Context, plans: set[int], span: Span, customers: Sequence[Customer] | None
) -> list[int]:
    if span.end > ctx.at:
        raise InvalidField("must not lie in the future: only past usage is known", field="to")
    rows = PricingPlanSubscription.objects.filter(
        platform=ctx.platform,
        activated_at__isnull=False,
        schedules__pricing_plan_version__pricing_plan__in=plans,
        schedules__start_at__lt=span.end,
    )
    if customers is not None:
        rows = rows.filter(customer__in=customers)
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct())


def _drafted(
    ctx: Context, keys: Sequence[int], plans: set[int], tried: PricingPlanVersion | None, span: Span
) -> list[Draft]:
    """The drafts of the subscriptions' periods, with ``tried`` for the versions of these plans."""
    rows = PricingPlanSubscription.objects.filter(platform=ctx.platform, pk__in=keys).order_by("pk")
    invoices: list[Invoice] = []
    bills: dict[int, list[Bill]] = {}
    for subscription in timelines.with_schedules(rows):
        if tried is not None:
            _put(subscription, tried, plans)
        for row, bill in _periods(ctx, subscription, span):
            row.pk = -1 - len(invoices)
            invoices.append(row)
            bills[row.pk] = [bill]
    return drafting.of_bills(platform=ctx.platform, invoices=invoices, bills=bills)


def _put(subscription: PricingPlanSubscription, tried: PricingPlanVersion, plans: set[int]) -> None:
    """In memory only: the rows are never stored."""
    for schedule in subscription.schedules.all():
        if schedule.pricing_plan_version.pricing_plan_id in plans:
            schedule.pricing_plan_version = tried


def _periods(
    ctx: Context, subscription: PricingPlanSubscription, span: Span
) -> Iterator[tuple[Invoice, Bill]]:
    timeline = timelines.timeline(subscription)
    instant: datetime | None = timeline.next_start(span.start)
    while instant is not None and instant < span.end:
        period = timeline.period_at(instant)
        if period is None:
            return
        if period.span.start >= span.start:
            yield preview.row(ctx, subscription, period), Bill(timeline.parts(period))
        instant = timeline.next_start(period.span.end)


def _add(found: dict[tuple[str, str], CustomerOutcome], now: Draft, then: Draft) -> None:
    invoice = now.invoice
    customer_id = invoice.customer.public_id
    key = customer_id, invoice.currency
    outcome = found.setdefault(key, CustomerOutcome(customer_id, invoice.currency))
    for draft in (now, then):
        if draft.error is not None:
            outcome.problems.append(f"{invoice.period_start:%Y-%m-%d}: {draft.error.message}")
    if now.content is None or then.content is None:
        return
    outcome.periods += 1
    outcome.total.now += now.content.totals.excluding_tax
    outcome.total.then += then.content.totals.excluding_tax
    for line, amount in _amounts(now.content):
        outcome.lines[line].now += amount
    for line, amount in _amounts(then.content):
        outcome.lines[line].then += amount


def _amounts(content: InvoiceContent) -> Iterator[tuple[LineKey, Decimal]]:
    for line in content.lines:
        item = line.charge.item
        yield (item.product_item_ids, item.description), line.taxed.excluding_tax
    for each in content.adjustments:
        yield ((), "Discounts and commitments"), each.taxed.excluding_tax
