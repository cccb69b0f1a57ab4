"""Which question the body of ``POST /v1/pricings/calculate`` asks, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.models import Platform
from catalog.services import calculate, calculate_rules
from catalog.services.calculate_rules import Under

Json = dict[str, Any]


def to(asked: Mapping[str, Any], platform: Platform) -> Json:
    """The answer: by one rule, or rule by rule where several or usage under several properties are given."""
    return _by_rules(asked, platform) if asked["by_rules"] else _by_one(asked, platform)


def _by_one(asked: Mapping[str, Any], platform: Platform) -> Json:
    item, model_type, rule = asked.get("pricing_item_id"), asked.get("model_type"), None
    if item is not None:
        rule = calculate.rule_of(item=item, properties=asked.get("meter_properties") or {})
        model_type = calculate.model_of(item)
    events = asked.get("events")
    found = calculate.price(
        config=asked["config"] if rule is None else rule.body,
        measured=asked.get("meter_value"),
        events=None if events is None else [each.measured for each in events],
        model_type=model_type,
        default_currency=platform.default_currency,
        period_fraction=asked.get("period_fraction"),
    )
    return {"pricing_item_config_id": rule and rule.public_id, **found}


def _by_rules(asked: Mapping[str, Any], platform: Platform) -> Json:
    item = asked.get("pricing_item_id")
    field = "events" if asked.get("events") is not None else "meter_values"
    usage: list[Under] = asked.get(field) or []
    if item is not None:
        offered = calculate_rules.of_item(item)
    elif "config" in asked:
        offered = calculate_rules.of_body(asked["config"])
    else:
        offered = calculate_rules.of_bodies(asked["configs"])
    return calculate_rules.price(
        platform=platform, offered=offered, asked=usage, field=field, currency=platform.default_currency
    )
