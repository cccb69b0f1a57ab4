"""What past periods would have cost by another version: drafted as invoices are, stored nowhere.

Each period is drafted twice, by the functions that draft invoices: now, by the versions its schedules
have (or by ``against``), and then, by the version that is tried, with the same discounts, seats and so on.
What opens a subscription goes with its first period. A correction counts in the period that it corrects,
whichever invoice bills it: the periods of a whole subscription come to what all its invoices come to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.context import Context
from accounts.models import Platform
from billing.calc.comparison import Outcome
from billing.models import Customer, Invoice, Occasion, PricingPlanSchedule, PricingPlanSubscription
from billing.selectors import agreed_prices, timelines
from billing.services.invoices import drafting
from billing.services.invoices.drafting import Draft
from billing.services.previews import preview, taking_over
from billing.services.previews.taking_over import Move
from billing.services.subscriptions import carried_terms
from billing.services.subscriptions.carried_terms import Carrier
from billing.services.usage.sources import Bill
from catalog.models import PricingPlanVersion, Status
from catalog.services import activation
from kit.errors import InvalidField
from kit.period import Span

BATCH = 50


@dataclass(frozen=True, slots=True)
class Trial:
    """``tried`` in the place of ``against`` (None: of what the schedules have), on schedules of ``plans``.

    With a ``move`` each period stands for those after it: it has, by either version, the coupons of a period
    that starts then (of a coupon that is over by then nobody is told) and what is chosen then, and by
    ``tried`` what that charges once. Only ``occasions`` are drafted.
    """

    ctx: Context
    tried: PricingPlanVersion
    against: PricingPlanVersion | None
    span: Span
    move: Move | None = None
    occasions: frozenset[Occasion] = frozenset((Occasion.OPENING, Occasion.PERIOD))

    @property
    def platform(self) -> Platform:
        return self.ctx.platform

    @property
    def plans(self) -> set[int]:
        return {each.pricing_plan_id for each in (self.tried, self.against) if each}


@dataclass
class Periods:
    """Periods that are tried, as unsaved invoices with what they bill; ``lost`` by invoice."""

    invoices: list[Invoice] = field(default_factory=list)
    bills: dict[int, list[Bill]] = field(default_factory=dict)
    lost: dict[int, list[str]] = field(default_factory=dict)


def prepare(trial: Trial) -> None:
    """Raise UnableToProcess for a DRAFT unfit for activation, InvalidField for a span in the future.

    The usage of a DRAFT's meters is kept apart by its rules, as activation would have it.
    """
    if trial.span.end > trial.ctx.at:
        raise InvalidField("must not lie in the future: only past usage is known", field="to")
    for version in filter(None, (trial.tried, trial.against)):
        if version.status == Status.DRAFT:
            activation.prepared(ctx=trial.ctx, version=version)


def subscriptions(trial: Trial, customers: Sequence[Customer] | None) -> list[tuple[int, int]]:
    """(customer pk, subscription pk) of all that the trial is about, of these customers or of all."""
    rows = PricingPlanSubscription.objects.filter(
        platform=trial.platform,
        activated_at__isnull=False,
        schedules__pricing_plan_version__pricing_plan__in=trial.plans,
        schedules__start_at__lt=trial.span.end,
    )
    if customers is not None:
        rows = rows.filter(customer__in=customers)
    return list(rows.order_by("customer_id", "pk").values_list("customer_id", "pk").distinct())


def has_more_than(most: int, trial: Trial, keys: Sequence[int]) -> bool:
    """Whether these subscriptions have more periods in the span; reads no usage, stops when it knows."""
    counted = 0
    for start in range(0, len(keys), BATCH):
        counted += len(_periods(trial, keys[start : start + BATCH], None).invoices)
        if counted > most:
            return True
    return False


def outcomes(trial: Trial, keys: Sequence[int]) -> list[Outcome]:
    """Per customer and currency, what the periods of these subscriptions come to by both."""
    found: dict[tuple[str, str], Outcome] = {}
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        now, then = (_periods(trial, batch, version) for version in (trial.against, trial.tried))
        begins = _of_version(then, trial.tried)
        both = _drafts(trial, now, frozenset()), _drafts(trial, then, begins)
        for first, second in zip(*both, strict=True):
            lost = then.lost.get(second.invoice.pk, []) + now.lost.get(first.invoice.pk, [])
            _add(found, first, second, lost)
    return [found[key] for key in sorted(found)]


def _drafts(trial: Trial, periods: Periods, begins: frozenset[int]) -> list[Draft]:
    """``begins`` are the schedules that begin with a move."""
    agreed, bills = agreed_prices.of_invoices(trial.platform, periods.invoices), periods.bills
    if trial.move is not None:
        agreed = trial.move.agreed(agreed, begins=begins)
        bills = {
            key: [taking_over.begun(each, begins=begins) for each in several]
            for key, several in bills.items()
        }
    return drafting.of_bills(
        platform=trial.platform,
        invoices=periods.invoices,
        bills=bills,
        agreed=agreed,
        coupons_at=trial.move.at if trial.move else None,
    )


def _of_version(periods: Periods, version: PricingPlanVersion) -> frozenset[int]:
    """The schedules in these periods that have this version."""
    billed = {part.key for bills in periods.bills.values() for bill in bills for part in bill.parts}
    return frozenset(
        schedule.pk
        for invoice in periods.invoices
        if invoice.subscription is not None
        for schedule in invoice.subscription.schedules.all()
        if schedule.pk in billed and schedule.pricing_plan_version_id == version.pk
    )


def _periods(trial: Trial, keys: Sequence[int], tried: PricingPlanVersion | None) -> Periods:
    """The subscriptions' periods, with ``tried`` for the versions of the trial's plans."""
    rows = PricingPlanSubscription.objects.filter(platform=trial.platform, pk__in=keys).order_by("pk")
    found, carrier = Periods(), Carrier(trial.platform)
    subscriptions = list(timelines.with_schedules(rows))
    if tried is not None:
        carrier.read(_moving(subscriptions, tried, trial.plans))
    for subscription in subscriptions:
        lost = _put(subscription, tried, trial.plans, carrier) if tried else []
        for row, bill in _of(trial, subscription):
            row.pk = -1 - len(found.invoices)
            found.invoices.append(row)
            found.bills[row.pk] = [bill]
            found.lost[row.pk] = lost
    return found


def _put(
    subscription: PricingPlanSubscription, tried: PricingPlanVersion, plans: set[int], carrier: Carrier
) -> list[str]:
    """In memory only: the rows are never stored. What could not be carried over to ``tried``."""
    lost: list[str] = []
    for schedule in _moving([subscription], tried, plans):
        carried = carrier.onto(schedule, tried, start=schedule.start_at, end=schedule.end_at)
        lost += [f"{each.field}: {each.message}" for each in carried.lost]
        carried_terms.put(schedule, tried, carried.values)
    return lost


def _moving(
    subscriptions: Iterable[PricingPlanSubscription], tried: PricingPlanVersion, plans: set[int]
) -> Iterator[PricingPlanSchedule]:
    """The schedules of these plans that have another version."""
    for subscription in subscriptions:
        for schedule in subscription.schedules.all():
            of_plan = schedule.pricing_plan_version.pricing_plan_id in plans
            if of_plan and schedule.pricing_plan_version_id != tried.pk:
                yield schedule


def _of(trial: Trial, subscription: PricingPlanSubscription) -> Iterator[tuple[Invoice, Bill]]:
    timeline, span = timelines.timeline(subscription), trial.span
    start = timeline.start
    if start is not None and Occasion.OPENING in trial.occasions and span.start <= start < span.end:
        yield preview.opening_row(trial.ctx, subscription, start), Bill(timeline.opening())
    instant: datetime | None = timeline.next_start(span.start)
    while instant is not None and instant < span.end:
        period = timeline.period_at(instant)
        if period is None:
            return
        if period.span.start >= span.start:
            yield preview.row(trial.ctx, subscription, period), Bill(timeline.parts(period))
        instant = timeline.next_start(period.span.end)


def _add(found: dict[tuple[str, str], Outcome], now: Draft, then: Draft, lost: Iterable[str]) -> None:
    invoice = now.invoice
    customer_id = invoice.customer.public_id
    key = customer_id, invoice.currency
    outcome = found.setdefault(key, Outcome(customer_id, invoice.currency))
    problems = [draft.error.message for draft in (now, then) if draft.error is not None]
    for told, several in ((outcome.lost, lost), (outcome.problems, problems)):
        told += [f"{invoice.period_start:%Y-%m-%d}: {each}" for each in several]
    if now.content is not None and then.content is not None:
        outcome.add(now.content, then.content)
        outcome.periods += invoice.occasion == Occasion.PERIOD
