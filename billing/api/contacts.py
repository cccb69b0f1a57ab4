"""``/v1/contacts``."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from rest_framework import serializers

from accounts.api.permissions import crud
from accounts.api.resources import Created, Deleted, Listed, Retrieved, Updated, Upserted
from billing.api.fields import EmailTextField, NotificationPreferenceSerializer
from billing.models import Contact, Customer
from billing.selectors import parties
from billing.services.customers import contacts
from kit.api import filters
from kit.api.fields import ReferenceField, reserved
from kit.api.links import LinkField
from kit.api.shapes import NameSerializer


class ContactSerializer(serializers.Serializer):
    """A person at a customer."""

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(source="public_id", read_only=True)
    reference = ReferenceField()
    customer_id = LinkField(Customer, source="customer")
    name = NameSerializer(required=False, allow_null=True)
    email = EmailTextField()
    notification_preferences = NotificationPreferenceSerializer(many=True, required=False)
    vars().update(reserved("custom_fields", "linked_integrations"))


class ContactViewSet(Listed, Retrieved, Created, Updated, Deleted, Upserted):
    """The people at customers."""

    tag = "contacts"
    model = Contact
    serializer_class = ContactSerializer
    service: ClassVar[ModuleType] = contacts
    selector = parties.contacts
    permissions = crud("CONTACT")
    filters = [filters.Linked("customer_id", "customer"), filters.NotYet("custom_field")]


def render(contact: Contact) -> dict[str, Any]:
    """The API's representation of a contact."""
    return dict(ContactSerializer(contact).data)
