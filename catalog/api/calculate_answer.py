"""Which question the body of ``POST /v1/pricings/calculate`` asks, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.models import Platform
from catalog.rating.measured import SUMMED, Combining
from catalog.services import calculate, calculate_rules, offered
from catalog.services.calculate import Under
from catalog.services.offered import Offered

Json = dict[str, Any]


def to(asked: Mapping[str, Any], platform: Platform) -> Json:
    """The answer: by one rule, or rule by rule where several or usage under several properties are given."""
    return _by_rules(asked, platform) if asked["by_rules"] else _by_one(asked, platform)


def _by_one(asked: Mapping[str, Any], platform: Platform) -> Json:
    item, model_type, at = asked.get("pricing_item_id"), asked.get("model_type"), 0
    rules = _offered(asked, platform)
    if item is not None:
        properties = asked.get("meter_properties") or {}
        at = calculate.rule_of(platform=platform, offered=rules, properties=properties)
        model_type = offered.model_of(item)
    found = calculate.price(
        config=rules.bodies[at],
        measured=asked.get("meter_value"),
        events=asked.get("events"),
        model_type=model_type,
        default_currency=platform.default_currency,
        combining=rules.combining,
        period_fraction=asked.get("period_fraction"),
    )
    return {"pricing_item_config_id": rules.ids[at], **found}


def _by_rules(asked: Mapping[str, Any], platform: Platform) -> Json:
    field = "events" if asked.get("events") is not None else "meter_values"
    usage: list[Under] = asked.get(field) or []
    return calculate_rules.price(
        platform=platform,
        offered=_offered(asked, platform),
        asked=usage,
        field=field,
        currency=platform.default_currency,
    )


def _offered(asked: Mapping[str, Any], platform: Platform) -> Offered:
    item = asked.get("pricing_item_id")
    if item is not None:
        return offered.of_item(
            item,
            currency=asked.get("pricing_currency"),
            period=asked.get("billing_period"),
            default=platform.default_currency,
        )
    kind = asked.get("calculation_type")
    combining = Combining(kind, asked.get("meter_property_id")) if kind else SUMMED
    if "config" in asked:
        return offered.of_body(asked["config"], combining)
    return offered.of_bodies(asked["configs"], combining)
