"""Which question the body of ``POST /v1/pricings/calculate`` asks, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.context import Context
from accounts.models import Platform
from catalog import ports
from catalog.rating.rules.measured import SUMMED, Combining
from catalog.rating.volume import FRESH
from catalog.services import calculate, calculate_rules, offered
from catalog.services.calculate import Adjust, Under
from catalog.services.offered import Offered
from kit.errors import InvalidField

Json = dict[str, Any]


def to(asked: Mapping[str, Any], ctx: Context) -> Json:
    """The answer: by one rule, or rule by rule where several or usage under several properties are given."""
    return _by_rules(asked, ctx) if asked["by_rules"] else _by_one(asked, ctx)


def _by_one(asked: Mapping[str, Any], ctx: Context) -> Json:
    platform = ctx.platform
    item, model_type, at = asked.get("pricing_item_id"), _model_type(asked), 0
    rules = _offered(asked, platform)
    if item is not None:
        properties = asked.get("meter_properties") or {}
        at = calculate.rule_of(platform=platform, offered=rules, properties=properties)
    deciding = asked.get("tiering_meter_value")
    body = rules.bodies[at]
    if deciding is None and (rules.deciding or body.get("tiering_conditions")):
        calculate.require_deciding([body], at="tiering_meter_value")
    found = calculate.price(
        config=body,
        measured=asked.get("meter_value"),
        events=asked.get("events"),
        model_type=model_type,
        default_currency=platform.default_currency,
        combining=rules.combining,
        part=asked.get("period_fraction"),
        deciding=deciding,
        adjust=_adjust(asked, ctx, model_type),
        state=asked.get("left") or FRESH,
    )
    return {"pricing_item_config_id": rules.ids[at], **found}


def _by_rules(asked: Mapping[str, Any], ctx: Context) -> Json:
    platform = ctx.platform
    field = "events" if asked.get("events") is not None else "meter_values"
    usage: list[Under] = asked.get(field) or []
    rules, deciding = _offered(asked, platform), asked.get(calculate_rules.DECIDING)
    if deciding is None and rules.deciding:
        calculate.require_deciding(rules.bodies, at=calculate_rules.DECIDING)
    return calculate_rules.price(
        platform=platform,
        offered=rules,
        asked=usage,
        field=field,
        currency=platform.default_currency,
        deciding=deciding,
        adjust=_adjust(asked, ctx, None),
        model_type=_model_type(asked),
    )


def _adjust(asked: Mapping[str, Any], ctx: Context, model_type: str | None) -> Adjust | None:
    """What the terms that are asked about do to rated amounts."""
    terms, part = asked.get("terms"), asked.get("period_fraction")
    if terms is None:
        return None
    return lambda rated: ports.terms().adjust(
        ctx=ctx, rated=rated, terms=terms, model_type=model_type, part=part
    )


def _model_type(asked: Mapping[str, Any]) -> str | None:
    """That of the stored item, or the one that is asked about."""
    item = asked.get("pricing_item_id")
    found: str | None = asked.get("model_type") if item is None else offered.model_of(item)
    return found


def _offered(asked: Mapping[str, Any], platform: Platform) -> Offered:
    item = asked.get("pricing_item_id")
    if item is not None:
        found = offered.of_item(
            item,
            currency=asked.get("pricing_currency"),
            period=asked.get("billing_period"),
            default=platform.default_currency,
        )
        _refuse_deciding(asked, found)
        return found
    kind, other = asked.get("calculation_type"), asked.get("tiering_calculation_type")
    combining = Combining(kind, asked.get("meter_property_id")) if kind else SUMMED
    deciding = Combining(other) if other else None
    if "config" in asked:
        return offered.of_body(asked["config"], combining, deciding)
    return offered.of_bodies(asked["configs"], combining, deciding)


def _refuse_deciding(asked: Mapping[str, Any], rules: Offered) -> None:
    """A stored item says whether another calculation decides its bands."""
    if rules.deciding is None and asked.get(calculate_rules.DECIDING) is not None:
        message = "no other calculation decides the bands of this item"
        raise InvalidField(message, field=calculate_rules.DECIDING)
