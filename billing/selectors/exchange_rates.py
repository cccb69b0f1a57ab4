"""The exchange rates that invoices may use: those in force at an instant, as they were known at another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from accounts.models import Platform
from billing.calc.currencies import ExchangeRate as Rate
from billing.calc.currencies import Rates
from billing.models import ExchangeRate, Invoice, InvoiceStatus
from kit.money import plain
from kit.period import format_instant

EVER = datetime.max.replace(tzinfo=UTC)
# The latest rate of each pair, for every moment that is asked about.
SQL = """
    SELECT asked.ordinal, r.base_currency, r.currency, r.rate, r.timestamp, r.source
    FROM unnest(%(ordinals)s::int[], %(at)s::timestamptz[], %(known)s::timestamptz[])
        AS asked(ordinal, at, known)
    CROSS JOIN LATERAL (
        SELECT DISTINCT ON (base_currency, currency) base_currency, currency, rate, timestamp, source
        FROM billing_exchangerate
        WHERE platform_id = %(platform)s AND timestamp <= asked.at AND created_at <= asked.known
            AND (withdrawn_at IS NULL OR withdrawn_at > asked.known)
        ORDER BY base_currency, currency, timestamp DESC, id DESC
    ) AS r
    ORDER BY asked.ordinal, r.base_currency, r.currency"""


class Moment(NamedTuple):
    """Rates in force ``at`` an instant, as they were ``known`` at another; None for all that is known now."""

    at: datetime
    known: datetime | None = None


def exchange_rates(platform: Platform) -> QuerySet[ExchangeRate]:
    """The platform's rates that have not been withdrawn."""
    return ExchangeRate.objects.for_platform(platform).filter(withdrawn_at__isnull=True)


def at_moments(platform: Platform, moments: Iterable[Moment]) -> Mapping[Moment, Rates]:
    """The rates of each moment: one query, or none."""
    asked = list(dict.fromkeys(moments))
    if not asked:
        return {}
    arguments: dict[str, Any] = {
        "platform": platform.pk,
        "ordinals": list(range(len(asked))),
        "at": [moment.at for moment in asked],
        "known": [moment.known or EVER for moment in asked],
    }
    found: list[list[Rate]] = [[] for _ in asked]
    with connection.cursor() as cursor:
        cursor.execute(SQL, arguments)
        for ordinal, base_currency, currency, rate, timestamp, source in cursor.fetchall():
            found[ordinal].append(Rate(base_currency, currency, rate, timestamp, source))
    return {moment: Rates(tuple(rates), moment.at) for moment, rates in zip(asked, found, strict=True)}


def invoices_with(rate: ExchangeRate, *, limit: int = 10) -> list[Invoice]:
    """The latest final invoices that keep ``rate``."""
    kept = {
        "base_currency": rate.base_currency,
        "currency": rate.currency,
        "rate": plain(rate.rate),
        "rate_timestamp": format_instant(rate.timestamp),
    }
    rows = Invoice.objects.for_platform(rate.platform).filter(
        status=InvoiceStatus.FINAL,
        period_end__gte=rate.timestamp,
        content__used_exchange_rates__contains=[kept],
    )
    return list(rows.select_related("customer").defer("content").order_by("-pk")[:limit])
