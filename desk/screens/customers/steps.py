"""A customer's steps: activate, deprecate, archive, delete, forget; said in a sentence, then taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from billing.models import Customer
from billing.services.customers import customers, forget
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.forms.base import DeskForm
from desk.screens import undo
from desk.screens.customers.form import find
from desk.screens.forms import FormScreen
from kit.errors import InvalidField, NotFound


@dataclass(frozen=True, slots=True)
class Step:
    """``effect`` is one sentence; ``typed`` asks for the customer's reference."""

    button: str
    said: str
    effects: tuple[str, ...]
    run: Callable[..., Any]
    style: str = "primary"
    permission: str = "CUSTOMER.UPDATE"
    typed: str = ""


STEPS = {
    "activate": Step(
        "Activate customer",
        "Customer active",
        ("The customer may subscribe, and what it uses is billed.",),
        customers.activate,
    ),
    "deprecate": Step(
        "Deprecate customer",
        "Customer deprecated",
        ("The customer cannot take new subscriptions. Those that run go on.",),
        customers.deprecate,
    ),
    "archive": Step(
        "Archive customer",
        "Customer archived",
        ("The customer is hidden and can no longer be changed. Its invoices stay.",),
        customers.archive,
    ),
    "delete": Step(
        "Delete customer",
        "Customer deleted",
        ("The customer is removed for good. Only a draft can be deleted.",),
        customers.delete,
        style="solid-bad",
        permission="CUSTOMER.DELETE",
    ),
    "forget": Step(
        "Forget customer",
        "Customer forgotten",
        (
            "Names, addresses, tax IDs, email and contacts are erased. This cannot be undone.",
            "Kept by law: final invoices as they were printed, and the country that they were taxed in.",
            "Events, subscriptions and invoices stay under the customer's ID.",
        ),
        forget.customer,
        style="solid-bad",
        typed="reference",
    ),
}


class StepForm(DeskForm):
    """Nothing to fill in."""


class TypedForm(DeskForm):
    """The customer's own key, typed."""

    confirmation = forms.CharField(
        help_text="As it is shown above, capitals included.", label="Type it to confirm", strip=True
    )


class MoveCustomer(FormScreen):
    """One dialog for each step."""

    menu = "customers"
    has_calls = True

    @property
    def step(self) -> Step:
        found = STEPS.get(self.kwargs["verb"])
        if found is None:
            raise NotFound("There is no such action.")
        return found

    @cached_property
    def customer(self) -> Customer:
        return find(self, self.kwargs["pk"])

    @property
    def permission(self) -> str:  # type: ignore[override]
        return self.step.permission if self.kwargs["verb"] in STEPS else "CUSTOMER.VIEW"

    @property
    def form_class(self) -> type[DeskForm]:  # type: ignore[override]
        return TypedForm if self.step.typed else StepForm

    def show(self, form: DeskForm, *, status: int = 200, **extra: Any) -> HttpResponse:
        step = self.step
        self.title = f"{step.button}?"
        if "confirmation" in form.fields:
            form.fields["confirmation"].label = f"Type {self.key} to confirm"
        shown = {"verb": step.button, "verb_style": step.style}
        return super().show(form, status=status, **shown, **extra)

    @property
    def key(self) -> str:
        """What is to be typed."""
        return self.customer.reference or self.customer.public_id

    def facts(self) -> list[Fact]:
        return [Fact("Customer", self.customer.name or self.key), Fact("Reference", self.key)]

    def consequences(self) -> list[tuple[str, str]]:
        icons = ("bin", "lock", "info") if self.step.typed else ("info",)
        return list(zip(icons, self.step.effects, strict=True))

    def cancel_url(self) -> str:
        return reverse("desk:customer", args=[self.customer.public_id])

    def calls(self, form: Any) -> list[Call]:
        verb, path = self.kwargs["verb"], f"/v1/customers/{self.customer.public_id}"
        return [Call("DELETE", path) if verb == "delete" else Call("POST", f"{path}/{verb}")]

    def save(self, form: Any) -> HttpResponse:
        step = self.step
        if step.typed and form.cleaned_data["confirmation"] != self.key:
            raise InvalidField(f"Type {self.key}, exactly as it is written", field="confirmation")
        url = self.cancel_url()
        step.run(ctx=self.operator.ctx, instance=self.customer)
        back = reverse("desk:customers") if self.kwargs["verb"] == "delete" else url
        return self.done(back, step.said, undo=undo.url_for(self.operator))
