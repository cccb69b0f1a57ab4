"""Settings > Invoices: the invoice numbers of a billing entity, with the next one while it is typed."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from billing.api.billing_entities import BillingEntitySerializer
from billing.calc.numbering import sequence_key
from billing.models import BillingEntity, Invoice
from billing.services.customers import billing_entities
from billing.services.invoices import numbering
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.forms.numbering import NumberingForm, values_of
from desk.forms.requests import changed
from desk.screens.settings.billing_entity_changes import EntityScreen

EXAMPLE = "number-example"


class Numbering(EntityScreen):
    """The look may change at any time; what is counted stays once the first number is given."""

    title = "Invoice numbers"
    verb = "Save numbers"
    message = "Invoice numbers saved"
    has_calls = True
    fields_template = "desk/settings/numbering.html"
    regions: ClassVar[tuple[str, ...]] = (*EntityScreen.regions, EXAMPLE)

    @property
    def description(self) -> str:  # type: ignore[override]
        return str(self.entity.legal_name or self.entity.reference)

    def subject(self) -> BillingEntity:
        return self.entity

    @cached_property
    def taken(self) -> dict[str, int]:
        """How many numbers of each sequence are given."""
        return dict(numbering.sequences(self.entity).values_list("key", "taken"))

    @property
    def today(self) -> date:
        return self.operator.at.astimezone(self.entity.zone).date()

    def form(self, data: Any = None) -> NumberingForm:
        return NumberingForm(data, initial=values_of(self.entity), given=any(self.taken.values()))

    def facts(self) -> list[Fact]:
        final = Invoice.objects.filter(platform=self.operator.platform, billing_entity=self.entity)
        last = final.filter(invoice_number__isnull=False).order_by("-finalized_at", "-pk").first()
        return [Fact("Last number given", last.invoice_number if last else "None yet")]

    def consequences(self) -> list[tuple[str, str]]:
        return [
            ("lock", "Final invoices keep their number. The count goes on without a gap."),
            ("info", "It holds for every invoice that becomes final from now on, drafts that are open too."),
        ]

    def show(self, form: Any, *, status: int = 200, **extra: Any) -> HttpResponse:
        shown = {"example": self.example(form), "entity_id": self.kwargs["pk"]}
        return super().show(form, status=status, **shown, **extra)

    def example(self, form: NumberingForm) -> str:
        """The next number; of what is stored until something was sent."""
        if not form.is_bound:
            form = NumberingForm(values_of(self.entity), given=False)
        form.is_valid()
        found = getattr(form, "format", None)
        taken = self.taken.get(sequence_key(found, self.today), 0) if found else 0
        return form.example(taken=taken, on=self.today)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.htmx_target != EXAMPLE:
            return super().post(request, *args, **kwargs)
        context = self.context(example=self.example(self.form(request.POST)))
        return HttpResponse(render_to_string("desk/settings/number_example.html", context, request))

    def calls(self, form: Any) -> list[Call]:
        body = self.body(form) if form.is_valid() else {}
        return [Call("PATCH", f"/v1/billing-entities/{self.entity.public_id}", body)]

    def save(self, form: Any) -> str:
        platform = self.operator.platform
        fields = changed(BillingEntitySerializer, self.body(form), platform=platform, row=self.entity)
        billing_entities.update(ctx=self.operator.ctx, instance=self.entity, fields=fields)
        return self.cancel_url()

    def body(self, form: Any) -> dict[str, Any]:
        return {"invoice_number_configuration": form.body()}
