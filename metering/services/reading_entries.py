"""The values and properties of one event document."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from kit.errors import InvalidField, MissingField, ReferencedNotFound
from kit.money import parse_currency, parse_decimal, plain
from metering.selectors.configuration import KnownMeter, KnownProperty, KnownValue

MAX_ENTRIES = 50
MAX_COUNT = 10**12
MAX_VALUE = 256
SHORT = 13


@dataclass(slots=True)
class GivenValue:
    """One meter value of an event: ``number`` of it (or of ``currency``), for ``count`` units."""

    value: KnownValue
    number: Decimal
    currency: str | None
    count: int | None


def read_values(given: Any, meter: KnownMeter) -> list[GivenValue]:
    """The values, each one once, every required one there."""
    found: list[GivenValue] = []
    for index, document in enumerate(_list(given, "meter_values")):
        path = f"meter_values.{index}"
        known = _named(document, meter.values, path, "METER_VALUE")
        if any(other.value is known for other in found):
            raise InvalidField(f"{known.reference} is there twice", field=path)
        found.append(_value(document, known, path))
    for required in meter.required_values:
        if not any(each.value is required for each in found):
            raise MissingField(
                f"the meter requires the value {required.reference}",
                field=f"meter_values.{required.reference}",
            )
    return found


def read_properties(given: Any, meter: KnownMeter) -> list[tuple[KnownProperty, str]]:
    """The properties, each one once, every required one there. A null value is no value."""
    found: list[tuple[KnownProperty, str]] = []
    for index, document in enumerate(_list(given, "meter_properties")):
        path = f"meter_properties.{index}"
        known = _named(document, meter.properties, path, "METER_PROPERTY")
        if any(other is known for other, _ in found):
            raise InvalidField(f"{known.reference} is there twice", field=path)
        text = _text(document.get("value"), known, f"{path}.value")
        if text is not None:
            found.append((known, text))
    for required in meter.required_properties:
        if not any(each is required and text for each, text in found):
            raise MissingField(
                f"the meter requires the property {required.reference}",
                field=f"meter_properties.{required.reference}",
            )
    return found


def _list(given: Any, name: str) -> list[Any]:
    if given is None:
        return []
    if not isinstance(given, list):
        raise InvalidField("must be a list", field=name)
    if len(given) > MAX_ENTRIES:
        raise InvalidField(
            f"value holds too many items ({len(given)}, maximum allowed: {MAX_ENTRIES})", field=name
        )
    return given


def _named(document: Any, known: Any, path: str, kind: str) -> Any:
    """What ``id`` or ``reference`` names on this meter."""
    if not isinstance(document, dict):
        raise InvalidField("must be an object", field=path)
    name = "reference" if document.get("id") is None else "id"
    wanted = document.get(name)
    if wanted is None:
        raise MissingField(field=f"{path}.reference")
    if not isinstance(wanted, str):
        raise InvalidField("must be text", field=f"{path}.{name}")
    found = known.get(wanted)
    if found is None:
        raise ReferencedNotFound(
            f"The meter carries no {kind} {wanted}", field=f"{path}.{name}", resource_type=kind
        )
    return found


def _value(document: dict[str, Any], known: KnownValue, path: str) -> GivenValue:
    number, amount = document.get("number"), document.get("amount")
    count = None if document.get("count") is None else _count(document["count"], f"{path}.count")
    if known.is_amount:
        if number is not None:
            raise InvalidField("is for NUMBER values; this is an AMOUNT", field=f"{path}.number")
        quantity, currency = _amount(amount, f"{path}.amount")
        return GivenValue(known, quantity, currency, count)
    if amount is not None:
        raise InvalidField("is for AMOUNT values; this is a NUMBER", field=f"{path}.amount")
    if number is None:
        if count is None:
            raise MissingField(field=f"{path}.number")
        return GivenValue(known, Decimal(count), None, count)
    return GivenValue(known, _decimal(number, f"{path}.number"), None, count)


def _amount(given: Any, path: str) -> tuple[Decimal, str]:
    if given is None:
        raise MissingField(field=path)
    if not isinstance(given, dict):
        raise InvalidField("must be an object with quantity and currency", field=path)
    for name in ("quantity", "currency"):
        if given.get(name) is None:
            raise MissingField(field=f"{path}.{name}")
    currency = parse_currency(given["currency"], field=f"{path}.currency")
    return _decimal(given["quantity"], f"{path}.quantity"), currency


def _decimal(given: Any, path: str) -> Decimal:
    """An exact decimal; short plain digits need no further look."""
    if type(given) is str and len(given) < SHORT and given.isascii():
        digits = given.replace(".", "", 1).removeprefix("-")
        if digits.isdigit():
            try:
                return Decimal(given)
            except InvalidOperation:
                pass
    return parse_decimal(given, field=path)


def _count(given: Any, path: str) -> int:
    number = _decimal(given, path)
    if number != number.to_integral_value() or not 1 <= number <= MAX_COUNT:
        raise InvalidField(f"must be a whole number from 1 to {MAX_COUNT}", field=path)
    return int(number)


def _text(given: Any, known: KnownProperty, path: str) -> str | None:
    if given is None:
        return None
    if known.is_number:
        return plain(_decimal(given, path))
    if not isinstance(given, str):
        raise InvalidField("must be text", field=path)
    if len(given) > MAX_VALUE:
        raise InvalidField(f"holds more than {MAX_VALUE} characters", field=path)
    if known.enum_values is not None and given not in known.enum_values:
        raise InvalidField(f"must be one of {', '.join(sorted(known.enum_values))}", field=path)
    return given
