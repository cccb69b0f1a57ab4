"""A row of any model, made without knowing the model: what laws about all tables are tested on."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from typing import Any

from django.apps import apps
from django.db import models

from accounts.models import Platform
from kit.testing import NOON

OURS = ("accounts", "webhooks", "metering", "catalog", "billing", "desk")
_numbers = itertools.count(1)


def our_models() -> list[type[models.Model]]:
    """Every model of our apps, by name."""
    found = [model for model in apps.get_models() if model._meta.app_label in OURS]
    return sorted(found, key=lambda model: model._meta.label)


def row_of(model: type[models.Model], *, platform: Platform) -> Any:
    """A stored row of ``model`` on ``platform``; the rows that it points at are made as well."""
    if model is Platform:
        return platform
    values = {
        field.name: value_for(field, platform)
        for field in model._meta.fields
        if not isinstance(field, models.AutoField) and (needed(field) or field.name == "platform")
    }
    return model._base_manager.create(**values)


def rows_of(model: type[models.Model], *, platform: Platform, most: int) -> list[Any]:
    """Several such rows: one, where a platform has only one, or one of a kind."""
    fixed = {field.name for field in model._meta.fields if field.name == "platform" or field.choices}
    keys = [each.fields for each in model._meta.total_unique_constraints]
    keys += [(field.name,) for field in model._meta.fields if field.unique]
    alone = any(fixed.issuperset(names) for names in keys)
    return [row_of(model, platform=platform) for _ in range(1 if alone else most)]


def needed(field: models.Field) -> bool:
    if field.name in EXTRA:
        return True
    return not field.null and not field.has_default() and not field.has_db_default()


# What some check constraint wants of a row that could do without.
EXTRA = {"meter_value", "meter_property", "product_category"}


def value_for(field: models.Field, platform: Platform) -> Any:
    if field.remote_field:
        target = field.remote_field.model
        return platform if target is Platform else row_of(target, platform=platform)
    if field.choices:
        return next(iter(field.flatchoices))[0]
    return made(field, next(_numbers))


def made(field: models.Field, number: int) -> Any:
    """A value of the field's type; texts differ from row to row."""
    if isinstance(field, models.DateTimeField):
        return NOON + dt.timedelta(hours=number)
    if isinstance(field, models.UUIDField):
        return uuid.UUID(int=number)
    if isinstance(field, models.BinaryField):
        return number.to_bytes(16, "big")
    if isinstance(field, models.JSONField):
        return {"note": "<b>ü</b>"}
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.EmailField):
        return f"person{number}@acme.example"
    if field.name == "base_currency":
        return "USD"
    if isinstance(field, models.CharField | models.TextField):
        return f"x{number}"[: field.max_length or 99] if (field.max_length or 99) > 3 else "EUR"
    return number
