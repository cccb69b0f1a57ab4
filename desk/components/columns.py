"""Columns of a list: what a cell shows, how it sorts, what it exports.

``of`` reads the value from a row: an attribute path (``"customer.name"``) or a function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from desk.components import badges, figures, format
from kit.money import Money, minor_units, plain
from kit.period import format_instant

Reader = str | Callable[[Any], Any]
PUBLIC_ID = "public_id"


@dataclass(frozen=True, kw_only=True)
class Column:
    """Plain text. ``sort`` is a model path; ``more`` is a second, quiet line under the first.

    ``exports`` replaces what an export writes: (heading, reader) of each value, such as the two ends of a
    period. Without it the value itself, and ``more`` where that is an attribute (``reference``).
    """

    name: str
    label: str
    of: Reader
    sort: str = ""
    more: Reader = ""
    end: bool = False
    optional: bool = False  # left out until the operator chooses it
    exports: Sequence[tuple[str, Reader]] = ()

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

    def over(self, rows: Sequence[Any]) -> Column:
        """The column as it shows these rows together."""
        return self

    def headers(self) -> list[str]:
        """The names of the columns that this one fills in an export."""
        return [heading for heading, _ in self.exported()]

    def export(self, row: Any) -> list[str]:
        """As many plain values as ``headers``: decimals in full, instants in UTC, ISO 8601."""
        return [bare(read(row, reader)) for _, reader in self.exported()]

    def exported(self) -> Sequence[tuple[str, Reader]]:
        """(heading, reader) of every value that an export writes."""
        if self.exports:
            return self.exports
        own = (self.label, self.of)
        if not isinstance(self.more, str) or self.more in ("", PUBLIC_ID):  # the export has the id anyway
            return [own]
        return [own, (self.more.rpartition(".")[2].replace("_", " ").capitalize(), self.more)]


@dataclass(frozen=True, kw_only=True)
class Figure(Column):
    """A number, right aligned; those of one page line up on the decimal point, the longest of ``places``."""

    end: bool = True
    places: int = 0

    def over(self, rows: Sequence[Any]) -> Column:
        """With the places of the row that has most."""
        return replace(self, places=figures.most_places(self.value(row) for row in rows))

    def shown(self, value: Decimal | int | None) -> SafeString | str:
        return figures.figure(value, most=self.places)


@dataclass(frozen=True, kw_only=True)
class Amount(Column):
    """A Money, on the decimal point of its page; exported as a plain decimal and its currency."""

    end: bool = True
    places: int = 0

    def over(self, rows: Sequence[Any]) -> Column:
        """With the places of the currency of the page that has most."""
        found = filter(None, (self.value(row) for row in rows))
        return replace(self, places=max((minor_units(each.currency) for each in found), default=0))

    def shown(self, value: Money | None) -> SafeString | str:
        return _amount(value, self.places) if value else ""

    def headers(self) -> list[str]:
        return [self.label, f"{self.label} currency"]

    def export(self, row: Any) -> list[str]:
        value = self.value(row)
        return ["", ""] if value is None else [plain(value.quantity), value.currency]


@dataclass(frozen=True, kw_only=True)
class Amounts(Column):
    """Money of several currencies, the last on the decimal point of its page; ``exports`` write it."""

    end: bool = True
    places: int = 0

    def over(self, rows: Sequence[Any]) -> Column:
        """With the places of the currency of the page that has most."""
        found = (each for row in rows for each in self.value(row) or ())
        return replace(self, places=max((minor_units(each.currency) for each in found), default=0))

    def shown(self, value: Sequence[Money] | None) -> SafeString | str:
        if not value:
            return ""
        *before, last = value
        words = "".join(f"{format.money(each.quantity, each.currency)} + " for each in before)
        return format_html('<span class="num nowrap">{}{}</span>', words, _amount(last, self.places))


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


@dataclass(frozen=True, kw_only=True)
class Day(Moment):
    """The same without the time, which stands in the tooltip."""

    def shown(self, value: datetime | None) -> SafeString | str:
        if value is None:
            return ""
        iso = format_instant(value)
        text = format.day(value, timezone.get_current_timezone())
        return format_html(
            '<time class="num nowrap" datetime="{}" title="{} (UTC)">{}</time>', iso, iso, text
        )


@dataclass(frozen=True, kw_only=True)
class Phrase(Column):
    """A few words with figures that stay on one line."""

    def shown(self, value: str | None) -> SafeString | str:
        return format_html('<span class="num nowrap">{}</span>', value) if value else ""


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
        return format_html('<span class="mono nowrap">{}</span>', value) if value else ""


@dataclass(frozen=True, kw_only=True)
class Custom(Column):
    """A template of its own, given ``row`` and ``value``."""

    template: str

    def html(self, row: Any) -> SafeString | str:
        return SafeString(render_to_string(self.template, {"row": row, "value": self.value(row)}))


def _amount(value: Money, most: int) -> SafeString:
    text = format.money(value.quantity, value.currency)
    return figures.aligned(text, minor_units(value.currency), most)


def bare(value: Any) -> str:
    """A value as a program reads it: no grouping, no symbol, ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return plain(value) if isinstance(value, Decimal) else str(value)


def read(row: Any, reader: Reader) -> Any:
    """The value that ``reader`` finds in ``row``; None where the path breaks off."""
    if callable(reader):
        return reader(row)
    return reduce(lambda value, name: getattr(value, name, None), reader.split("."), row)
