"""A list's filters, columns and sort under a name, shown as a tab."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from accounts.models import TenantModel, known


class Visibility(models.TextChoices):
    PRIVATE = "PRIVATE", "Only me"
    SHARED = "SHARED", "Everyone"


class SavedView(TenantModel):
    """``query`` is the list's query string without page and view."""

    prefix = "view"
    object_type = "SAVED_VIEW"
    shapes_matching = False

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    table = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.PRIVATE)
    query = models.CharField(max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "owner", "table", "name"], name="saved_view_unique"),
            known("visibility", Visibility, model="saved_view"),
        ]
