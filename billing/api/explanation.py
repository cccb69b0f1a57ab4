"""``GET /v1/invoices/{id}/lines/{line_id}/explanation`` (an extension): a line down to its events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from rest_framework import serializers

from accounts.models import Platform
from billing.calc import parts
from billing.models import Invoice, InvoiceLine
from billing.services.invoices import explaining
from billing.services.invoices.explaining import Explained
from kit.api import paging
from kit.api.fields import DecimalField
from kit.errors import NotFound
from kit.money import plain
from kit.period import format_instant
from metering.services.behind import One

Json = dict[str, Any]


class ExplainedEventSerializer(serializers.Serializer):
    """One value of an event that the line counts."""

    id = serializers.CharField()
    reference = serializers.CharField()
    timestamp = serializers.DateTimeField()
    stored_at = serializers.DateTimeField()
    number = DecimalField(allow_null=True)
    currency = serializers.CharField(allow_null=True)
    units = serializers.IntegerField()


class ExplainedUsageSerializer(serializers.Serializer):
    """The usage of the line, read anew as it was billed; ``checksum`` is frozen with the invoice."""

    calculation = serializers.CharField()
    count = serializers.IntegerField()
    sum = DecimalField()
    quantity = DecimalField()
    checksum = serializers.CharField()
    frozen = serializers.BooleanField()
    vars().update(data=ExplainedEventSerializer(many=True))
    page = serializers.IntegerField()
    limit = serializers.IntegerField()
    total_number_of_pages = serializers.IntegerField()
    links = serializers.DictField()


class ExplanationSerializer(serializers.Serializer):
    """How the amount of a line came about. ``events`` is null for a fee."""

    invoice_id = serializers.CharField()
    line_id = serializers.CharField()
    status = serializers.CharField()
    quantity = DecimalField()
    amount = serializers.DictField()
    details = serializers.DictField()
    steps = serializers.ListField(child=serializers.DictField())
    parts = serializers.ListField(
        child=serializers.DictField(),
        help_text="What each step added or took away: they add up to the amount.",
    )
    sub_lines = serializers.ListField(child=serializers.DictField())
    events = ExplainedUsageSerializer(allow_null=True)


def answer(
    *, platform: Platform, invoice: Invoice, content: Mapping[str, Any], line_id: str, query: QueryDict
) -> Json:
    """The explanation of one line, with the asked page of its events. Raises NotFound."""
    line = next((each for each in _lines(content) if each.get("id") == line_id), None)
    if line is None:
        raise NotFound("There is no such line on this invoice.")
    found = None
    if line["meter_value"] is not None:
        found = explaining.line(platform=platform, invoice=invoice, data=line)
    return {
        "invoice_id": invoice.public_id,
        "line_id": line_id,
        "status": invoice.status,
        "quantity": line["quantity"],
        "amount": line["details"]["amount"],
        "details": line["details"],
        "steps": line["steps"],
        "parts": parts.of(line["steps"], line_type=line["type"]),
        "sub_lines": line["sub_lines"],
        "events": None if found is None else _usage(found, line_id, query),
    }


def _usage(found: Explained, line_id: str, query: QueryDict) -> Json:
    limit = paging.whole_number(query, "limit", default=paging.DEFAULT_LIMIT, most=paging.MAX_LIMIT)
    page = paging.whole_number(query, "page", default=1, most=paging.MAX_PAGE)
    rows, envelope = paging.slice_list(range(found.events), query)
    events = found.page(offset=(page - 1) * limit, limit=limit) if rows else []
    frozen = InvoiceLine.objects.filter(platform=found.platform, public_id=line_id).first()
    return {
        "calculation": found.calculation,
        "count": found.events,
        "sum": plain(found.total),
        "quantity": plain(found.quantity),
        "checksum": frozen.usage_checksum if frozen else found.checksum,
        "frozen": frozen is not None,
        "data": [_event(each) for each in events],
        **envelope,
    }


def _event(event: One) -> Json:
    return {
        "id": event.public_id,
        "reference": event.reference,
        "timestamp": format_instant(event.timestamp),
        "stored_at": format_instant(event.stored_at),
        "number": None if event.number is None else plain(event.number),
        "currency": event.currency,
        "units": event.units,
    }


def _lines(content: Mapping[str, Any]) -> list[Json]:
    return [line for period in content["periods"] for group in period["groups"] for line in group["lines"]]
