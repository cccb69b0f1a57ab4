"""Columns of a list: what a cell shows, how it sorts, what it exports.

``of`` reads the value from a row: an attribute path (``"customer.name"``) or a function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from desk.components import badges, format
from kit.money import Money, plain
from kit.period import format_instant

Reader = str | Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class Column:
    """Plain text. ``sort`` is a model path; ``more`` is a second, quiet line under the first."""

    name: str
    label: str
    of: Reader
    sort: str = ""
    more: Reader = ""
    end: bool = False
    optional: bool = False  # left out until the operator chooses it

    def value(self, row: Any) -> Any:
        return read(row, self.of)

    def html(self, row: Any) -> SafeString | str:
        """The cell's content."""
        second = read(row, self.more) if self.more else None
        if not second:
            return self.shown(self.value(row))
        return format_html('{}<small class="sub">{}</small>', self.shown(self.value(row)), second)

    def shown(self, value: Any) -> SafeString | str:
        return "" if value is None else format_html("{}", value)

    def headers(self) -> list[str]:
        """The names of the columns that this one fills in an export."""
        return [self.label]

    def export(self, row: Any) -> list[str]:
        """As many plain values as ``headers``."""
        value = self.value(row)
        return ["" if value is None else str(value)]


@dataclass(frozen=True, kw_only=True)
class Figure(Column):
    """A number, right aligned."""

    end: bool = True

    def shown(self, value: Decimal | int | None) -> SafeString | str:
        return "" if value is None else format_html('<span class="num">{}</span>', format.number(value))

    def export(self, row: Any) -> list[str]:
        value = self.value(row)
        return ["" if value is None else plain(Decimal(value))]


@dataclass(frozen=True, kw_only=True)
class Amount(Column):
    """A Money, right aligned; exported as a plain decimal and its currency."""

    end: bool = True

    def shown(self, value: Money | None) -> SafeString | str:
        if value is None:
            return ""
        return format_html('<span class="num">{}</span>', format.money(value.quantity, value.currency))

    def headers(self) -> list[str]:
        return [self.label, f"{self.label} currency"]

    def export(self, row: Any) -> list[str]:
        value = self.value(row)
        return ["", ""] if value is None else [plain(value.quantity), value.currency]


@dataclass(frozen=True, kw_only=True)
class Moment(Column):
    """An instant in the platform's zone; exported in UTC, ISO 8601."""

    def shown(self, value: datetime | None) -> SafeString | str:
        if value is None:
            return ""
        iso = format_instant(value)
        text = format.instant(value, timezone.get_current_timezone())
        return format_html(
            '<time class="num nowrap" datetime="{}" title="{} (UTC)">{}</time>', iso, iso, text
        )

    def export(self, row: Any) -> list[str]:
        value = self.value(row)
        return ["" if value is None else format_instant(value)]


@dataclass(frozen=True, kw_only=True)
class Status(Column):
    """A badge; ``of`` gives the status."""

    label: str = "Status"

    def shown(self, value: str | None) -> SafeString | str:
        return badges.Badge(value).__html__() if value else ""


@dataclass(frozen=True, kw_only=True)
class Code(Column):
    """An identifier."""

    def shown(self, value: str | None) -> SafeString | str:
        return format_html('<span class="mono">{}</span>', value) if value else ""


@dataclass(frozen=True, kw_only=True)
class Custom(Column):
    """A template of its own, given ``row`` and ``value``."""

    template: str

    def html(self, row: Any) -> SafeString | str:
        return SafeString(render_to_string(self.template, {"row": row, "value": self.value(row)}))


def read(row: Any, reader: Reader) -> Any:
    """The value that ``reader`` finds in ``row``; None where the path breaks off."""
    if callable(reader):
        return reader(row)
    return reduce(lambda value, name: getattr(value, name, None), reader.split("."), row)
