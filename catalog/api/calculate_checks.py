"""Which fields of ``POST /v1/pricings/calculate`` go together: contradictions, each with its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NoReturn

from rest_framework import serializers

from catalog.models import ModelType
from catalog.services.calculate_usage import Measured
from metering.models import CalculationType

Attrs = dict[str, Any]
PRICES = ("config", "configs", "pricing_item_id")
OF_BODIES = ("calculation_type", "meter_property_id", "tiering_calculation_type", "type")
# What only several rules at once have, and what only one rule has.
OF_SEVERAL = (
    "configs", "meter_values", "tiering_meter_values", "combined_meter_values", "earlier_meter_values",
    "earlier_combined_meter_values", "left_by_rule",
)  # fmt: skip
OF_ONE = (
    "meter_value", "meter_properties", "seats", "seats_values", "tiering_meter_value", "combined_meter_value",
    "earlier_combined_meter_value", "earlier_meter_value", "left",
)  # fmt: skip
EARLIER = ("earlier_meter_value", "earlier_meter_values")
# A pricing period that goes on: what else would decide about it.
APART = (
    "tiering_meter_value", "tiering_meter_values", "left", "left_by_rule", "period_fraction",
    "tiering_calculation_type",
)  # fmt: skip


def checked(attrs: Attrs) -> Attrs:
    """The question, with ``by_rules``. Raises ValidationError for the first field that excludes another."""
    price = _price(attrs)
    _refuse(attrs, OF_BODIES if price == "pricing_item_id" else ("pricing_currency",), f"excludes {price}")
    if price != "pricing_item_id" and not _given(attrs, "period"):
        _refuse(attrs, ("billing_period",), f"excludes {price} without a period")
    if attrs.get("meter_property_id") and attrs.get("calculation_type") != CalculationType.UNIQUE:
        _fail("meter_property_id", "is for the calculation_type UNIQUE")
    _period(attrs)
    _earlier(attrs)
    attrs["by_rules"] = _is_by_rules(attrs)
    return _by_rules(attrs) if attrs["by_rules"] else _with_seats(_by_one(attrs))


def _price(attrs: Attrs) -> str:
    given = [name for name in PRICES if _given(attrs, name)]
    if len(given) != 1:
        code = "INVALID_FIELD" if given else "MISSING_FIELD"
        _fail("config", "give one of config, configs and pricing_item_id", code)
    return given[0]


def _is_by_rules(attrs: Attrs) -> bool:
    if any(_given(attrs, name) for name in OF_SEVERAL):
        return True
    return any(each.properties for each in attrs.get("events") or ())


def _by_rules(attrs: Attrs) -> Attrs:
    """All rules at once price usage, and only that."""
    _refuse(attrs, OF_ONE, "excludes usage under several properties, and several configs")
    if _given(attrs, "events") and _given(attrs, "meter_values"):
        _fail("events", "excludes meter_values")
    return attrs


def _by_one(attrs: Attrs) -> Attrs:
    """One rule is the first, and the only one."""
    for index, each in enumerate(attrs.get("included_volumes") or ()):
        if each.get("rule") or index:
            _fail("included_volumes", "one rule has one included volume", at=(index, "rule"))
    if _given(attrs, "earlier_meter_value") and not _given(attrs, "meter_value"):
        _fail("meter_value", "value required", "MISSING_FIELD")
    return attrs


def _period(attrs: Attrs) -> None:
    """The part of a period, as a fraction or with dates."""
    part = attrs.get("period_fraction")
    if _given(attrs, "terms") and part is not None and part.fraction > 1:
        _fail("period_fraction", "is at most 1 beside terms, which are of one period")
    if not _given(attrs, "period"):
        return
    _refuse(attrs, ("period_fraction",), "excludes period")
    if _given(attrs, "billing_period"):
        attrs["period"] = replace(attrs["period"], length=attrs["billing_period"])


def _earlier(attrs: Attrs) -> None:
    """What goes on from earlier in a pricing period is usage alone, and takes all of it along."""
    for name in EARLIER:
        if _given(attrs, name.replace("_meter", "_combined_meter")) and not _given(attrs, name):
            _fail(name, "value required", "MISSING_FIELD")
    if any(_given(attrs, name) for name in EARLIER):
        _refuse(attrs, APART, "excludes usage that was billed earlier in the pricing period")


def _with_seats(attrs: Attrs) -> Attrs:
    """Seats are the quantity of a price per seat."""
    if (attrs.get("seats") or 0) < 0:
        _fail("seats", "must not be negative")
    told = next((name for name in ("seats", "seats_values") if _given(attrs, name)), None)
    if told is None:
        return attrs
    given = next((name for name in ("meter_value", "events") if _given(attrs, name)), None)
    if given is not None:
        _fail(told, f"excludes {given}")
    if attrs.get("model_type") not in (None, ModelType.PER_SEAT):
        _fail(told, "are sold by PER_SEAT items only")
    found = attrs | {"model_type": ModelType.PER_SEAT.value}
    if told == "seats":
        _refuse(attrs, ("seats_values",), "excludes seats")
        return found | {"meter_value": Measured(attrs["seats"])}
    if not _given(attrs, "period"):
        _fail("period", "value required", "MISSING_FIELD")
    return found


def _given(attrs: Mapping[str, Any], name: str) -> bool:
    return attrs.get(name) is not None


def _refuse(attrs: Mapping[str, Any], names: Iterable[str], message: str) -> None:
    wrong = next((name for name in names if _given(attrs, name)), None)
    if wrong is not None:
        _fail(wrong, message)


def _fail(
    name: str, message: str, code: str = "INVALID_FIELD", at: tuple[int, str] | None = None
) -> NoReturn:
    told: Any = [message] if at is None else {str(at[0]): {at[1]: [message]}}
    raise serializers.ValidationError({name: told}, code=code)
