"""Filters of a list, as data: what narrows the rows, how the chip reads, which inputs ask for it.

Values stand in the query string under the filter's name, so that a filtered list is a link.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from desk.components import format
from desk.components.badges import word


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Exactly this text, at the model path ``path``."""

    kind: ClassVar[str] = "text"
    name: str
    label: str
    path: str = ""
    hint: str = ""

    def params(self) -> tuple[str, ...]:
        """The query parameters that belong to this filter."""
        return (self.name,)

    def values(self, query: QueryDict) -> list[str]:
        return [value for value in query.getlist(self.name) if value and "\x00" not in value]

    def apply(self, rows: QuerySet[Any], query: QueryDict) -> QuerySet[Any]:
        """The rows that pass; an empty filter narrows nothing."""
        values = self.values(query)
        return rows.filter(**{self.path: values[0]}) if values else rows

    def chip(self, query: QueryDict) -> str:
        """``Status is Draft, Active``, or nothing."""
        values = self.values(query)
        return f"{self.label} is {', '.join(map(self.label_of, values))}" if values else ""

    def label_of(self, value: str) -> str:
        return value

    def text(self, query: QueryDict) -> str:
        """What the input shows."""
        return next(iter(self.values(query)), "")


@dataclass(frozen=True, kw_only=True)
class Contains(Filter):
    """This text somewhere, whatever its case."""

    def apply(self, rows: QuerySet[Any], query: QueryDict) -> QuerySet[Any]:
        values = self.values(query)
        return rows.filter(**{f"{self.path}__icontains": values[0]}) if values else rows

    def chip(self, query: QueryDict) -> str:
        values = self.values(query)
        return f"{self.label} contains {values[0]}" if values else ""


@dataclass(frozen=True, kw_only=True)
class Choice(Filter):
    """Any of several words. ``narrow(rows, values)`` replaces the lookup where one is not enough."""

    kind: ClassVar[str] = "choice"
    choices: Sequence[tuple[str, str]] = ()
    narrow: Callable[[QuerySet[Any], list[str]], QuerySet[Any]] | None = None

    def values(self, query: QueryDict) -> list[str]:
        known = {value for value, _ in self.choices}
        return [value for value in query.getlist(self.name) if value in known]

    def apply(self, rows: QuerySet[Any], query: QueryDict) -> QuerySet[Any]:
        values = self.values(query)
        if not values:
            return rows
        return self.narrow(rows, values) if self.narrow else rows.filter(**{f"{self.path}__in": values})

    def label_of(self, value: str) -> str:
        return next((str(label) for known, label in self.choices if known == value), value)

    def options(self, query: QueryDict) -> list[tuple[str, str, bool]]:
        """(value, label, chosen) of every box."""
        chosen = set(self.values(query))
        return [(value, str(label), value in chosen) for value, label in self.choices]


@dataclass(frozen=True, kw_only=True)
class Days(Filter):
    """From a day to a day, both included, in the platform's zone; either may be open."""

    kind: ClassVar[str] = "days"

    def params(self) -> tuple[str, ...]:
        return (f"{self.name}_from", f"{self.name}_to")

    def apply(self, rows: QuerySet[Any], query: QueryDict) -> QuerySet[Any]:
        zone = timezone.get_current_timezone()
        first, last = self.first(query), self.last(query)
        if first:
            rows = rows.filter(**{f"{self.path}__gte": midnight(first, zone)})
        if last and last < date.max:
            rows = rows.filter(**{f"{self.path}__lt": midnight(last + timedelta(days=1), zone)})
        return rows

    def chip(self, query: QueryDict) -> str:
        first, last = self.first(query), self.last(query)
        zone = timezone.get_current_timezone()
        since = f" from {format.day(first, zone)}" if first else ""
        until = f" to {format.day(last, zone)}" if last else ""
        return f"{self.label}{since}{until}" if since or until else ""

    def first(self, query: QueryDict) -> date | None:
        return parse_day(query.get(f"{self.name}_from", ""))

    def last(self, query: QueryDict) -> date | None:
        return parse_day(query.get(f"{self.name}_to", ""))


def statuses(choices: Sequence[str], *, path: str = "status") -> Choice:
    """The status filter that most lists have."""
    return Choice(
        name="status", label="Status", path=path, choices=[(value, word(value)) for value in choices]
    )


def parse_day(text: str) -> date | None:
    """A date such as 2026-09-02, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def midnight(value: date, zone: tzinfo) -> datetime:
    """The instant at which the day begins in ``zone``."""
    return datetime.combine(value, time.min, zone).astimezone(UTC)
