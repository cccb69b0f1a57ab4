"""The columns and filters of the list of events, and how a cell is written in an export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import SimpleLazyObject

from accounts.models import Platform
from billing.models import Customer
from desk.components.columns import bare
from desk.components.filters import Filter
from desk.screens.usage_metering.event_lines import Line
from desk.tables import Choice, Code, Column, Custom, Days, Figure, Moment, Table
from metering.ports import FateKind
from metering.selectors import event_kinds, event_lists, events, meter_names

MATCHES = [
    ("MATCHED", "Matched"),
    ("NOT_MATCHED", "Unmatched"),
    ("DUPLICATE", "Duplicate"),
    ("LATE", "Late"),
    ("DELETED", "Deleted"),
]
CELLS = "desk/usage_metering/cells/"


@dataclass(frozen=True, kw_only=True)
class CustomerNamed(Filter):
    """The customers of this id, reference or part of a name."""

    platform: Platform

    def apply(self, rows: QuerySet[Any], query: QueryDict) -> QuerySet[Any]:
        values = self.values(query)
        if not values:
            return rows
        mine = Customer.objects.filter(platform=self.platform)
        named = (
            mine.filter(public_id=values[0])
            | mine.filter(reference=values[0])
            | mine.filter(name__icontains=values[0])
        )
        return rows.filter(customer_id__in=named.values_list("pk", flat=True))


def of(platform: Platform) -> Table:
    """The list's columns and filters; the meters to choose from are the platform's."""
    return Table(
        key="events",
        one="event",
        many="events",
        default="-received",
        columns=_columns(),
        filters=_filters(platform),
        search=("reference",),
    )


def _columns() -> list[Column]:
    return [
        Moment(name="timestamp", label="Timestamp", of="timestamp", sort="timestamp"),
        Custom(name="received", label="Received", of="received", sort="pk", template=f"{CELLS}received.html"),
        Custom(
            name="customer",
            label="Customer",
            of=lambda row: row.customer[0],
            template=f"{CELLS}customer.html",
        ),
        Custom(name="meter", label="Meter", of=lambda row: row.meter[0], template=f"{CELLS}meter.html"),
        Custom(
            name="values",
            label="Values",
            of=_pairs("values"),
            end=True,
            template=f"{CELLS}values.html",
            exports=[("Values", _plain_values), ("Currency", _currency)],
        ),
        Custom(
            name="properties", label="Properties", of=_pairs("properties"), template=f"{CELLS}properties.html"
        ),
        Custom(name="match", label="Match", of="kind", template=f"{CELLS}match.html"),
        Code(name="reference", label="Reference", of="reference", sort="reference"),
        Figure(name="repeats", label="Duplicates", of="repeats", optional=True),
        Column(name="reason", label="Reason", of="reason", optional=True),
    ]


def _filters(platform: Platform) -> list[Filter]:
    meters = SimpleLazyObject(lambda: meter_names.of(platform))
    return [
        Choice(name="meter", label="Meter", path="meter__public_id", choices=cast(Any, meters)),
        CustomerNamed(name="customer", label="Customer", hint="Name, reference or ID", platform=platform),
        Choice(
            name="match",
            label="Match",
            choices=MATCHES,
            narrow=lambda rows, kinds: _of_kinds(platform, rows, kinds),
        ),
        Days(name="timestamp", label="Timestamp", path="timestamp"),
    ]


def _pairs(name: str) -> Any:
    """A cell of (name, text) pairs as one line of text, for exports."""

    def read(line: Line) -> str:
        return ", ".join(f"{key}={text}" for key, text in getattr(line, name))

    return read


def _plain_values(line: Line) -> str:
    """``calls=12500; minutes=1.5``: plain decimals, for exports."""
    return "; ".join(
        f"{name}={bare(number)}" for _, name, number, _, _ in line.document.values if number is not None
    )


def _currency(line: Line) -> str:
    """The currency of the values that are money."""
    return ", ".join(dict.fromkeys(code for _, _, _, code, _ in line.document.values if code))


def _of_kinds(platform: Platform, rows: QuerySet[Any], kinds: list[str]) -> QuerySet[Any]:
    if kinds == [FateKind.DELETED]:
        return rows.filter(deleted_at__isnull=False)
    return event_lists.among(rows, _keys_of(platform, rows, set(kinds)))


def _keys_of(platform: Platform, rows: QuerySet[Any], kinds: set[str]) -> list[int]:
    """Those of the newest events whose fate is one of ``kinds``; a duplicate shows its first event."""
    wanted = {FateKind(kind) for kind in kinds}
    keys = event_lists.keys_of(platform, rows, wanted)
    if FateKind.DUPLICATE in wanted:
        keys += events.duplicates(platform).values_list("event_id", flat=True)[: event_kinds.SCANNED]
    return keys
