"""``/v1/exchange-rates`` (an extension): what invoices convert prices by."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from rest_framework import serializers

from accounts.api.permissions import crud
from accounts.api.resources import Created, Deleted, Listed, Retrieved
from billing.models import ExchangeRate
from billing.selectors import exchange_rates as selectors
from billing.services.customers import exchange_rates
from kit.api import filters
from kit.api.fields import CurrencyField, DecimalField, InstantField, StrictCharField


class ExchangeRateSerializer(serializers.Serializer):
    """One ``base_currency`` is ``rate`` of ``currency`` from ``rate_timestamp`` on."""

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(source="public_id", read_only=True)
    base_currency = CurrencyField()
    currency = CurrencyField()
    rate = DecimalField()
    rate_timestamp = InstantField(source="timestamp")
    vars().update(source=StrictCharField(max_length=200))
    created_at = InstantField(read_only=True)


class ExchangeRateViewSet(Listed, Retrieved, Created, Deleted):
    """Exchange rates, the latest first. A rate is corrected by another with the same timestamp."""

    tag = "exchangeRates"
    permissions = crud("EXCHANGE_RATE")
    model = ExchangeRate
    serializer_class = ExchangeRateSerializer
    service: ClassVar[ModuleType] = exchange_rates
    selector = selectors.exchange_rates
    filters: ClassVar[list[filters.Filter]] = [
        filters.Filter("base_currency", "base_currency"),
        filters.Filter("currency", "currency"),
    ]
    orderable = {"rate_timestamp": "timestamp", "created_at": "created_at"}


def render(row: ExchangeRate) -> dict[str, Any]:
    """The rate as webhooks tell it."""
    return dict(ExchangeRateSerializer(row).data)
