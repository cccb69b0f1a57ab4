"""Contacts: the people at a customer."""

from __future__ import annotations

from django.db import models

from accounts.models import TenantModel, unique_reference
from billing.models.customer import Customer


class Contact(TenantModel):
    """A person at a customer, with a name in the API's shape."""

    prefix = "cont"
    object_type = "CONTACT"
    shapes_matching = False

    reference = models.CharField(max_length=256)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contacts")
    name = models.JSONField(null=True, blank=True)
    email = models.CharField(max_length=320, blank=True)
    notification_preferences = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [unique_reference("contact")]
