"""Settings > Invoices: how long drafts stay open, what becomes of late usage, how numbers look."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from billing.calc import numbering
from billing.models import BillingEntity, Invoice
from billing.selectors import parties
from billing.services.customers import billing_entities
from billing.services.invoices import grace_periods
from desk.components import format
from desk.components.actions import Action
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.forms.base import DeskForm
from desk.forms.grace import LATE, EntityGraceForm, GraceForm, grace_of
from desk.screens.forms import FormScreen
from desk.screens.invoicing import names
from desk.screens.settings.overview import Card, SettingsPage
from kit.errors import InvalidField, NotFound

LISTED = 5


class InvoiceTerms(SettingsPage):
    """For the platform, and for each issuer that differs."""

    title = "Invoices"
    permission = "PLATFORM.VIEW"

    def cards(self) -> list[Card]:
        platform = self.operator.platform
        facts = [
            Fact("Grace period", format.length(timedelta(seconds=platform.invoice_grace_period_seconds))),
            Fact("Late usage", dict(LATE)[platform.late_usage]),
            Fact(
                "Invoices of new subscriptions",
                "Begin on hold" if platform.init_invoice_on_hold else "Not on hold",
            ),
        ]
        note = (
            "After its period a draft stays open for the grace period, for events that are on their way. "
            "Then it becomes final by itself, unless it is on hold: each subscription says whether its "
            "invoices begin so, and a new one that does not goes by this page."
        )
        entities = parties.active_billing_entities(platform)[:50]
        columns = ("Billing entity", "Grace period", "Invoice numbers", "")
        rows = [self._row(entity) for entity in entities]
        own = "" if rows else "There is no billing entity yet. Each can have a grace period of its own."
        return [Card("Every billing entity", facts, note), Card("By billing entity", [], own, columns, rows)]

    def _row(self, entity: BillingEntity) -> list[Any]:
        own = entity.invoice_grace_period_seconds is not None
        grace = format.length(timedelta(seconds=entity.grace_period_seconds))
        today = self.operator.at.astimezone(entity.zone).date()
        first = numbering.nth_number(entity.number_format, 0)
        name = entity.legal_name or entity.reference
        link = reverse("desk:billing-entity", args=[entity.public_id])
        edit = reverse("desk:entity-grace", args=[entity.public_id])
        numbers = reverse("desk:entity-numbering", args=[entity.public_id])
        actions = [
            Action(label, url, "BILLING_ENTITY.UPDATE", opens="dialog").for_(self.operator)
            for label, url in (("Grace period", edit), ("Numbers", numbers))
        ]
        return [
            format_html('<a class="link nowrap" href="{}">{}</a>', link, name),
            f"{grace}, its own" if own else f"{grace}, as above",
            format_html(
                '<span class="mono">{}</span>', numbering.render(entity.number_format, first, on=today)
            ),
            format_html_join("", "{}", ((each.__html__(),) for each in actions)),
        ]

    def actions(self) -> list[Action]:
        url = reverse("desk:settings-invoices-edit")
        return [Action("Edit settings", url, "PLATFORM.UPDATE", "primary", "dialog", key="e")]


class ChangeGrace(FormScreen):
    """A shorter grace period lists the drafts that become final at once, and asks."""

    verb = "Save settings"
    message = "Invoice settings saved"
    menu = "settings-invoices"
    form_class = GraceForm

    def entity_in_path(self) -> BillingEntity | None:
        """The billing entity whose own grace period it is; None for the platform's."""
        return None

    def cancel_url(self) -> str:
        return reverse("desk:settings-invoices")

    @cached_property
    def due(self) -> QuerySet[Invoice]:
        """The drafts that what was sent makes final at once."""
        sent = EntityGraceForm(self.request.POST)
        if self.request.method != "POST" or not sent.is_valid():
            return Invoice.objects.none()
        seconds = sent.seconds
        return grace_periods.due_at_once(
            self.operator.platform,
            entity=self.entity_in_path(),
            seconds=self.operator.platform.invoice_grace_period_seconds if seconds is None else seconds,
            at=self.operator.at,
        ).select_related("customer")

    @cached_property
    def due_count(self) -> int:
        return self.due.count()

    def form(self, data: Any = None) -> DeskForm:
        form = super().form(data)
        if not self.due_count:
            form.fields.pop("confirmed")
        return form

    def consequences(self) -> list[tuple[str, str]]:
        if not self.due_count:
            return [("info", "Drafts that are open become final so much earlier or later.")]
        named = [("lock", self._becomes(row)) for row in self.due[:LISTED]]
        left = self.due_count - len(named)
        return [*named, ("lock", f"and {left:,} more")] if left else named

    def _becomes(self, row: Invoice) -> str:
        period = format.span(row.period_start, row.period_end, self.operator.zone)
        return f"{names.customer(row)}, {period}, becomes final now"

    def agreed(self, form: Any) -> None:
        """Raise InvalidField where drafts become final at once and nobody has said that they may."""
        if self.due_count and not form.cleaned_data.get("confirmed"):
            count = f"{self.due_count:,} draft{'s' if self.due_count > 1 else ''}"
            raise InvalidField(f"{count} would become final at once; confirm it below", field="confirmed")


class EditInvoiceTerms(ChangeGrace):
    """The platform's."""

    title = "Edit invoice settings"
    permission = "PLATFORM.UPDATE"

    def initial(self) -> dict[str, Any]:
        platform = self.operator.platform
        return {
            **grace_of(platform.invoice_grace_period_seconds),
            "late_usage": platform.late_usage,
            "on_hold": platform.init_invoice_on_hold,
        }

    def save(self, form: Any) -> str:
        self.agreed(form)
        values = {
            "invoice_grace_period_seconds": form.seconds,
            "late_usage": form.cleaned_data["late_usage"],
            "init_invoice_on_hold": form.cleaned_data["on_hold"],
        }
        grace_periods.change_platform(ctx=self.operator.ctx, values=values)
        return self.cancel_url()


class EntityGrace(ChangeGrace):
    """One issuer's own."""

    permission = "BILLING_ENTITY.UPDATE"
    form_class = EntityGraceForm
    has_calls = True

    @cached_property
    def entity(self) -> BillingEntity:
        rows = parties.billing_entities(self.operator.platform).select_related("platform")
        row: BillingEntity | None = rows.filter(public_id=self.kwargs["pk"]).first()
        if row is None:
            raise NotFound("There is no such billing entity.")
        return row

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"Grace period of {self.entity.legal_name or self.entity.reference}"

    def entity_in_path(self) -> BillingEntity:
        return self.entity

    def subject(self) -> BillingEntity:
        return self.entity

    def initial(self) -> dict[str, Any]:
        return grace_of(self.entity.invoice_grace_period_seconds)

    def calls(self, form: Any) -> list[Call]:
        return [Call("PATCH", f"/v1/billing-entities/{self.entity.public_id}", self._body(form))]

    def save(self, form: Any) -> str:
        self.agreed(form)
        billing_entities.update(ctx=self.operator.ctx, instance=self.entity, fields=self._body(form))
        return self.cancel_url()

    def _body(self, form: Any) -> dict[str, Any]:
        return {"invoice_grace_period_seconds": form.seconds}
