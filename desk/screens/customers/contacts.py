"""The people at a customer: added, changed and removed in a dialog."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.urls import reverse

from billing.api.contacts import ContactSerializer
from billing.models import Contact, Customer
from billing.selectors import parties
from billing.services.customers import contacts
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.forms.base import DeskForm, ReferenceField
from desk.forms.requests import changed, understood
from desk.screens.customers.form import find
from desk.screens.forms import FormScreen
from kit.errors import NotFound


class ContactForm(DeskForm):
    """A name and an address."""

    first_name = forms.CharField(
        help_text="Leave it empty where only the last name is known.", max_length=200, required=False
    )
    last_name = forms.CharField(help_text="The family name, or what the contact is called.", max_length=200)
    email = forms.CharField(help_text="Where invoices go.", label="Email", max_length=320)
    reference = ReferenceField(follows="email")
    rows = (("first_name", "last_name"),)
    api_names = {"name.first_name": "first_name", "name.last_name": "last_name", "name": "last_name"}

    def body(self, customer: Customer) -> dict[str, Any]:
        """The API's request."""
        values = self.cleaned_data
        name = {part: values[part] for part in ("first_name", "last_name") if values[part]}
        return {
            "customer_id": customer.public_id,
            "reference": values["reference"],
            "name": name,
            "email": values["email"],
        }


def name_of(contact: Contact) -> str:
    """What a contact is called."""
    name = contact.name or {}
    parts = (name.get(part) for part in ("first_name", "infix", "last_name"))
    return " ".join(filter(None, parts)) or contact.email or contact.reference


class ContactScreen(FormScreen):
    """What the three dialogs share."""

    menu = "customers"
    has_calls = True

    @cached_property
    def customer(self) -> Customer:
        return find(self, self.kwargs["customer"])

    @cached_property
    def contact(self) -> Contact:
        rows = parties.contacts(self.operator.platform).filter(customer=self.customer)
        row: Contact | None = rows.filter(public_id=self.kwargs["pk"]).first()
        if row is None:
            raise NotFound("There is no such contact.")
        return row

    def cancel_url(self) -> str:
        return reverse("desk:customer-tab", args=[self.customer.public_id, "details"])


class NewContact(ContactScreen):
    """Someone who is told about invoices."""

    permission = "CONTACT.CREATE"
    title = "Add contact"
    verb = "Add contact"
    message = "Contact added"
    form_class = ContactForm

    def calls(self, form: Any) -> list[Call]:
        return [Call("POST", "/v1/contacts", form.body(self.customer))] if form.is_valid() else []

    def save(self, form: Any) -> str:
        body = form.body(self.customer)
        fields = understood(ContactSerializer, body, platform=self.operator.platform)
        contacts.create(ctx=self.operator.ctx, fields=fields)
        return self.cancel_url()


class EditContact(ContactScreen):
    """Another name or address."""

    permission = "CONTACT.UPDATE"
    title = "Edit contact"
    verb = "Save contact"
    message = "Contact saved"
    form_class = ContactForm

    def subject(self) -> Contact:
        return self.contact

    def initial(self) -> dict[str, Any]:
        row = self.contact
        return {**(row.name or {}), "email": row.email, "reference": row.reference}

    def calls(self, form: Any) -> list[Call]:
        path = f"/v1/contacts/{self.contact.public_id}"
        return [Call("PATCH", path, form.body(self.customer))] if form.is_valid() else []

    def save(self, form: Any) -> str:
        platform, body = self.operator.platform, form.body(self.customer)
        fields = changed(ContactSerializer, body, platform=platform, row=self.contact)
        contacts.update(ctx=self.operator.ctx, instance=self.contact, fields=fields)
        return self.cancel_url()


class RemoveContact(ContactScreen):
    """For good."""

    permission = "CONTACT.DELETE"
    title = "Remove this contact?"
    verb = "Remove contact"
    verb_style = "solid-bad"
    message = "Contact removed"

    def facts(self) -> list[Fact]:
        return [Fact("Name", name_of(self.contact)), Fact("Email", self.contact.email)]

    def consequences(self) -> list[tuple[str, str]]:
        return [("bin", "Nothing is sent to this person any more.")]

    def calls(self, form: Any) -> list[Call]:
        return [Call("DELETE", f"/v1/contacts/{self.contact.public_id}")]

    def save(self, form: Any) -> str:
        contacts.delete(ctx=self.operator.ctx, instance=self.contact)
        return self.cancel_url()
