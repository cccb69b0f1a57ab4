"""What was invoiced, what is owed and since when: sums by one statement each, per currency."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import TruncMonth

from accounts.models import Platform
from billing.models import Customer, Invoice, InvoiceLine, InvoiceStatus
from billing.selectors.invoice_states import OWED

FINAL = (InvoiceStatus.FINAL, InvoiceStatus.ARCHIVED)
BUCKETS = ("Not due", "1 to 30 days", "31 to 60 days", "61 to 90 days", "Over 90 days")


@dataclass(frozen=True, slots=True)
class Month:
    """Final invoices dated in a month. ``net`` is without tax, ``paid`` what was received for them."""

    month: date
    count: int
    net: Decimal
    gross: Decimal
    paid: Decimal


def currencies(platform: Platform) -> list[str]:
    """The currencies of the platform's invoices, the most used first."""
    rows = Invoice.objects.filter(platform=platform).values_list("currency")
    return [currency for currency, _ in rows.annotate(n=Count("pk")).order_by("-n", "currency")]


def by_month(
    platform: Platform, *, currency: str, start: datetime, end: datetime, zone: ZoneInfo
) -> list[Month]:
    """Invoiced in ``[start, end)``, month by month in ``zone``."""
    rows = (
        _final(platform, currency, start, end)
        .annotate(month=TruncMonth("invoice_date", tzinfo=zone))
        .values_list("month")
        .annotate(
            n=Count("pk"),
            net=Sum("amount_excluding_tax"),
            gross=Sum("amount_including_tax"),
            received=Sum("paid_amount"),
        )
        .order_by("month")
    )
    return [Month(month.date(), *figures) for month, *figures in rows]


def by_product(
    platform: Platform, *, currency: str, start: datetime, end: datetime
) -> list[tuple[str, Decimal]]:
    """What each line of the catalog brought, without tax, the largest first."""
    lines = InvoiceLine.objects.filter(invoice__in=_final(platform, currency, start, end))
    rows = lines.values_list("description").annotate(net=Sum("amount_excluding_tax"))
    return list(rows.order_by("-net", "description")[:50])


def by_customer(
    platform: Platform, *, currency: str, start: datetime, end: datetime
) -> list[tuple[str, str, Decimal]]:
    """(public id, name, net) of those who were invoiced most."""
    rows = _final(platform, currency, start, end).values_list("customer__public_id", "customer__name")
    return list(rows.annotate(net=Sum("amount_excluding_tax")).order_by("-net", "customer__name")[:50])


def ageing(platform: Platform, *, currency: str, at: datetime) -> list[tuple[str, str, str, Decimal, int]]:
    """(customer's public id, name, bucket, open amount, invoices) of what is owed, by one statement."""
    days = [(90, BUCKETS[4]), (60, BUCKETS[3]), (30, BUCKETS[2]), (0, BUCKETS[1])]
    late = [When(due_date__lt=at - timedelta(days=past), then=Value(name)) for past, name in days]
    rows = (
        _open(platform)
        .filter(currency=currency)
        .annotate(bucket=Case(*late, default=Value(BUCKETS[0]), output_field=CharField()))
        .values_list("customer__public_id", "customer__name", "bucket")
        .annotate(owed=Sum(F("amount_including_tax") - F("paid_amount")), n=Count("pk"))
        .order_by("customer__name", "customer__public_id")
    )
    return list(rows)


def overdue(platform: Platform, *, currency: str, at: datetime) -> tuple[Decimal, int]:
    """(amount, invoices) that are past their due date."""
    found = _open(platform).filter(currency=currency, due_date__lt=at)
    sums = found.aggregate(owed=Sum(F("amount_including_tax") - F("paid_amount")), n=Count("pk"))
    return sums["owed"] or Decimal(0), sums["n"]


def overdue_of(
    platform: Platform, customers: Collection[Customer], *, at: datetime
) -> list[tuple[int, str, Decimal]]:
    """(customer's pk, currency, open amount past its due date) of these customers, by one statement."""
    late = _open(platform).filter(customer__in=customers, due_date__lt=at)
    sums = late.values_list("customer_id", "currency").annotate(
        owed=Sum(F("amount_including_tax") - F("paid_amount"))
    )
    return list(sums.order_by("customer_id", "currency"))


def _final(platform: Platform, currency: str, start: datetime, end: datetime) -> QuerySet[Invoice]:
    dated = Q(invoice_date__gte=start, invoice_date__lt=end)
    return Invoice.objects.filter(dated, platform=platform, status__in=FINAL, currency=currency)


def _open(platform: Platform) -> QuerySet[Invoice]:
    return Invoice.objects.filter(OWED, platform=platform, status=InvoiceStatus.FINAL)
