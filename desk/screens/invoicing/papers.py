"""The PDF of an invoice, and the events behind one of its lines."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin

from billing.models import Invoice
from billing.selectors import invoices as selectors
from billing.services.invoices import explaining, pdf
from billing.services.invoices.explaining import Explained
from desk.components import format
from desk.components.day_bars import DayBars
from desk.screens.base import Screen
from desk.screens.invoicing import lines, names
from desk.screens.invoicing.invoice import Content, content_of
from desk.screens.products_plans.versions import version_url
from desk.shell import Crumb
from kit.errors import InvalidOperation, NotFound

PER_PAGE = 50
COUNTED = {
    "COUNT": "Events counted",
    "SUM": "Sum",
    "MAX": "Highest",
    "MIN": "Lowest",
    "UNIQUE": "Distinct values",
}


class OfInvoice(Screen):
    """A page under one invoice."""

    permission = "INVOICE.VIEW"
    menu = "invoices"

    @cached_property
    def invoice(self) -> Invoice:
        """The invoice in the path."""
        row = selectors.rows(self.operator.platform).filter(public_id=self.kwargs["pk"]).first()
        if row is None:
            raise NotFound("There is no such invoice.")
        return row

    @cached_property
    def held(self) -> Content:
        return content_of(self.operator.platform, self.invoice)

    def crumbs(self) -> list[Crumb]:
        own = Crumb(names.title(self.invoice), reverse("desk:invoice", args=[self.kwargs["pk"]]))
        return [*super().crumbs(), Crumb("Invoices", reverse("desk:invoices")), own]


@method_decorator([xframe_options_sameorigin, csp_replace({"frame-ancestors": ["'self'"]})], name="dispatch")
class Pdf(OfInvoice):
    """The document itself, shown in the PDF tab or downloaded."""

    permission = "INVOICE.PDF.DOWNLOAD"

    def get(self, request: HttpRequest, pk: str) -> HttpResponse:
        if self.held.tree is None:
            raise self.held.error or InvalidOperation("This invoice has no content.")
        made = pdf.invoice(invoice=self.invoice, content=self.held.tree)
        answer = HttpResponse(made, content_type="application/pdf")
        kind = "attachment" if "download" in request.GET else "inline"
        answer["Content-Disposition"] = f'{kind}; filename="{self.invoice.invoice_number or pk}.pdf"'
        return answer


class LinePage(OfInvoice):
    """What the pages about one usage line share."""

    picture: ClassVar[tuple[int, int]] = (236, 94)  # of usage per day, in pixels

    @cached_property
    def line(self) -> Any:
        """The line in the path, as the content has it."""
        found = lines.find(self.held.tree, self.kwargs["line"]) if self.held.tree else None
        if found is None:
            raise NotFound("There is no such line on this invoice.")
        return found

    @cached_property
    def explained(self) -> Explained:
        return explaining.line(platform=self.operator.platform, invoice=self.invoice, data=self.line)

    def days(self) -> DayBars:
        """The daily picture of the line, in the issuer's zone."""
        zone = self.invoice.billing_entity.zone
        span = self.explained.charge.span
        counted = self.explained.days()
        adds = self.explained.calculation == "SUM"
        first = span.start.astimezone(zone).date()
        last = (span.end - timedelta(microseconds=1)).astimezone(zone).date()
        values = [(day, _of(counted.get(day), adds=adds)) for day in _each(first, last)]
        what = self.line["unit"] or "units" if adds else "events"
        return DayBars(f"{self.line['description']}, {what} per day", values, *self.picture)


def _of(found: tuple[int, Decimal] | None, *, adds: bool) -> Decimal:
    if found is None:
        return Decimal(0)
    return found[1] if adds else Decimal(found[0])


def _each(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


class Why(LinePage):
    """The daily usage behind a line: a piece of the invoice, loaded when the line opens."""

    template = "desk/invoicing/why.html"
    regions = ("days",)

    def get(self, request: HttpRequest, pk: str, line: str) -> HttpResponse:
        if not self.htmx_target:
            return self.see_other(reverse("desk:invoice-events", args=[pk, line]))
        found = self.explained
        zone = self.invoice.billing_entity.zone
        return self.render(
            region="days",
            events=found.events,
            span=format.span(found.charge.span.start, found.charge.span.end, zone),
            days=self.days(),
            url=reverse("desk:invoice-events", args=[pk, line]),
            prices=self.prices(),
        )

    def prices(self) -> tuple[str, str] | None:
        """(words, address) of the prices that the line was made by."""
        schedule = self.explained.charge.schedule.schedule_id
        rows = self.invoice.subscription.schedules.all() if self.invoice.subscription else ()
        version = next((row.pricing_plan_version for row in rows if row.public_id == schedule), None)
        if version is None or not self.operator.can("PRICING_PLAN.VIEW"):
            return None
        item = self.line["product_items"][0]["id"] if self.line["product_items"] else ""
        return f"Pricing v{version.version}", f"{version_url(version)}&item={item}"


class Events(LinePage):
    """The events that make up a line; what they come to equals the line's quantity."""

    template = "desk/invoicing/events.html"
    picture = (720, 140)

    def get(self, request: HttpRequest, pk: str, line: str) -> HttpResponse:
        found = self.explained
        pages = max(1, -(-found.events // PER_PAGE))
        asked = request.GET.get("page", "1")
        number = min(int(asked), pages) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 1
        number = max(number, 1)
        rows = found.page(offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
        self.title = f"Events of {self.line['description']}"
        billed = Decimal(self.line["quantity"])
        return self.render(
            crumb_title="Events",
            line=self.line,
            invoice_name=names.title(self.invoice),
            back=reverse("desk:invoice", args=[pk]),
            rows=rows,
            events=found.events,
            quantity=found.quantity,
            billed=billed,
            equal=found.quantity == billed,
            counted=COUNTED.get(found.calculation, "Quantity"),
            days=self.days(),
            number=number,
            pages=pages,
            first=(number - 1) * PER_PAGE + 1 if rows else 0,
            last=(number - 1) * PER_PAGE + len(rows),
        )
