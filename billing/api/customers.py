"""``/v1/customers``."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import crud
from accounts.api.resources import Created, Deleted, Listed, Retrieved, Searched, Updated, Upserted
from billing.api.entitlements import EntitlementsSerializer
from billing.api.fields import (
    EmailTextField,
    NotificationPreferenceSerializer,
    OptionalTextField,
    PlainFields,
    TaxIdSerializer,
    TaxRegistrationSerializer,
)
from billing.api.tax_ids import TaxIdValidationListSerializer, checked
from billing.models import Customer, CustomerStatus, CustomerType, SelectorFallback
from billing.selectors import entitlements, parties
from billing.services.customers import customers, forget
from kit.api import filters
from kit.api.fields import (
    EnumField,
    InstantField,
    OnlyField,
    ReferenceField,
    StrictBooleanField,
    TextField,
    TimeZoneField,
    reserved,
    unsupported,
)
from kit.api.shapes import AddressSerializer, NameSerializer

LOCALE = r"^[a-z]{2,3}(-[A-Z]{2})?$"


class IndividualSerializer(PlainFields):
    """A person as a customer."""

    name = NameSerializer(required=False, allow_null=True)
    residential_address = AddressSerializer(required=False, allow_null=True)


class OrganizationSerializer(PlainFields):
    """A legal person as a customer."""

    legal_name = TextField(max_length=500)
    tax_id = TextField(max_length=64)
    tax_ids = TaxIdSerializer(many=True, required=False, allow_null=True)
    registration_number = TextField(max_length=64)
    tax_exempt = StrictBooleanField(required=False, allow_null=True)
    tax_exempt_note = TextField()
    registered_address = AddressSerializer(required=False, allow_null=True)
    tax_registrations = TaxRegistrationSerializer(many=True, required=False, allow_null=True)


class SubscriptionSelectorSerializer(serializers.Serializer):
    """Which of several subscriptions takes an event that names none."""

    fallback = EnumField(choices=SelectorFallback.values, source="selector_fallback", required=False)
    vars().update(unsupported("data", "rules", "filters"))

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, {}) if data is None else super().validate_empty_values(data)


class LocaleField(OptionalTextField):
    """A language, or a language and a country: nl, nl-NL."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=16, **kwargs)
        self.validators.append(serializers.RegexField(LOCALE).validators[-1])


class OptionalTimeZoneField(TimeZoneField):
    """A time zone, or none."""

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, "") if data is None else super().validate_empty_values(data)

    def to_representation(self, value: Any) -> Any:
        return value or None


class CustomerSerializer(serializers.Serializer):
    """Who uses what is metered and owes the invoices."""

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(source="public_id", read_only=True)
    created_at = InstantField(read_only=True)
    reference = ReferenceField(required=False, allow_null=True)
    status = EnumField(choices=CustomerStatus.values, required=False)
    timezone = OptionalTimeZoneField(required=False, allow_null=True)
    type = EnumField(choices=CustomerType.values)
    email = EmailTextField()
    notification_preferences = NotificationPreferenceSerializer(many=True, required=False)
    locale = LocaleField()
    individual = IndividualSerializer(required=False, allow_null=True)
    organization = OrganizationSerializer(required=False, allow_null=True)
    pricing_plan_subscription_selector = SubscriptionSelectorSerializer(source="*", required=False)
    roles = OnlyField(["DEFAULT"])
    vars().update(unsupported("processing_only", "seller_details", "parent_customer_id"))
    vars().update(unsupported("parent_customer_ids"))
    vars().update(reserved("custom_fields", "linked_integrations"))


class CustomerViewSet(Listed, Retrieved, Created, Updated, Deleted, Upserted, Searched):
    """Customers, and the steps of their life."""

    tag = "customers"
    model = Customer
    serializer_class = CustomerSerializer
    service: ClassVar[ModuleType] = customers
    selector = parties.customers
    by_reference = True
    permissions = crud(
        "CUSTOMER",
        upsert=("CUSTOMER.CREATE", "CUSTOMER.UPDATE", "CUSTOMER.STATUS.DRAFT.UPDATE"),
        destroy=("CUSTOMER.DELETE", "CUSTOMER.STATUS.DRAFT.DELETE"),
        update=("CUSTOMER.UPDATE", "CUSTOMER.STATUS.DRAFT.UPDATE"),
        activate=("CUSTOMER.UPDATE", "CUSTOMER.STATUS.DRAFT.UPDATE"),
        deprecate="CUSTOMER.UPDATE",
        archive="CUSTOMER.UPDATE",
        forget="CUSTOMER.UPDATE",
        entitlements="CUSTOMER.VIEW",
        validate_tax_id="CUSTOMER.CREATE",
    )
    requests = {"validate_tax_id": CustomerSerializer}
    responses = {
        "entitlements": EntitlementsSerializer,
        "validate_tax_id": TaxIdValidationListSerializer,
    }
    filters = [filters.Equals("reference", "reference"), filters.NotYet("custom_field")]
    orderable = {
        "reference": "reference",
        "name": "name",
        "email": "email",
        "status": "status",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }
    searchable = {
        "id": "public_id",
        "reference": "reference",
        "name": "name",
        "legal_name": "name",
        "organization.legal_name": "name",
        "email": "email",
        "status": "status",
        "type": "type",
    }

    @action(detail=True, methods=["post"])
    def activate(self, request: Request, pk: str) -> Response:
        """DRAFT to ACTIVE: the customer may subscribe."""
        return self.one(customers.activate(ctx=self.ctx, instance=self.instance()))

    @action(detail=True, methods=["post"])
    def deprecate(self, request: Request, pk: str) -> Response:
        """No new subscriptions; those that run go on."""
        return self.one(customers.deprecate(ctx=self.ctx, instance=self.instance()))

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: str) -> Response:
        """Hide the customer; it is read-only from now on."""
        return self.one(customers.archive(ctx=self.ctx, instance=self.instance()))

    @action(detail=True, methods=["post"])
    def forget(self, request: Request, pk: str) -> Response:
        """Erase personal data; final invoices keep what was printed on them."""
        return self.one(forget.customer(ctx=self.ctx, instance=self.instance()))

    @action(detail=True, methods=["get"])
    def entitlements(self, request: Request, pk: str) -> Response:
        """What the customer's active subscriptions grant now, merged and one by one."""
        return Response(entitlements.of_customer(self.instance(), at=self.ctx.at))

    @action(detail=False, methods=["post"], url_path="validate-tax-id")
    def validate_tax_id(self, request: Request) -> Response:
        """Check the form and check digits of the tax ids of a customer that need not exist."""
        return Response({"data": checked(self.validated(), at=self.ctx.at)})


def render(customer: Customer) -> dict[str, Any]:
    """The API's representation of a customer."""
    return dict(CustomerSerializer(customer).data)
