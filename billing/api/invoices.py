"""``/v1/invoices``."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.http import HttpResponse, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.resources import Listed, Retrieved, Searched, Updated
from billing.api import explanation, invoice_reading, on_demand
from billing.api.explanation import ExplanationSerializer
from billing.api.invoice_serializer import GROUPS, HEADER, LINES, InvoiceSerializer, InvoiceUpdateSerializer
from billing.api.on_demand import ChargeOnDemandSerializer
from billing.api.preview import PreviewRequestSerializer, PreviewSerializer
from billing.api.preview import answer as preview_answer
from billing.models import Invoice, InvoiceStatus
from billing.selectors import invoices as selectors
from billing.services.invoices import charge_on_demand, invoices, pdf
from billing.services.previews import preview
from kit.api import filters
from kit.api.schema import PAGE
from kit.errors import InvalidField, InvalidOperation

OPEN = "OPEN"


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


INCLUDE = [
    OpenApiParameter("include_periods", {"type": "boolean"}, description="Show periods and groups."),
    OpenApiParameter("include_lines", {"type": "boolean"}, description="Show the lines too."),
]

LINE = [*PAGE, OpenApiParameter("line_id", str, OpenApiParameter.PATH, description="Id of the line.")]


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
        "preview": "INVOICE.PREVIEW",
        "explanation": "INVOICE.VIEW",
        "charge_on_demand_pricing_items": "INVOICE.ONE_OFF.CREATE",
    }
    requests = {
        "preview": PreviewRequestSerializer,
        "update": InvoiceUpdateSerializer,
        "charge_on_demand_pricing_items": ChargeOnDemandSerializer,
    }
    statuses: ClassVar[dict[str, int]] = {"charge_on_demand_pricing_items": 201}
    parameters = {"list": INCLUDE, "search": INCLUDE, "explanation": LINE}
    responses = {
        "pdf": {(200, "application/pdf"): OpenApiTypes.BINARY},
        "preview": PreviewSerializer,
        "explanation": ExplanationSerializer,
    }
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
        if many:
            return super().rendered(invoice_reading.listed(self.platform, instance), many=True)
        return super().rendered(invoice_reading.shown(self.platform, [instance])[0])

    def update(self, request: Request, pk: str) -> Response:
        """Finalize early, hold or release, record as paid; anything else of a draft is computed."""
        instance = self.instance()
        fields = self.validated(serializer_class=InvoiceUpdateSerializer)
        return self.one(invoices.update(ctx=self.ctx, instance=instance, fields=fields))

    @action(detail=False, methods=["post"], url_path="preview")
    def preview(self, request: Request) -> Response:
        """Compute the next invoices of a subscription; nothing is stored."""
        fields = self.validated(serializer_class=PreviewRequestSerializer)
        made = preview.subscription(
            ctx=self.ctx,
            subscription=fields["pricing_plan_subscription_id"],
            start_at=fields.get("start_at", self.ctx.at),
            invoices_per_schedule=fields["invoices_per_schedule"],
            choices=fields.get("enabled_pricings") or (),
            customizations=fields.get("pricing_plan_schedule_customizations") or (),
        )
        return Response(preview_answer(made, self.get_serializer_context()))

    @action(detail=False, methods=["post"], url_path="charge-on-demand-pricing-items")
    def charge_on_demand_pricing_items(self, request: Request) -> Response:
        """Bill items on demand now, as an invoice of their own; with ``preview`` nothing is stored."""
        fields = self.validated(serializer_class=ChargeOnDemandSerializer)
        asked = on_demand.arguments(fields)
        if fields.get("preview"):
            draft = charge_on_demand.preview(ctx=self.ctx, **asked)
            return Response(on_demand.previewed(draft, self.get_serializer_context()), status=201)
        method = fields.get("payment_method_id") or ""
        made = charge_on_demand.invoice(
            ctx=self.ctx, payment_method_id=method, then=on_demand.then(fields), **asked
        )
        return self.one(made, status=201)

    @action(detail=True, methods=["get"], url_path="pdf")
    def pdf(self, request: Request, pk: str) -> HttpResponse:
        """The document as PDF; a draft is marked as one. 503 where system libraries are missing."""
        shown = invoice_reading.shown(self.platform, [self.instance()])[0]
        if shown.content is None:
            raise shown.error or InvalidOperation("This invoice has no content")
        content = pdf.invoice(invoice=shown.invoice, content=shown.content)
        name = shown.invoice.invoice_number or shown.invoice.public_id
        answer = HttpResponse(content, content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
        return answer

    @action(detail=True, methods=["get"], url_path="lines/(?P<line_id>[^/]+)/explanation")
    def explanation(self, request: Request, pk: str, line_id: str) -> Response:
        """How the amount of a line came about: steps, bands and the events it counts (an extension)."""
        shown = invoice_reading.shown(self.platform, [self.instance()])[0]
        if shown.content is None:
            raise shown.error or InvalidOperation("This invoice has no content")
        query = request.query_params
        found = explanation.answer(
            platform=self.platform, invoice=shown.invoice, content=shown.content, line_id=line_id, query=query
        )
        return Response(found)

    def _depth(self) -> int:
        if self.action not in ("list", "search"):
            return LINES
        query = self.request.query_params
        if query.get("include_lines") == "true":
            return LINES
        return GROUPS if query.get("include_periods") == "true" else HEADER
