"""``/v1/invoices``."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.http import HttpResponse, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from accounts.api.resources import Listed, Retrieved, Searched, Updated
from billing.api.invoice_shapes import (
    InvoiceAmountSerializer,
    InvoicePartySerializer,
    InvoicePeriodSerializer,
    InvoiceTaxCategorySerializer,
    InvoiceTaxSummarySerializer,
    InvoiceValidationSerializer,
    UnpricedUsageSerializer,
)
from billing.api.invoice_view import Shown, header, tree
from billing.models import Invoice, InvoiceStatus, InvoiceType, PaymentStatus
from billing.selectors import invoices as selectors
from billing.services import drafting, invoices, pdf
from kit.api import filters
from kit.api.fields import DecimalField, EnumField, StrictBooleanField, TextField, expanded, reserved
from kit.api.shapes import PeriodSerializer
from kit.errors import InvalidField, InvalidOperation

OPEN = "OPEN"
HEADER, GROUPS, LINES = 0, 1, 2


class StatusFilter(filters.OneOf):
    """The statuses asked for. OPEN is a DRAFT whose period still runs."""

    def apply(self, rows: QuerySet[Any], query: QueryDict) -> QuerySet[Any]:
        statuses = query.getlist(self.name)
        if OPEN not in statuses:
            return super().apply(rows, query)
        known = [status for status in statuses if status != OPEN]
        wanted = Q(status=InvoiceStatus.DRAFT, period_end__gt=Coalesce("platform__test_now", Now()))
        for status in known:
            if status not in self.choices:
                raise InvalidField(f"must be one of {', '.join(self.choices)}", field=self.name)
        return rows.filter(wanted | Q(status__in=known))


class InvoiceSerializer(serializers.Serializer):
    """An invoice. ``start_at`` to ``unpriced_usage`` and the amount without tax are extensions."""

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(read_only=True)
    invoice_number = serializers.CharField(read_only=True, allow_null=True)
    purchase_order_number = TextField(max_length=200)
    platform_id = serializers.CharField(read_only=True)
    customer_id = serializers.CharField(read_only=True)
    customer_reference = serializers.CharField(read_only=True, allow_null=True)
    sales_tax_percentage = DecimalField(read_only=True, allow_null=True)
    billing_entity_id = serializers.CharField(read_only=True)
    status = EnumField(choices=InvoiceStatus.values, required=False)
    on_hold = StrictBooleanField(required=False)
    paid = serializers.BooleanField(read_only=True)
    type = serializers.ChoiceField(choices=InvoiceType.values, read_only=True)
    created_at = serializers.CharField(read_only=True)
    updated_at = serializers.CharField(read_only=True)
    invoice_date = serializers.CharField(read_only=True)
    due_date = serializers.CharField(read_only=True, allow_null=True)
    billing_period_date = serializers.CharField(read_only=True)
    billing_currency = serializers.CharField(read_only=True)
    invoice_amount_excluding_tax = InvoiceAmountSerializer(read_only=True)
    invoice_amount_including_tax = InvoiceAmountSerializer(read_only=True)
    open_invoice_amount = InvoiceAmountSerializer(read_only=True)
    closed_invoice_amount = InvoiceAmountSerializer(read_only=True)
    paid_invoice_amount = InvoiceAmountSerializer(read_only=True)
    timezone = serializers.CharField(read_only=True)
    billing_period = PeriodSerializer(read_only=True, allow_null=True)
    pricing_plan_subscription_ids = serializers.ListField(child=serializers.CharField(), read_only=True)
    pricing_amount_type = serializers.CharField(read_only=True)
    periods = InvoicePeriodSerializer(many=True, read_only=True, allow_null=True)
    tax_categories = InvoiceTaxCategorySerializer(many=True, read_only=True, allow_null=True)
    tax_summary = InvoiceTaxSummarySerializer(read_only=True, allow_null=True)
    notes = serializers.ListField(child=serializers.CharField(), read_only=True, allow_null=True)
    validation_result = InvoiceValidationSerializer(many=True, read_only=True)
    to_be_reprocessed = serializers.BooleanField(read_only=True)
    updated_to_final_at = serializers.CharField(read_only=True, allow_null=True)
    has_usage_based_pricing = serializers.BooleanField(read_only=True, allow_null=True)
    billing_type = serializers.CharField(read_only=True)
    payment_status = serializers.ChoiceField(choices=PaymentStatus.values, read_only=True)
    payment_acceptor_ids = serializers.ListField(child=serializers.CharField(), read_only=True)
    linked_invoices_ids = serializers.ListField(child=serializers.CharField(), read_only=True)
    vars().update(expanded("customer", "billing_entity"))
    vars().update(
        reserved(
            "delivery_date",
            "closed_periods",
            "auto_rescues",
            "dunning_actions",
            "payment_actions",
            "pay_invoice_link",
            "linked_invoices",
            "custom_fields",
            "other_custom_fields",
            "credit",
            "e_invoices",
            "used_exchange_rates",
            "processing_only_customers",
            "meter_values",
            "credit_types",
            "display_invoice_sub_lines_per_processing_only_customer",
            "forwarded_from_customers",
            "to_be_reprocessed_at",
            "reprocess",
            "used_tax_registration",
            "footnote",
            "approval_status",
            "coupons",
            "promotion_codes",
            "linked_integrations",
        )
    )
    start_at = serializers.CharField(read_only=True)
    end_at = serializers.CharField(read_only=True)
    finalize_at = serializers.CharField(read_only=True)
    rounding = serializers.CharField(read_only=True, allow_null=True)
    seller = InvoicePartySerializer(read_only=True, allow_null=True)
    buyer = InvoicePartySerializer(read_only=True, allow_null=True)
    unpriced_usage = UnpricedUsageSerializer(many=True, read_only=True, allow_null=True)

    def to_representation(self, instance: Shown) -> dict[str, Any]:
        data = header(instance)
        parties = data.pop("parties") or {}
        data |= {
            "periods": tree(instance, depth=self.context.get("depth", LINES)),
            "seller": parties.get("seller"),
            "buyer": parties.get("buyer"),
        }
        shown: dict[str, Any] = {}
        for name, field in self.fields.items():
            value = data.get(name)
            shown[name] = None if value is None else field.to_representation(value)
        return shown


INCLUDE = [
    OpenApiParameter("include_periods", {"type": "boolean"}, description="Show periods and groups."),
    OpenApiParameter("include_lines", {"type": "boolean"}, description="Show the lines too."),
]


class InvoiceViewSet(Listed, Retrieved, Updated, Searched):
    """Drafts as they are now, and final invoices as they were frozen."""

    tag = "invoices"
    model, serializer_class = Invoice, InvoiceSerializer
    selector = selectors.rows
    service: ClassVar[ModuleType] = invoices
    permissions = {
        "list": "INVOICE.VIEW",
        "retrieve": "INVOICE.VIEW",
        "search": "INVOICE.VIEW",
        "update": "INVOICE.UPDATE",
        "pdf": "INVOICE.PDF.DOWNLOAD",
    }
    parameters = {"list": INCLUDE, "search": INCLUDE}
    responses = {"pdf": OpenApiTypes.BINARY}
    filters = [
        filters.Linked("customer_id", "customer"),
        StatusFilter("statuses[]", "status", (*InvoiceStatus.values, OPEN)),
        filters.Range("invoice_date", "invoice_date"),
        filters.Flag("paid", "paid"),
        filters.Flag("on_hold", "on_hold"),
        filters.Linked("pricing_plan_subscription_id", "subscription"),
    ]
    orderable = {
        "invoice_number": "invoice_number",
        "invoice_date": "invoice_date",
        "due_date": "due_date",
        "invoice_amount_including_tax": "amount_including_tax",
        "status": "status",
        "created_at": "created_at",
    }
    searchable = {
        "id": "public_id",
        "invoice_number": "invoice_number",
        "status": "status",
        "type": "type",
        "purchase_order_number": "purchase_order_number",
        "billing_currency": "currency",
        "customer_id": "customer__public_id",
        "customer_reference": "customer__reference",
        "customer_name": "customer__name",
        "billing_entity_id": "billing_entity__public_id",
        "pricing_plan_subscription_id": "subscription__public_id",
    }

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "depth": self._depth()}

    def rendered(self, instance: Any, *, many: bool = False) -> Any:
        rows = instance if many else [instance]
        shown = self._shown(rows)
        return super().rendered(shown if many else shown[0], many=many)

    @action(detail=True, methods=["get"], url_path="pdf")
    def pdf(self, request: Request, pk: str) -> HttpResponse:
        """The document as PDF; a draft is marked as one. 503 where system libraries are missing."""
        shown = self._shown([self.instance()])[0]
        if shown.content is None:
            raise shown.error or InvalidOperation("This invoice has no content")
        content = pdf.invoice(invoice=shown.invoice, content=shown.content)
        name = shown.invoice.invoice_number or shown.invoice.public_id
        answer = HttpResponse(content, content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
        return answer

    def _depth(self) -> int:
        if self.action not in ("list", "search"):
            return LINES
        query = self.request.query_params
        if query.get("include_lines") == "true":
            return LINES
        return GROUPS if query.get("include_periods") == "true" else HEADER

    def _shown(self, rows: Sequence[Invoice]) -> list[Shown]:
        drafts = [row for row in rows if row.status == InvoiceStatus.DRAFT]
        found = drafting.contents(platform=self.platform, invoices=drafts)
        now = {draft.invoice.pk: Shown.draft(draft) for draft in found}
        return [now.get(row.pk) or Shown.final(row) for row in rows]
