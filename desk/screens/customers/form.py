"""New customer, and changing one: checked against what is there already while it is typed."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from billing.api.customers import CustomerSerializer
from billing.models import Customer, CustomerStatus
from billing.selectors import parties
from billing.services.customers import customers
from desk.components.curl import Call
from desk.forms.customer import CustomerForm, values_of
from desk.forms.requests import changed, understood
from desk.screens.base import Screen
from desk.screens.customers.twins import twins
from desk.screens.forms import FormScreen
from desk.screens.settings.billing_entities import tax_id_badge
from kit.errors import NotFound


def find(screen: Screen, key: str) -> Customer:
    """The platform's customer of this id, or 404."""
    row: Customer | None = parties.customers(screen.operator.platform).filter(public_id=key).first()
    if row is None:
        raise NotFound("There is no such customer.")
    return row


class CustomerFormScreen(FormScreen):
    """The two forms look the same."""

    menu = "customers"
    form_class = CustomerForm
    fields_template = "desk/customers/fields.html"
    has_calls = True

    def checks(self, form: CustomerForm, *, but: Customer | None = None) -> dict[str, Any]:
        """What is known of the tax ID, and who looks the same."""
        values = form.typed()
        return {
            "verdict": tax_id_badge(values["tax_id"] or "", values["country"], values["tax_id_type"] or None),
            "twins": twins(self.operator.platform, values, but=but),
        }


class NewCustomer(CustomerFormScreen):
    """Created and activated at once, or kept as a draft."""

    permission = "CUSTOMER.CREATE"
    title = "New customer"
    verb = "Create and activate"
    message = "Customer created"
    other_buttons = (("draft", "Create as draft"),)

    def initial(self) -> dict[str, Any]:
        return {"type": "ORGANIZATION"}

    def cancel_url(self) -> str:
        return reverse("desk:customers")

    def show(self, form: Any, *, status: int = 200, **extra: Any) -> HttpResponse:
        url = reverse("desk:customer-check")
        return super().show(form, status=status, check_url=url, **self.checks(form), **extra)

    def body(self, form: CustomerForm) -> dict[str, Any]:
        draft = self.request.POST.get("submit") == "draft"
        return {**form.body(), "status": CustomerStatus.DRAFT if draft else CustomerStatus.ACTIVE}

    def save(self, form: Any) -> str:
        fields = understood(CustomerSerializer, self.body(form), platform=self.operator.platform)
        created = customers.create(ctx=self.operator.ctx, fields=fields)
        return reverse("desk:customer", args=[created.public_id])

    def calls(self, form: Any) -> list[Call]:
        return [Call("POST", "/v1/customers", self.body(form))]


class EditCustomer(CustomerFormScreen):
    """Drafts show the change at once; final invoices keep what was printed."""

    permission = "CUSTOMER.UPDATE"
    title = "Edit customer"
    description = "Draft invoices show the change at once. Final ones keep what was printed on them."
    verb = "Save customer"
    message = "Customer saved"

    @cached_property
    def customer(self) -> Customer:
        return find(self, self.kwargs["pk"])

    def subject(self) -> Customer:
        return self.customer

    def initial(self) -> dict[str, Any]:
        return values_of(self.customer)

    def cancel_url(self) -> str:
        return reverse("desk:customer", args=[self.customer.public_id])

    def show(self, form: Any, *, status: int = 200, **extra: Any) -> HttpResponse:
        url = f"{reverse('desk:customer-check')}?but={self.customer.public_id}"
        checks = self.checks(form, but=self.customer)
        return super().show(form, status=status, check_url=url, **checks, **extra)

    def body(self, form: CustomerForm) -> dict[str, Any]:
        known = (self.customer.organization or {}).get("tax_ids") or []
        return form.body(further=known[1:])

    def save(self, form: Any) -> str:
        platform, row = self.operator.platform, self.customer
        fields = changed(CustomerSerializer, self.body(form), platform=platform, row=row)
        customers.update(ctx=self.operator.ctx, instance=row, fields=fields)
        return self.cancel_url()

    def calls(self, form: Any) -> list[Call]:
        return [Call("PATCH", f"/v1/customers/{self.customer.public_id}", self.body(form))]


class CheckCustomer(CustomerFormScreen):
    """What can be said while the form is filled in: derived fragments only, swapped out of band."""

    permission = "CUSTOMER.VIEW"
    regions = ()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.see_other(reverse("desk:customer-new"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.GET.get("but", "")
        known = find(self, key) if key else None
        form = CustomerForm(request.POST)
        return self.render("desk/customers/checks.html", oob=True, **self.checks(form, but=known))
