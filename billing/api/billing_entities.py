"""``/v1/billing-entities``."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from rest_framework import serializers

from accounts.api.permissions import crud
from accounts.api.resources import Created, Listed, Retrieved, Updated, Upserted
from billing.api.fields import (
    EmailTextField,
    OptionalTextField,
    PlainFields,
    TaxIdSerializer,
    TaxRegistrationSerializer,
)
from billing.api.number_formats import NumberConfigurationSerializer
from billing.api.tax_rates import TaxRateSerializer
from billing.models import BillingEntity, BillingEntityStatus
from billing.selectors import parties
from billing.services.customers import billing_entities
from kit.api import filters
from kit.api.fields import (
    CountryField,
    CurrencyField,
    EnumField,
    InstantField,
    ReferenceField,
    StrictBooleanField,
    StrictIntegerField,
    TimeZoneField,
    reserved,
)
from kit.api.shapes import AddressSerializer

MOST_RATES = 200
LONGEST_GRACE = 90 * 24 * 3600


class TaxSettingsSerializer(PlainFields):
    """How the entity taxes."""

    apply_local_vat_for_missing_tax_id = StrictBooleanField(required=False, default=False)


class BillingEntitySerializer(serializers.Serializer):
    """The issuer of invoices; the country of its registered address selects the tax regime.

    ``tax_rates``, ``invoice_grace_period_seconds`` and ``invoice_number_configuration`` are extensions;
    without them the shipped rates, the platform's grace period and ``INV-00001`` hold.
    """

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(source="public_id", read_only=True)
    created_at = InstantField(read_only=True)
    reference = ReferenceField()
    status = EnumField(choices=BillingEntityStatus.values, required=False)
    timezone = TimeZoneField(required=False)
    legal_name = OptionalTextField(max_length=500)
    tax_id = OptionalTextField(max_length=64)
    tax_ids = TaxIdSerializer(many=True, required=False, allow_null=True)
    registration_number = OptionalTextField(max_length=64)
    registered_address = AddressSerializer(required=False, allow_null=True)
    email = EmailTextField()
    tax_settings = TaxSettingsSerializer(required=False, allow_null=True)
    tax_registrations = TaxRegistrationSerializer(many=True, required=False)
    default_customer_country_selector = serializers.ListField(child=CountryField(), required=False)
    default_billing_currency_selector = serializers.ListField(child=CurrencyField(), required=False)
    tax_rates = TaxRateSerializer(many=True, required=False)
    invoice_grace_period_seconds = StrictIntegerField(
        min_value=0, max_value=LONGEST_GRACE, required=False, allow_null=True
    )
    invoice_number_configuration = NumberConfigurationSerializer(source="*", required=False)
    vars().update(reserved("custom_fields", "linked_integrations"))

    def validate_tax_rates(self, value: list[Any]) -> list[Any]:
        if len(value) > MOST_RATES:
            raise serializers.ValidationError(f"at most {MOST_RATES} rates", code="INVALID_FIELD")
        return value


class BillingEntityViewSet(Listed, Retrieved, Created, Updated, Upserted):
    """Issuers of invoices."""

    tag = "billingEntities"
    model = BillingEntity
    serializer_class = BillingEntitySerializer
    service: ClassVar[ModuleType] = billing_entities
    selector = parties.billing_entities
    permissions = crud("BILLING_ENTITY")
    by_reference = True
    paginated = False
    filters = [filters.NotYet("custom_field")]
    orderable = {
        "reference": "reference",
        "legal_name": "legal_name",
        "created_at": "created_at",
    }


def render(entity: BillingEntity) -> dict[str, Any]:
    """The API's representation of a billing entity."""
    return dict(BillingEntitySerializer(entity).data)
