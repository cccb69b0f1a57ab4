"""The life of a meter, a meter value and a meter property."""

from __future__ import annotations

from django.db import models


class Status(models.TextChoices):
    """DRAFT is editable, ACTIVE counts, DEPRECATED counts for existing users, ARCHIVED is read-only."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    DEPRECATED = "DEPRECATED"
    ARCHIVED = "ARCHIVED"
