"""Query parameters that narrow a list, declared as data so that the schema can print them.

filters = [Equals("customer_id", "customer__public_id"), OneOf("statuses[]", "status", Status.values)]
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from kit.api.parsing import UNPRINTABLE
from kit.errors import InvalidField
from kit.period import parse_instant


@dataclass(frozen=True)
class Filter:
    """One parameter ``name`` that narrows by the model path ``path``."""

    name: str
    path: str

    def apply(self, rows: QuerySet[Any], query: QueryDict) -> QuerySet[Any]:
        raw = query.get(self.name)
        if raw is None:
            return rows
        return rows.filter(**{self.path: clean(raw, field=self.name)})

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}


class Equals(Filter):
    """Exactly this text."""


class Linked(Filter):
    """The row that ``path`` points at, named by its id or its reference."""

    def apply(self, rows: QuerySet[Any], query: QueryDict) -> QuerySet[Any]:
        raw = query.get(self.name)
        if raw is None:
            return rows
        key = clean(raw, field=self.name)
        return rows.filter(Q(**{f"{self.path}__public_id": key}) | Q(**{f"{self.path}__reference": key}))


@dataclass(frozen=True)
class Flag(Filter):
    """true or false."""

    def apply(self, rows: QuerySet[Any], query: QueryDict) -> QuerySet[Any]:
        raw = query.get(self.name)
        if raw is None:
            return rows
        if raw not in ("true", "false"):
            raise InvalidField("must be true or false", field=self.name)
        return rows.filter(**{self.path: raw == "true"})

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class OneOf(Filter):
    """Any of several words: ``statuses[]=ACTIVE&statuses[]=DRAFT``."""

    choices: tuple[str, ...]

    def apply(self, rows: QuerySet[Any], query: QueryDict) -> QuerySet[Any]:
        values = query.getlist(self.name)
        for value in values:
            if value not in self.choices:
                raise InvalidField(f"must be one of {', '.join(self.choices)}", field=self.name)
        return rows.filter(**{f"{self.path}__in": values}) if values else rows

    def schema(self) -> dict[str, Any]:
        word = {"type": "string", "enum": list(self.choices)}
        return {"type": "array", "items": word} if self.name.endswith("[]") else word


@dataclass(frozen=True)
class Range(Filter):
    """An interval of instants, ends included: ``start_at=[2026-01-01T00:00:00Z,2026-03-31T23:59:59Z]``."""

    def apply(self, rows: QuerySet[Any], query: QueryDict) -> QuerySet[Any]:
        raw = query.get(self.name)
        if raw is None:
            return rows
        first, last = parse_range(raw, field=self.name)
        return rows.filter(**{f"{self.path}__gte": first, f"{self.path}__lte": last})

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "example": "[2026-01-01T00:00:00Z,2026-03-31T23:59:59Z]"}


class NotYet(Filter):
    """A parameter whose feature does not exist yet: refused, because ignoring it would widen the list."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "")

    def apply(self, rows: QuerySet[Any], query: QueryDict) -> QuerySet[Any]:
        refuse(query, self.name)
        return rows


def refuse(query: QueryDict, *names: str) -> None:
    """Raise InvalidField for a parameter that would have to do something and cannot yet."""
    for name in names:
        if query.get(name):
            raise InvalidField("not supported yet", field=name)


def parse_range(raw: str, *, field: str) -> tuple[datetime, datetime]:
    """The two instants of ``[from,to]``."""
    parts = raw[1:-1].split(",")
    if not (raw.startswith("[") and raw.endswith("]") and len(parts) == 2):
        raise InvalidField("must be a range [from,to] of two instants", field=field)
    first, last = (parse_instant(part.strip().replace(" ", "+"), field=field) for part in parts)
    if first > last:
        raise InvalidField("the range ends before it begins", field=field)
    return first, last


def clean(raw: str, *, field: str) -> str:
    """A query value without characters that no database stores."""
    if UNPRINTABLE.search(raw):
        raise InvalidField("must not contain control characters", field=field)
    return raw


def order(
    rows: QuerySet[Any], query: QueryDict, orderable: dict[str, str], *, default: str, direction: str
) -> QuerySet[Any]:
    """Apply ``order_by`` and ``order_direction``; the row's key breaks every tie (B44)."""
    name = query.get("order_by") or default
    if name not in orderable:
        raise InvalidField(f"must be one of {', '.join(sorted(orderable))}", field="order_by")
    direction = query.get("order_direction", direction)
    if direction not in ("asc", "desc"):
        raise InvalidField("must be asc or desc", field="order_direction")
    sign = "-" if direction == "desc" else ""
    return rows.order_by(f"{sign}{orderable[name]}", f"{sign}pk")
