"""What final invoices have billed for which period: the ground on which late usage is found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from billing.calc.allowances import Taken
from billing.calc.commitments import Billed
from billing.calc.inputs import Values
from billing.models import (
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    InvoiceType,
    LineType,
    Occasion,
    PricingPlanSchedule,
)
from kit.money import EXACT
from kit.period import Span
from metering.services import touched

BILLED = (InvoiceStatus.FINAL, InvoiceStatus.ARCHIVED)
# The schedule, and what it is found by there (`billing.calc.inputs.ByRule`).
Place = tuple[str, str, str, datetime, Values | None]
ZERO = Decimal(0)
# A change is stamped before it waits for the invoice that becomes final meanwhile. Looking at too much is
# harmless, because what is owed is then compared.
CHANGE_MARGIN = timedelta(minutes=5)
BY_PLACE = ("pricing_item_id", "config_id", "term", "start_at", "split_values")


class History:
    """What of these subscriptions was billed and may have changed since, and their drafts.

    One query, when it is first asked. It does not grow with what was billed and has stayed as it was.
    """

    def __init__(self, subscriptions: Iterable[int]) -> None:
        self._subscriptions = set(subscriptions)

    @cached_property
    def finals(self) -> dict[int, list[Invoice]]:
        """subscription pk -> its billed periods whose usage may have changed since, in order of time."""
        return {
            key: [each for each in several if each.occasion == Occasion.PERIOD]
            for key, several in self.amended.items()
        }

    @cached_property
    def amended(self) -> dict[int, list[Invoice]]:
        """The same with those whose fees may have, because the subscription was changed about then or since.

        What opened a subscription is among them, because it billed ahead.
        """
        found: dict[int, list[Invoice]] = {}
        for row in self._rows:
            if row.status in BILLED:
                found.setdefault(row.subscription_id or 0, []).append(row)
        return {key: sorted(several, key=in_time) for key, several in found.items()}

    @cached_property
    def first_drafts(self) -> dict[int, Invoice]:
        """subscription pk -> its earliest draft of a period: the one that takes up late usage.

        None where a supplement is a draft, because that takes it up.
        """
        drafts = [row for row in self._rows if row.status == InvoiceStatus.DRAFT]
        supplied = {row.subscription_id for row in drafts if row.occasion == Occasion.SUPPLEMENT}
        found: dict[int, Invoice] = {}
        for row in drafts:
            if row.subscription_id not in supplied:
                found.setdefault(row.subscription_id or 0, row)
        return found

    @cached_property
    def _rows(self) -> list[Invoice]:
        if not self._subscriptions:
            return []
        of_time = (Occasion.PERIOD, Occasion.OPENING)
        final = Q(status__in=BILLED, type=InvoiceType.STANDARD, occasion__in=of_time)
        draft = Q(status=InvoiceStatus.DRAFT, occasion__in=(Occasion.PERIOD, Occasion.SUPPLEMENT))
        rows = Invoice.objects.filter(
            draft | (final & (_reopened() | _overtaken())), subscription__in=self._subscriptions
        )
        return list(rows.defer("content", "parties", "prices").order_by("period_start", "pk"))


def _reopened() -> Q:
    """Final invoices whose usage may have changed since: amended, or cut off before it was settled."""
    early = Q(usage_cutoff__lt=F("period_end") + touched.SOON + touched.MARGIN)
    amended = touched.amended("customer_id", before="period_end")
    return early | Q(usage_cutoff__lte=amended + touched.MARGIN)


def _overtaken() -> Q:
    """Final invoices of subscriptions that were changed since, or may have been while they became final."""
    schedules = PricingPlanSchedule.objects.filter(subscription=OuterRef("subscription"))
    later = schedules.filter(updated_at__gte=OuterRef("finalized_at") - CHANGE_MARGIN)
    return Q(subscription__updated_at__gte=F("finalized_at") - CHANGE_MARGIN) | Q(Exists(later))


def history(invoices: Iterable[Invoice]) -> History:
    """That of the subscriptions of those that are drafts."""
    drafts = (each for each in invoices if each.status == InvoiceStatus.DRAFT)
    return History(each.subscription_id for each in drafts if each.subscription_id)


def in_time(invoice: Invoice) -> tuple[datetime, bool]:
    """The order in which the invoices of a subscription come; what opens it goes before its first period."""
    return invoice.period_start, invoice.occasion != Occasion.OPENING


def of_schedules(schedules: Sequence[PricingPlanSchedule]) -> set[str]:
    """The ids of those of one subscription for which a line stands on a final invoice."""
    if not schedules:
        return set()
    lines = InvoiceLine.objects.filter(
        invoice__subscription=schedules[0].subscription_id,
        invoice__status__in=BILLED,
        schedule_id__in=[each.public_id for each in schedules],
    )
    return set(lines.values_list("schedule_id", flat=True))


@dataclass(frozen=True, slots=True)
class Standing:
    """What an invoice's charges came to so far and took, by place, and what coupons took off, by their id.

    ``committed`` is what commitments added, by schedule and name; ``fees`` are the times for which fees were
    billed, by schedule.
    """

    amounts: dict[Place, Decimal] = field(default_factory=dict)
    units: dict[Place, Taken] = field(default_factory=dict)
    coupons: dict[str, Decimal] = field(default_factory=dict)
    committed: dict[tuple[str, str], Billed] = field(default_factory=dict)
    fees: dict[str, set[Span]] = field(default_factory=dict)

    def note(self, row: Mapping[str, Any]) -> None:
        """Add what the lines in one place come to together."""
        schedule, total, span = row["schedule_id"], row["total"], Span(row["start_at"], row["until"])
        if row["type"] == LineType.COMMITMENT:
            known = self.committed.get((schedule, row["term"]), Billed(ZERO, span))
            self.committed[schedule, row["term"]] = Billed(EXACT.add(known.amount, total), known.span)
        elif row["coupon_id"]:
            known_off = self.coupons.get(row["coupon_id"], ZERO)
            self.coupons[row["coupon_id"]] = EXACT.subtract(known_off, total)
        else:
            self._charge(row, schedule, total, span)

    def _charge(self, row: Mapping[str, Any], schedule: str, total: Decimal, span: Span) -> None:
        values = None if row["split_values"] is None else tuple(row["split_values"])
        place = schedule, row["pricing_item_id"], row["config_id"], span.start, values
        self.amounts[place] = EXACT.add(self.amounts.get(place, ZERO), total)
        if row["is_usage"]:
            units = Taken(row["included"], row["bundles"])
            self.units[place] = self.units.get(place, Taken()).plus(units)
        else:
            self.fees.setdefault(schedule, set()).add(span)


def standing(invoices: Sequence[Invoice]) -> dict[int, Standing]:
    """invoice pk -> what stands for its period; one query, or none for no invoices.

    The invoice's own lines and those that later final invoices bill for its period.
    """
    found = {invoice.pk: Standing() for invoice in invoices}
    if not found:
        return found
    own = Q(late_of__isnull=True, invoice__in=found)
    lines = InvoiceLine.objects.filter(own | Q(late_of__in=found), invoice__status__in=BILLED)
    rows = (
        lines.filter(~Q(type=LineType.DISCOUNT) | ~Q(coupon_id=""))
        .annotate(of=Coalesce("late_of", "invoice"))
        .values("of", "type", "is_usage", "coupon_id", "schedule_id", *BY_PLACE)
        .annotate(total=Sum("amount"), included=Sum("included_taken"), bundles=Sum("bundle_change"))
        .annotate(until=Max("end_at"))
        .order_by("type", "start_at", "term")
    )
    for row in rows:
        found[row["of"]].note(row)
    return found
