"""Events as lists show them: names looked up for a whole page at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.urls import NoReverseMatch, reverse

from accounts.models import Platform
from billing.models import Customer
from desk.components import format
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


@dataclass(slots=True)
class Line:
    """An event made ready to be read. ``customer`` and ``meter`` are (name, where it leads)."""

    found: Found
    public_id: str
    reference: str
    timestamp: datetime
    received: datetime
    customer: tuple[str, str]
    customer_reference: str
    meter: tuple[str, str]
    meter_reference: str
    values: list[tuple[str, str]]
    properties: list[tuple[str, str]]
    repeats: int = 0

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
    """The lines of these events. Five queries at most, however many; events carry their meters."""
    events = [each.event for each in found]
    customers = _customers(platform, {event.customer_id for event in events})
    values = _references(MeterValue, platform, {key for event in events for key, *_ in figures(event)})
    properties = _references(
        MeterProperty, platform, {int(key) for event in events for key in event.properties or {}}
    )
    repeats = _repeats(platform, [event.pk for event in events])
    return [_line(each, customers, values, properties, repeats) for each in found]


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


def _line(
    found: Found,
    customers: dict[int, Customer],
    values: dict[int, str],
    properties: dict[int, str],
    repeats: dict[int, int],
) -> Line:
    event, row = found.event, customers.get(found.event.customer_id)
    name = (row.name or row.reference or row.public_id) if row else "Unknown"
    meter = event.meter
    return Line(
        found=found,
        public_id=found.duplicate.public_id if found.duplicate else event.public_id,
        reference=event.reference,
        timestamp=event.timestamp,
        received=found.duplicate.stored_at if found.duplicate else event.stored_at,
        customer=(str(name), link("customer", row.public_id) if row else ""),
        customer_reference=(row.reference or row.public_id) if row else "",
        meter=(meter.name or meter.reference, link("meter", meter.public_id)),
        meter_reference=meter.reference,
        values=[
            (values.get(key, ""), _figure(number, currency)) for key, number, currency, _ in figures(event)
        ],
        properties=[(properties.get(int(key), key), text) for key, text in (event.properties or {}).items()],
        repeats=repeats.get(event.pk, 0),
    )


def _figure(number: Decimal | None, currency: str | None) -> str:
    if number is None:
        return ""
    return f"{format.number(number)} {currency}" if currency else format.number(number)


def _customers(platform: Platform, keys: set[int]) -> dict[int, Customer]:
    rows = Customer.objects.filter(platform=platform, pk__in=keys) if keys else ()
    return {row.pk: row for row in rows}


def _references(
    model: type[MeterValue] | type[MeterProperty], platform: Platform, keys: set[int]
) -> dict[int, str]:
    if not keys:
        return {}
    return dict(model.objects.filter(platform=platform, pk__in=keys).values_list("pk", "reference"))


def _repeats(platform: Platform, keys: list[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    again = EventDuplicate.objects.filter(platform=platform, event_id__in=keys)
    for key in again.values_list("event_id", flat=True):
        found[key] = found.get(key, 0) + 1
    return found
