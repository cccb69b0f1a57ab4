"""One document of a request as an event to store: every fault found here, before anything is written.

Written for speed: a batch holds thousands, so plain values take a short way and everything else the
careful one of ``kit``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from kit.errors import InvalidField, InvalidOperation, MissingField, NotUsable, ReferencedNotFound
from kit.money import EXACT
from kit.period import parse_instant
from metering import ports
from metering.selectors.configuration import Configuration, KnownMeter, KnownProperty
from metering.services.reading_entries import GivenValue, read_properties, read_values

AHEAD = timedelta(minutes=30)
MAX_REFERENCE = 256
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
FIRST_YEAR = 1970


@dataclass(slots=True)
class Item:
    """An event as sent, with what its names mean. ``payload_hash`` covers all but the reference."""

    reference: str
    customer: ports.Named
    meter: KnownMeter
    subscription: ports.Named | None
    timestamp: datetime
    values: list[GivenValue]
    properties: list[tuple[KnownProperty, str]]
    payload_hash: bytes = field(default=b"")


def names_in(documents: Iterable[Any]) -> tuple[set[str], set[str]]:
    """The customers and the subscriptions that these documents name."""
    customers: set[Any] = set()
    subscriptions: set[Any] = set()
    for document in documents:
        if isinstance(document, dict):
            for kind, found in (("customer", customers), ("pricing_plan_subscription", subscriptions)):
                found.update(
                    name
                    for name in (document.get(f"{kind}_id"), document.get(f"{kind}_reference"))
                    if isinstance(name, str) and name
                )
    return customers, subscriptions


def read(document: Any, *, configuration: Configuration, at: datetime) -> Item:
    """The event that ``document`` describes. Raises the contract's error, its field relative to it."""
    if not isinstance(document, dict):
        raise InvalidField("must be an object")
    reference = read_reference(document)
    customer = _linked(document, "customer", configuration.customers)
    if customer is None:
        raise MissingField("customer_id or customer_reference is required", field="customer_reference")
    meter = _meter(document, configuration)
    subscription = _linked(document, "pricing_plan_subscription", configuration.subscriptions)
    given = document.get("timestamp")
    timestamp = at if given is None else _instant(given)
    if timestamp - at > AHEAD:
        raise InvalidField("lies more than 30 minutes in the future", field="timestamp")
    item = Item(
        reference,
        customer,
        meter,
        subscription,
        timestamp,
        read_values(document.get("meter_values"), meter),
        read_properties(document.get("meter_properties"), meter),
    )
    item.payload_hash = _hash(item, None if given is None else timestamp)
    return item


def read_reference(document: Mapping[str, Any]) -> str:
    """The event's own key: 1 to 256 printable characters."""
    reference = document.get("reference")
    if reference is None or reference == "":
        raise MissingField(field="reference")
    if not isinstance(reference, str):
        raise InvalidField("must be text", field="reference")
    if len(reference) > MAX_REFERENCE or UNPRINTABLE.search(reference) or reference.isspace():
        raise InvalidField("must be 1 to 256 printable characters", field="reference")
    return reference


def _linked(document: dict[str, Any], kind: str, known: Mapping[str, ports.Named]) -> ports.Named | None:
    """The row named by ``<kind>_id`` or ``<kind>_reference``; when both are given they must agree."""
    found = None
    for name in (f"{kind}_id", f"{kind}_reference"):
        wanted = document.get(name)
        if wanted is None:
            continue
        if not isinstance(wanted, str):
            raise InvalidField("must be an id or a reference", field=name)
        row = known.get(wanted)
        if row is None:
            raise ReferencedNotFound(
                f"The requested {kind.upper()} could not be found", field=name, resource_type=kind.upper()
            )
        if found is not None and found.pk != row.pk:
            raise InvalidField(f"names another {kind} than {kind}_id", field=name)
        found = row
    return found


def _meter(document: dict[str, Any], configuration: Configuration) -> KnownMeter:
    found = None
    for name in ("meter_id", "meter_reference"):
        wanted = document.get(name)
        if wanted is None:
            continue
        if not isinstance(wanted, str):
            raise InvalidField("must be an id or a reference", field=name)
        meter = configuration.meters.get(wanted)
        if meter is None:
            # The reference's own code for this, unlike for the other things that an event names.
            raise NotUsable("The requested METER could not be found", field=name, resource_type="METER")
        if found is not None and found is not meter:
            raise InvalidField("names another meter than meter_id", field=name)
        found = meter
    if found is None:
        raise MissingField("meter_id or meter_reference is required", field="meter_reference")
    if not found.is_active:
        field_name = "meter_reference" if document.get("meter_reference") else "meter_id"
        raise InvalidOperation(
            f"The meter is {found.status}; only an ACTIVE meter accepts events",
            field=field_name,
            resource_type="METER",
            resource_id=found.public_id,
        )
    return found


def _instant(given: Any) -> datetime:
    """An ISO 8601 instant; the common form ``2026-03-01T08:15:00[.ffffff]Z`` takes the short way."""
    if isinstance(given, str) and len(given) in (20, 27) and given[7:11:3] == "-T" and given[-1] == "Z":
        try:
            instant = datetime.fromisoformat(given)
        except ValueError:
            instant = None
        if instant is not None and instant.tzinfo is UTC and instant.year >= FIRST_YEAR:
            return instant
    return parse_instant(given, field="timestamp")


def _hash(item: Item, timestamp: datetime | None) -> bytes:
    """16 bytes that are equal exactly for equal payloads, whatever the order of values and properties.

    An omitted timestamp hashes as omitted, so that a retry of "now" is the same event.
    """
    values = sorted(
        (value.value.pk, str(value.number.normalize(EXACT)), value.currency or "", value.count or 0)
        for value in item.values
    )
    properties = sorted((each.pk, text) for each, text in item.properties)
    subscription = item.subscription.pk if item.subscription else 0
    parts = (item.customer.pk, item.meter.pk, subscription, str(timestamp), values, properties)
    return blake2b(repr(parts).encode(), digest_size=16).digest()
