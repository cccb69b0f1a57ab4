"""Events as lists show them: names looked up for a whole page at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import NoReverseMatch, reverse

from accounts.models import Platform
from billing.models import Customer
from desk.components import format
from metering.api.event_shape import Shown
from metering.models import Event, EventDuplicate, MeterProperty, MeterValue
from metering.selectors.events import Found

LATE_ARRIVAL = timedelta(minutes=5)
REASONS = {
    "CUSTOMER_NOT_ACTIVE": "Customer not active",
    "NO_ACTIVE_SUBSCRIPTION": "No active subscription",
    "IN_TRIAL": "In trial",
    "SEVERAL_SUBSCRIPTIONS": "Several subscriptions",
    "NO_PRODUCT_ITEM": "Meter not in the plan",
    "CURRENCY_MISMATCH": "Another currency",
    "NO_MATCHING_RULE": "No rule matches",
    "NO_PRICES": "No prices yet",
}


@dataclass(frozen=True, slots=True)
class Names:
    """What a page of events names."""

    customers: dict[int, Customer]
    carried: dict[tuple[str, int], tuple[str, str]]
    repeats: dict[int, int]

    def value(self, key: int) -> tuple[str | None, str | None]:
        return self.carried.get(("v", key), (None, None))

    def property(self, key: str) -> tuple[str | None, str | None]:
        return self.carried.get(("p", int(key)), (None, None))


@dataclass(slots=True)
class Line:
    """An event made ready to be read. ``customer`` and ``meter`` are (name, where it leads)."""

    found: Found
    document: Shown
    customer: tuple[str, str]
    meter: tuple[str, str]
    repeats: int = 0

    @property
    def public_id(self) -> str:
        return self.document.public_id or ""

    @property
    def reference(self) -> str:
        return self.document.reference

    @property
    def timestamp(self) -> datetime:
        return self.document.timestamp

    @property
    def received(self) -> datetime:
        return self.document.stored_at or self.document.timestamp

    @property
    def customer_reference(self) -> str:
        key, reference = self.document.customer
        return reference or key or ""

    @property
    def values(self) -> list[tuple[str, str]]:
        return [(name or "", _figure(number, code)) for _, name, number, code, _ in self.document.values]

    @property
    def properties(self) -> list[tuple[str, str]]:
        return [(name or "", text) for _, name, text in self.document.properties]

    @property
    def kind(self) -> str:
        return self.found.fate.kind.value

    @property
    def reason(self) -> str:
        variant = self.found.fate.variant or ""
        return REASONS.get(variant, format_word(variant)) if variant else ""

    @property
    def lag(self) -> str:
        """How much later it arrived than it happened, when that is worth saying."""
        late = self.received - self.timestamp
        return format.duration(late) if late > LATE_ARRIVAL else ""

    @property
    def few(self) -> list[tuple[str, str]]:
        return self.properties[:2]

    @property
    def rest(self) -> int:
        return max(0, len(self.properties) - 2)

    def __str__(self) -> str:
        return self.reference


def told(platform: Platform, found: Sequence[Found]) -> list[Line]:
    """The lines of these events. Three queries at most, however many; events carry their meters."""
    events = [each.event for each in found]
    names = Names(
        customers=_customers(platform, {event.customer_id for event in events}),
        carried=_carried(platform, events),
        repeats=_repeats(platform, events),
    )
    return [_line(each, names) for each in found]


def with_repeats(rows: QuerySet[Event]) -> QuerySet[Event]:
    """The events with their meters, and with how often each was sent again as ``repeats``."""
    again = EventDuplicate.objects.filter(event=OuterRef("pk")).order_by().values("event")
    count = Subquery(again.annotate(count=Count("pk")).values("count"))
    return rows.select_related("meter").annotate(repeats=Coalesce(count, 0))


def figures(event: Event) -> list[tuple[int, Decimal | None, str | None, int | None]]:
    """(meter value key, number, currency, units) of every value that the event carries."""
    if event.meter_value_id is None:
        return []
    first = (event.meter_value_id, event.number, event.currency, event.count)
    return [first, *((each["v"], Decimal(each["n"]), each["c"], each["k"]) for each in event.more or ())]


def link(name: str, *args: str) -> str:
    """Where ``desk:<name>`` is, or nothing while no such screen exists."""
    try:
        return reverse(f"desk:{name}", args=args)
    except NoReverseMatch:
        return ""


def format_word(variant: str) -> str:
    return variant.replace("_", " ").capitalize()


def _line(found: Found, names: Names) -> Line:
    event, row = found.event, names.customers.get(found.event.customer_id)
    name = (row.name or row.reference or row.public_id) if row else "Unknown"
    meter, nobody = event.meter, (None, None)
    document = Shown(
        public_id=found.duplicate.public_id if found.duplicate else event.public_id,
        reference=event.reference,
        customer=(row.public_id, row.reference) if row else nobody,
        meter=(meter.public_id, meter.reference),
        subscription=nobody,
        timestamp=event.timestamp,
        stored_at=found.duplicate.stored_at if found.duplicate else event.stored_at,
        values=[(*names.value(key), number, code, units) for key, number, code, units in figures(event)],
        properties=[(*names.property(key), text) for key, text in (event.properties or {}).items()],
        is_deleted=event.deleted_at is not None,
        original=event.public_id if found.duplicate else None,
    )
    return Line(
        found=found,
        document=document,
        customer=(str(name), link("customer", row.public_id) if row else ""),
        meter=(meter.name or meter.reference, link("meter", meter.public_id)),
        repeats=names.repeats.get(event.pk, 0),
    )


def _figure(number: Decimal | None, currency: str | None) -> str:
    if number is None:
        return ""
    return f"{format.number(number)} {currency}" if currency else format.number(number)


def _customers(platform: Platform, keys: set[int]) -> dict[int, Customer]:
    rows = Customer.objects.filter(platform=platform, pk__in=keys) if keys else ()
    return {row.pk: row for row in rows}


def _carried(platform: Platform, events: Sequence[Event]) -> dict[tuple[str, int], tuple[str, str]]:
    """("v" or "p", key) -> (public id, reference) of the values and properties on these events."""
    values = {key for event in events for key, *_ in figures(event)}
    properties = {int(key) for event in events for key in event.properties or {}}
    if not values and not properties:
        return {}
    columns = ("kind", "pk", "public_id", "reference")
    mine = MeterValue.objects.filter(platform=platform, pk__in=values).annotate(kind=Value("v"))
    others = MeterProperty.objects.filter(platform=platform, pk__in=properties).annotate(kind=Value("p"))
    rows = mine.values_list(*columns).union(others.values_list(*columns))
    return {(kind, pk): (public_id, reference) for kind, pk, public_id, reference in rows}


def _repeats(platform: Platform, events: Sequence[Event]) -> dict[int, int]:
    """How often each was sent again; asked for unless the events know already."""
    if all(hasattr(event, "repeats") for event in events):
        return {event.pk: event.repeats for event in events}  # type: ignore[attr-defined]
    again = EventDuplicate.objects.filter(platform=platform, event__in=events)
    return dict(again.values_list("event").annotate(count=Count("pk")))
