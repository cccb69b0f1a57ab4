"""Which question the body of ``POST /v1/pricings/calculate`` asks, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from accounts.context import Context
from catalog import ports
from catalog.asked import AskedPeriod, Modifiers
from catalog.models import Coupon, ItemType
from catalog.rating.rules.measured import SUMMED, Combining
from catalog.rating.volume import FRESH, State
from catalog.services import calculate, calculate_rules, coupon_rules, offered
from catalog.services.calculate_billed import COMBINED, EARLIER, EARLIER_COMBINED, Beside
from catalog.services.calculate_rules import COMBINED_ONES, EARLIER_COMBINED_ONES, EARLIER_ONES, Known
from catalog.services.calculate_usage import Under
from catalog.services.offered import Offered
from kit.errors import InvalidField, TallydeskError

Json = dict[str, Any]
FOREVER = {"type": "FOREVER"}
# What only an invoice answers.
BILLED = ("terms", "period", "seats_values", EARLIER, EARLIER_ONES, COMBINED, COMBINED_ONES)


def to(asked: Mapping[str, Any], ctx: Context, known: Known | None = None) -> Json:
    """The answer: by one rule, or rule by rule where several or usage under several properties are given.

    ``known`` is what is known of properties, by default what the platform knows.
    """
    rules = _offered(asked, ctx)
    if not asked["by_rules"]:
        return _by_one(asked, ctx, rules)
    return _by_rules(asked, ctx, rules, known or calculate_rules.known_to(ctx.platform))


def _by_one(asked: Mapping[str, Any], ctx: Context, rules: Offered) -> Json:
    at = 0
    if asked.get("pricing_item_id") is not None:
        properties = asked.get("meter_properties") or {}
        at = calculate.rule_of(platform=ctx.platform, offered=rules, properties=properties)
    deciding, body = asked.get("tiering_meter_value"), rules.bodies[at]
    if deciding is None and (rules.deciding or body.get("tiering_conditions")):
        calculate.require_deciding([body], at="tiering_meter_value")
    found = calculate.price(
        config=body,
        measured=asked.get("meter_value"),
        events=asked.get("events"),
        model_type=_model_type(asked, rules),
        default_currency=ctx.platform.default_currency,
        combining=rules.combining,
        part=asked.get("period_fraction"),
        deciding=deciding,
        state=asked.get("left") or FRESH,
        beside=_beside(asked, ctx, rules),
    )
    return {"pricing_item_config_id": rules.ids[at], **found}


def _by_rules(asked: Mapping[str, Any], ctx: Context, rules: Offered, known: Known) -> Json:
    field = "events" if asked.get("events") is not None else "meter_values"
    deciding = asked.get(calculate_rules.DECIDING)
    if deciding is None and rules.deciding:
        calculate.require_deciding(rules.bodies, at=calculate_rules.DECIDING)
    return calculate_rules.price(
        known=known,
        offered=rules,
        asked=asked.get(field) or [],
        field=field,
        currency=ctx.platform.default_currency,
        beside=_beside(asked, ctx, rules),
        deciding=deciding,
    )


def _beside(asked: Mapping[str, Any], ctx: Context, rules: Offered) -> Beside:
    """All that is told beside the price and its usage; nobody bills it where only that is told."""
    terms = _terms(asked.get("terms") or {}, ctx)
    modifiers = Modifiers(
        model_type=_model_type(asked, rules),
        is_deduction=rules.is_deduction or asked.get("type") == ItemType.DEDUCTION,
        part=asked.get("period_fraction"),
        period=_period(asked, rules),
        seats=asked.get("seats_values") or (),
        terms=terms,
        sold=rules.sold,
    )
    parts = asked["by_rules"] and modifiers.part is not None
    is_billed = parts or modifiers.is_deduction or any(asked.get(name) is not None for name in BILLED)
    return Beside(
        modifiers,
        partial(_bill, ctx) if is_billed else None,
        volumes=_by_rule(asked, rules),
        states=_states(asked, rules),
        earlier=_under(asked, EARLIER, EARLIER_ONES),
        combined=_under(asked, COMBINED, COMBINED_ONES),
        earlier_combined=_under(asked, EARLIER_COMBINED, EARLIER_COMBINED_ONES),
    )


def _bill(ctx: Context, question: Any) -> ports.Billed:
    return ports.terms().bill(ctx=ctx, question=question)


def _period(asked: Mapping[str, Any], rules: Offered) -> AskedPeriod | None:
    period: AskedPeriod | None = asked.get("period")
    known = period is None or asked.get("billing_period") is not None
    return period if known or period is None else replace(period, length=rules.period)


def _under(asked: Mapping[str, Any], one: str, several: str) -> list[Under] | None:
    found: list[Under] | None = asked.get(several)
    return [Under(asked[one], {})] if asked.get(one) is not None else found


def _by_rule(asked: Mapping[str, Any], rules: Offered) -> dict[int, tuple[int, Json]]:
    """The included volumes by the place of their rule, each with its place in the request."""
    found: dict[int, tuple[int, Json]] = {}
    for index, each in enumerate(asked.get("included_volumes") or ()):
        rule = each.get("rule") or 0
        _require_rule(rule, rules, f"included_volumes.{index}.rule", known=rule in found)
        found[rule] = index, each
    return found


def _states(asked: Mapping[str, Any], rules: Offered) -> dict[int, State]:
    found: dict[int, State] = {}
    for index, (rule, state) in enumerate(asked.get("left_by_rule") or ()):
        _require_rule(rule, rules, f"left_by_rule.{index}.rule", known=rule in found)
        found[rule] = state
    return found


def _require_rule(rule: int, rules: Offered, field: str, *, known: bool) -> None:
    if rule >= len(rules.bodies):
        raise InvalidField(f"there are {len(rules.bodies)} rules, counted from 0", field=field)
    if known:
        raise InvalidField("is named twice", field=field)


def _terms(terms: Mapping[str, Any], ctx: Context) -> Json:
    """The terms with coupons that are told as they would be stored; raises as storing one does."""
    told = [_coupon(each, ctx, f"terms.coupons.{at}") for at, each in enumerate(terms.get("coupons") or ())]
    return {**terms, "coupons": told}


def _coupon(told: Json, ctx: Context, path: str) -> Json:
    fields = {"duration": FOREVER, **told}
    try:
        fields = coupon_rules.settled(ctx.platform, fields)
        coupon_rules.require(
            Coupon(platform=ctx.platform, discount=fields["discount"], duration=fields["duration"])
        )
    except TallydeskError as error:
        raise type(error)(error.message, field=f"{path}.{error.field}") from None
    return fields


def _model_type(asked: Mapping[str, Any], rules: Offered) -> str | None:
    """That of the stored item, or the one that is asked about."""
    found: str | None = asked.get("model_type") if rules.sold is None else rules.model_type
    return found


def _offered(asked: Mapping[str, Any], ctx: Context) -> Offered:
    item, default = asked.get("pricing_item_id"), ctx.platform.default_currency
    if item is not None:
        code, period = asked.get("pricing_currency"), asked.get("billing_period")
        found = offered.of_item(item, currency=code, period=period, default=default)
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
