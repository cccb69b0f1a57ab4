"""The parts of a price tree, and what they say, in words. Pure: over plain JSON with references for ids."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, TypeGuard

from catalog.services.differences import Step
from kit.money import unrounded

Json = Any
LABELS = {
    "amount": "amount",
    "bands": "bands",
    "billing_in_advance": "billing in advance",
    "billing_period_settings": "billing periods",
    "block_size": "size of a block",
    "conditions": "conditions",
    "configs": "rules",
    "default_included_volume": "included volume",
    "default_seats_value": "seats",
    "entitlements": "features",
    "maximum_amount": "most per event",
    "maximum_number": "most units charged",
    "minimum_amount": "least per event",
    "minimum_number": "least units charged",
    "on_demand": "charging on demand",
    "pricing_currencies": "currencies",
    "pricing_currency_configs": "prices in other currencies",
    "pricing_currency_settings": "currencies",
    "pricing_type": "model",
    "split_pricing": "split",
    "tier_top_bound": "upper bound",
    "top_up": "top-up",
    "volume_group_reference": "volume group",
}
ONE_PRICE = ("FIXED", "STAIR_STEP")
# Fields whose value says what it is.
PLAIN = (
    "amount",
    "currency",
    "enum",
    "expression",
    "meter_property",
    "number",
    "reference",
    "string",
    "switch",
)
BY_BUNDLE = ("FLAT_TOP_UP", "TIERED_TOP_UP", "STAIR_STEP_TOP_UP")


def label(name: str) -> str:
    """A field as people call it."""
    return LABELS.get(name, name.replace("_", " "))


def price_label(trail: Sequence[Step]) -> str:
    """What the amount of the band at the end of the trail is for: ``price per unit``."""
    rule = _nearest([step.node for step in trail], "pricing_type")
    band = _nearest([step.node for step in trail], "amount")
    return f"price {_unit(band, rule.get('pricing_type', ''))}".rstrip()


def said(trail: Sequence[Step], value: Json, side: int) -> str:
    """A value at the end of a trail, before (1) or after (2): with the currency or unit beside it."""
    nodes: list[Json] = [step[side] for step in trail]
    holder = nodes[-2] if len(nodes) > 1 else None
    name = trail[-1].name if trail else ""
    if name == "quantity" and _is(holder, "currency"):
        return _amount(holder)
    model = _nearest(nodes, "pricing_type").get("pricing_type", "")
    return _value(value, trail[-2].name if isinstance(holder, list) else name, model)


def _nearest(nodes: Sequence[Json], name: str) -> Mapping[str, Json]:
    """The innermost node that has this field."""
    return next((node for node in reversed(nodes) if _is(node, name)), {})


def _value(value: Json, name: str = "", model: str = "") -> str:
    if isinstance(value, Mapping):
        return _object(value, name, model)
    if isinstance(value, list):
        joint = "; " if any(isinstance(each, Mapping) for each in value) else ", "
        return joint.join(_listed(each, name, model) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"{text}%" if name == "percentage" else text


def _listed(value: Json, name: str, model: str) -> str:
    """A member of a list; a feature by its name and what there is of it."""
    feature = f"{value['feature_id']} " if _is(value, "feature_id") else ""
    return feature + _value(value, name, model)


def _object(value: Mapping[str, Json], name: str, model: str) -> str:
    """A node in a few words, by what it has: what it is called is said already."""
    if "quantity" in value:
        return _amount(value)
    if name == "bands":
        return _band(value, model)
    if "pricing_type" in value:
        return _rule(value)
    if "comparator" in value:
        return _condition(value)
    if any(each in value for each in ("configs", "items", "pricings", "meter_properties")):
        return _inside(value)
    if "operator" in value:
        joint = f" {value['operator']} "
        return f"({joint.join(_value(each) for each in value.get('operands') or ())})"
    if {"type", "value"} == set(value):
        return f"{value['value']} {value['type']}"
    return ", ".join(_field(each, value[each]) for each in value if each != "feature_id")


def _field(name: str, value: Json) -> str:
    """``5`` of a number; otherwise with its name, which alone is enough for what is so."""
    if name in PLAIN:
        return _value(value, name)
    return label(name) if value is True else f"{label(name)} {_value(value, name)}"


def _amount(value: Mapping[str, Json]) -> str:
    try:
        return f"{unrounded(Decimal(str(value['quantity'])), value['currency'])} {value['currency']}"
    except (InvalidOperation, KeyError):
        return json.dumps(value, ensure_ascii=False)


def _rule(rule: Mapping[str, Json]) -> str:
    """``TIERED, 0.10 EUR per unit up to 100, then 0.08 EUR per unit, where model EQUALS fast``."""
    bands = ", then ".join(_band(each, rule["pricing_type"]) for each in rule.get("bands") or ())
    where = _value(rule.get("conditions") or [])
    return ", ".join(filter(None, (rule["pricing_type"], bands, where and f"where {where}")))


def _band(band: Mapping[str, Json], model: str) -> str:
    price = _value(band["amount"]) if "amount" in band else ""
    if "percentage" in band:
        price = f"{band['percentage']}%"
    each = f"{price} {_per(band, model)}".strip() if "amount" in band else price
    fee = f"{_value(band['fixed_amount'])} fixed" if "fixed_amount" in band else ""
    top = f" up to {_value(band['tier_top_bound'])}" if "tier_top_bound" in band else ""
    return " + ".join(filter(None, (each, fee))) + top


def _per(band: Mapping[str, Json], model: str) -> str:
    size = band.get("block_size")
    return " of ".join(filter(None, (_unit(band, model), size and _value(size))))


def _unit(band: Mapping[str, Json], model: str) -> str:
    """What an amount is charged for; nothing where it is charged as it is."""
    if model in ONE_PRICE:
        return ""
    if model in BY_BUNDLE:
        return "per bundle"
    return "per block" if band.get("block_size") else "per unit"


def _condition(condition: Mapping[str, Json]) -> str:
    values = condition.get("values") or condition.get("value") or ""
    return " ".join(filter(None, (condition.get("reference"), condition["comparator"], _value(values))))


def _inside(value: Mapping[str, Json]) -> str:
    """What stands in a node: of prices the items, of an item its rules, of conditions each."""
    if value.get("pricings"):
        return ", ".join(" and ".join(each.get("product_ids") or ()) for each in value["pricings"])
    if value.get("items"):
        return ", ".join(" and ".join(each.get("product_item_ids") or ()) for each in value["items"])
    joint = " and " if value.get("meter_properties") else "; "
    return joint.join(_value(each) for each in value.get("configs") or value.get("meter_properties") or ())


def _is(node: Json, name: str) -> TypeGuard[Mapping[str, Json]]:
    return isinstance(node, Mapping) and name in node
