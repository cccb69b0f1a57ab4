"""How an event looks: the contract's MeterData, from what was just stored and from the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from kit import ids
from kit.money import plain
from kit.period import format_instant
from metering.models import Event
from metering.ports import Fate, FateKind

TYPES = {FateKind.NOT_MATCHED: "NOT_MATCHED", FateKind.DUPLICATE: "DUPLICATE"}


@dataclass(slots=True)
class Shown:
    """An event with its names resolved, ready to be printed.

    ``customer``, ``meter`` and ``subscription`` are (public id, reference); ``values`` hold
    (id, reference, number, currency, count), ``properties`` (id, reference, value).
    """

    public_id: str | None
    reference: str
    customer: tuple[str | None, str | None]
    meter: tuple[str | None, str | None]
    subscription: tuple[str | None, str | None]
    timestamp: datetime
    stored_at: datetime | None
    values: Sequence[tuple[str | None, str | None, Decimal | None, str | None, int | None]]
    properties: Sequence[tuple[str | None, str | None, str]]
    is_deleted: bool = False
    original: str | None = None


def public_id(number: int, stored_at: datetime) -> str:
    """The id of the event (or duplicate) with this key."""
    return ids.encode(Event.prefix, at=stored_at, number=number)


def render(event: Shown, fate: Fate | None, *, kind: str = "INGEST") -> dict[str, Any]:
    """MeterData. ``fate`` None leaves open what became of the event."""
    return {
        "object_type": "METER_DATA",
        "id": event.public_id,
        "reference": event.reference,
        "type": kind,
        "customer_id": event.customer[0],
        "customer_reference": event.customer[1],
        "customer": None,
        "meter_id": event.meter[0],
        "meter_reference": event.meter[1],
        "pricing_plan_subscription_id": event.subscription[0],
        "pricing_plan_subscription_reference": event.subscription[1],
        "pricing_plan_subscription_selector": None,
        "timestamp": format_instant(event.timestamp),
        "created_at": format_instant(event.stored_at) if event.stored_at else None,
        "meter_properties": [_property(*each) for each in event.properties],
        "meter_values": [_value(*each) for each in event.values],
        "cost_prediction": None,
        "processed_details": details(fate, event.original),
        "deleted": event.is_deleted,
    }


def trace(event: Shown, fate: Fate, rendered: dict[str, Any]) -> dict[str, Any]:
    """The contract's EventTrace: every price and invoice that the event ended up in."""
    stored_at = rendered["created_at"]
    return {
        "object_type": "EVENT_TRACE",
        "id": event.public_id,
        "meter_data_id": event.public_id,
        "meter_data": rendered,
        "customer_id": event.customer[0],
        "customer": None,
        "ingest_time": rendered["timestamp"],
        "received_time": stored_at,
        "processed_time": stored_at,
        "links": list(_links(fate)),
    }


def _links(fate: Fate) -> Iterable[dict[str, Any]]:
    for link in fate.links:
        yield {
            "object_type": "EVENT_TRACE_LINK",
            "id": None,
            "meter_value_calculation_ids": list(link.meter_value_calculation_ids),
            "meter_value_calculations": None,
            "product_item_ids": list(link.product_item_ids),
            "product_items": None,
            "pricing_plan_subscription_id": link.pricing_plan_subscription_id,
            "pricing_plan_subscription": None,
            "pricing_item_config_id": link.pricing_item_config_id,
            "invoice_id": link.invoice_id,
            "invoice": None,
        }


def details(fate: Fate | None, original: str | None) -> dict[str, Any]:
    """MeterDataProcessedDetails; ``original`` is the first event of a duplicate."""
    kind = fate.kind if fate else None
    return {
        "type": TYPES.get(kind, "DEFAULT") if kind else None,
        "fate": kind.value if kind else None,
        "duplicate_of_meter_data_id": original,
        "duplicate": {"of_meter_data_id": original} if original else None,
        "not_matched": {"variant": fate.variant} if fate and kind == FateKind.NOT_MATCHED else None,
    }


def _value(
    value_id: str | None,
    reference: str | None,
    number: Decimal | None,
    currency: str | None,
    count: int | None,
) -> dict[str, Any]:
    digits = None if number is None else plain(number)
    return {
        "id": value_id,
        "reference": reference,
        "number": digits if currency is None else None,
        "amount": {"quantity": digits, "currency": currency} if currency is not None else None,
        "count": None if count is None else str(count),
        "dynamic_validation_settings": None,
    }


def _property(property_id: str | None, reference: str | None, value: str) -> dict[str, Any]:
    return {
        "id": property_id,
        "reference": reference,
        "value": value,
        "dynamic_validation_settings": None,
    }
