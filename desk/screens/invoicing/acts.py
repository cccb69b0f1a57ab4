"""What may be done with an invoice: finalize with its consequences shown, hold, release, record as paid."""

from __future__ import annotations

from decimal import Decimal
from decimal import InvalidOperation as NotDecimal
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from billing.models import Invoice, InvoiceStatus
from billing.selectors import invoices as selectors
from billing.services.invoices import finalize, invoices, numbering
from desk.components import format
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.forms.base import DeskForm
from desk.screens.forms import CONFLICT, FormScreen
from desk.screens.invoicing import names
from desk.screens.invoicing.invoice import content_of
from desk.screens.press import Press
from kit.errors import InvalidOperation, NotFound, TallydeskError
from kit.money import fixed
from webhooks.selectors import webhooks


class InvoiceForm(FormScreen):
    """A confirmation about one invoice."""

    permission = "INVOICE.UPDATE"
    menu = "invoices"
    has_calls = True
    change: ClassVar[dict[str, Any]]  # what the API's PATCH takes

    def calls(self, form: Any) -> list[Call]:
        return [Call("PATCH", f"/v1/invoices/{self.invoice.public_id}", self.change)]

    @cached_property
    def invoice(self) -> Invoice:
        """The invoice in the path."""
        row = selectors.rows(self.operator.platform).filter(public_id=self.kwargs["pk"]).first()
        if row is None:
            raise NotFound("There is no such invoice.")
        return row

    def cancel_url(self) -> str:
        return reverse("desk:invoice", args=[self.kwargs["pk"]])

    def facts(self) -> list[Fact]:
        total = content_of(self.operator.platform, self.invoice).total
        shown = format.money_with_code(total, self.invoice.currency) if total is not None else "Not known"
        return [
            Fact("Customer", names.customer(self.invoice)),
            Fact("Period", names.period(self.invoice)),
            Fact("Total", shown),
        ]


class FinalizeForm(DeskForm):
    """The total that the operator saw."""

    seen_total = forms.CharField(widget=forms.HiddenInput, required=False)


class TotalChanged(InvalidOperation):
    """Usage came in between showing the total and confirming it."""

    status = 409


class Finalize(InvoiceForm):
    """Makes the draft final, for the total that was shown and no other."""

    title = "Finalize this invoice?"
    verb = "Finalize invoice"
    keep = "Keep as draft"
    form_class = FinalizeForm
    message = "Invoice finalized"
    change = {"status": "FINAL"}

    def initial(self) -> dict[str, Any]:
        return {"seen_total": self.total}

    @cached_property
    def total(self) -> str:
        """What it comes to now, as a plain decimal; empty where it cannot be drawn up."""
        content = content_of(self.operator.platform, self.invoice)
        if content.error is not None:
            raise content.error
        return "" if content.total is None else fixed(content.total, self.invoice.currency)

    def facts(self) -> list[Fact]:
        row = self.invoice
        return [
            Fact("Customer", names.customer(row)),
            Fact("Total", format.money_with_code(Decimal(self.total or 0), row.currency)),
            Fact("Number", numbering.next_number(invoice=row, at=self.operator.at)),
            Fact("By itself", "Only after release" if row.on_hold else names.final_in(row, self.operator.at)),
        ]

    def consequences(self) -> list[tuple[str, str]]:
        count = webhooks.rows(self.operator.platform).filter(active=True).count()
        to = "1 endpoint hears" if count == 1 else f"{count or 'No'} endpoints hear"
        found = [
            ("lock", "Lines, prices and parties are locked. This cannot be undone."),
            ("doc", "It gets its number, its date and its due date."),
            ("hook", f"{to} about it as invoice.finalized."),
        ]
        if self.invoice.period_end > self.operator.at:
            found.append(("warn", "The period still runs: usage that follows is billed by the next invoice."))
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.invoice.status != InvoiceStatus.DRAFT:
            return self.done(self.cancel_url(), "Invoice is already final")
        return super().get(request, *args, **kwargs)

    def save(self, form: Any) -> str:
        seen = _decimal(form.cleaned_data["seen_total"])
        final = finalize.invoice(ctx=self.operator.ctx, instance=self.invoice)
        if seen is None or final.amount_including_tax != seen:
            raise TotalChanged(_changed(final, seen))
        return self.cancel_url()

    def show_refused(self, form: DeskForm, error: TallydeskError) -> HttpResponse:
        """After another total: the dialog again, with the new one."""
        if not isinstance(error, TotalChanged):
            return super().show_refused(form, error)
        self.__dict__.pop("invoice", None)
        self.__dict__.pop("total", None)
        fresh = FinalizeForm(initial=self.initial())
        return self.show(fresh, status=CONFLICT, description=error.message)


def _changed(final: Invoice, seen: Decimal | None) -> str:
    if seen is None:
        return "Look at the total once more, then confirm it."
    change = format.money(abs(final.amount_including_tax - seen), final.currency)
    return f"Total changed by {change} since you opened this. Nothing was finalized: confirm the new total."


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except NotDecimal:
        return None
    return value if value.is_finite() else None


class Release(InvoiceForm):
    """Lets a held draft go on."""

    title = "Release this hold?"
    verb = "Release hold"
    keep = "Keep on hold"
    message = "Hold released"
    change = {"on_hold": False}

    def consequences(self) -> list[tuple[str, str]]:
        return [("clock", "Its grace period starts again, then it becomes final by itself.")]

    def save(self, form: Any) -> HttpResponse:
        invoices.update(ctx=self.operator.ctx, instance=self.invoice, fields={"on_hold": False})
        undo = reverse("desk:invoice-hold", args=[self.kwargs["pk"]])
        return self.done(self.cancel_url(), self.message, undo=undo)


class Paid(InvoiceForm):
    """Books what is open as received."""

    title = "Record this invoice as paid?"
    verb = "Record as paid"
    message = "Payment recorded"
    change = {"paid": True}

    def consequences(self) -> list[tuple[str, str]]:
        return [("check", "What is still open counts as received. It is not taken back here.")]

    def save(self, form: Any) -> str:
        invoices.update(ctx=self.operator.ctx, instance=self.invoice, fields={"paid": True})
        return self.cancel_url()


class Hold(Press):
    """Keeps a draft from becoming final by itself; undone by ``Unhold``."""

    permission = "INVOICE.UPDATE"
    menu = "invoices"
    holds = True

    def get(self, request: HttpRequest, pk: str) -> HttpResponse:
        return self.see_other(reverse("desk:invoice", args=[pk]))

    def calls(self) -> list[Call]:
        return [Call("PATCH", f"/v1/invoices/{self.kwargs['pk']}", {"on_hold": self.holds})]

    def press(self, request: HttpRequest, pk: str) -> HttpResponse:  # type: ignore[override]
        row = selectors.rows(self.operator.platform).filter(public_id=pk).first()
        if row is None:
            raise NotFound("There is no such invoice.")
        with transaction.atomic():
            invoices.update(ctx=self.operator.ctx, instance=row, fields={"on_hold": self.holds})
        undo = reverse("desk:invoice-unhold" if self.holds else "desk:invoice-hold", args=[pk])
        said = "Invoice put on hold" if self.holds else "Hold released"
        return self.done(reverse("desk:invoice", args=[pk]), said, undo=undo)


class Unhold(Hold):
    """The way back, from the toast."""

    holds = False
