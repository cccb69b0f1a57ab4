"""Fills ``catalog.ports.Terms``: what becomes on an invoice of what the price calculator is asked about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from accounts.context import Context
from accounts.models import Platform
from billing.calc import printing, sub_lines, told_prices
from billing.calc.adjusting import Adjustment
from billing.calc.charge import Charge
from billing.calc.currencies import ExchangeRate, Rates
from billing.calc.schedule import BillingPeriod
from billing.calc.targets import Level
from billing.calc.told_prices import UNITS, ToldTerms
from billing.selectors import exchange_rates, parties
from billing.selectors.exchange_rates import Moment
from billing.services.coupons import told_coupons
from billing.services.previews import calculated_item, calculated_period
from catalog.asked import Modifiers, Question
from catalog.ports import Billed, BilledLine
from kit.errors import InvalidField, InvalidOperation
from kit.money import fixed, total
from kit.period import parse_instant

Json = dict[str, Any]
ONE_RULE = "only one rule knows the price of its units: say which"
LISTS = ("markups", "discounts", "commitments", "total_discounts")
ZONE = ZoneInfo("UTC")


class CalculatedTerms:
    """By the functions of invoices, at the exchange rates that are asked for."""

    def bill(self, *, ctx: Context, question: Question) -> Billed:
        asked = question.modifiers
        priced_in = _priced_in(question, ctx.platform)
        currency = asked.terms.get("billing_currency") or priced_in
        _require(asked.terms, len(question.rules), priced_in, currency)
        zone = _zone(ctx.platform, asked)
        ran, cadence = calculated_period.of(asked, zone, at=ctx.at)
        terms = _terms(ctx, asked, ran, currency, zone)
        item = calculated_item.of(question, ran, cadence, priced_in)
        rates = _rates(ctx, asked, ran, needed=currency != priced_in)
        try:
            told = told_prices.billed(
                item,
                terms,
                ran=ran,
                cadence=cadence,
                currency=currency,
                rates=rates,
                others=calculated_item.others(question, item),
            )
        except InvalidOperation as error:
            raise InvalidOperation(error.message, field=f"terms.{error.field}") from error
        amounts = [*(each.amount for each in told.charges), *(each.amount for each in told.adjustments)]
        return Billed(
            currency,
            total(amounts),
            [_line(each, currency) for each in told.charges],
            [_beside(each, currency) for each in told.adjustments],
            _used(told.charges),
        )


def _priced_in(question: Question, platform: Platform) -> str:
    known = (rule.config.currency for rule in question.rules)
    return next(filter(None, known), None) or question.currency or platform.default_currency


def _zone(platform: Platform, asked: Modifiers) -> ZoneInfo:
    """That of the calendar that is asked about; asked of the database only where days count."""
    if asked.period is None:
        return ZONE
    if asked.period.time_zone is not None:
        return ZoneInfo(asked.period.time_zone)
    entity = parties.default_billing_entity(platform)
    return ZoneInfo(platform.timezone) if entity is None else entity.zone


def _terms(ctx: Context, asked: Modifiers, ran: BillingPeriod, currency: str, zone: ZoneInfo) -> ToldTerms:
    terms, start = asked.terms, ran.span.start
    began = parse_instant(terms["start_at"]) if terms.get("start_at") else start
    if began > start:
        raise InvalidField("must not be later than the period", field="terms.start_at")
    coupons = told_coupons.applied(
        ctx=ctx, terms=terms, sold=asked.sold, currency=currency, start=began, zone=zone
    )
    lists = {name: terms.get(name) or () for name in LISTS}
    return ToldTerms(began, **lists, coupons=coupons)


def _rates(ctx: Context, asked: Modifiers, ran: BillingPeriod, *, needed: bool) -> Rates:
    """Those that are told, else the stored: of the instant asked for, of the period's end, or of now."""
    told, terms = asked.terms.get("exchange_rates"), asked.terms
    at = ctx.at if asked.period is None else ran.span.end
    at = parse_instant(terms["exchange_rates_at"]) if terms.get("exchange_rates_at") else at
    if told:
        return Rates(tuple(_rate(each, at, f"terms.exchange_rates.{i}") for i, each in enumerate(told)), at)
    if not needed:
        return Rates(at=at)
    moment = Moment(at)
    return exchange_rates.at_moments(ctx.platform, [moment])[moment]


def _rate(told: Mapping[str, Any], at: datetime, path: str) -> ExchangeRate:
    since = parse_instant(told["rate_timestamp"]) if told.get("rate_timestamp") else at
    rate, source = Decimal(told["rate"]), told.get("source") or ""
    if told["base_currency"] == told["currency"]:
        raise InvalidField("must be another currency", field=f"{path}.currency")
    try:
        return ExchangeRate(told["base_currency"], told["currency"], rate, since, source)
    except InvalidField as error:
        raise InvalidField(error.message, field=f"{path}.rate") from None


def _require(terms: Mapping[str, Any], rules: int, priced_in: str, currency: str) -> None:
    """A markup is part of the price; discounts and commitments count what is billed. Rules must be there."""
    for path, amount in _amounts(terms):
        wanted = priced_in if path.startswith("terms.markups.") else currency
        if amount["currency"] != wanted:
            raise InvalidField(f"must be in {wanted}", field=f"{path}.currency")
    for name in LISTS:
        for at, each in enumerate(terms.get(name) or ()):
            _require_rules(each, rules, f"terms.{name}.{at}")


def _require_rules(entry: Mapping[str, Any], rules: int, path: str) -> None:
    named = entry.get("rules") or ()
    for index, place in enumerate(named):
        if place >= rules:
            raise InvalidField(f"there are {rules} rules, counted from 0", field=f"{path}.rules.{index}")
    level = told_prices.level_of(entry, Level.ITEM)
    if named and level is not Level.RULE:
        raise InvalidField("are named at the level RULE", field=f"{path}.rules")
    if UNITS in entry and (level is not Level.RULE or len(named or range(rules)) != 1):
        raise InvalidField(ONE_RULE, field=f"{path}.{UNITS}")


def _amounts(terms: Mapping[str, Any]) -> Iterator[tuple[str, Json]]:
    """Every amount of money with its path."""
    for name in LISTS:
        for at, each in enumerate(terms.get(name) or ()):
            if each.get("amount"):
                yield f"terms.{name}.{at}.amount", each["amount"]
            if each.get("condition"):
                yield f"terms.{name}.{at}.condition.value.amount", each["condition"]["value"]["amount"]


def _line(charge: Charge, currency: str) -> BilledLine:
    details, steps = printing.line_charges(charge), printing.line_steps(charge, currency)
    parts = [each["details"] for each in sub_lines.of(charge, details, steps, currency)]
    change = None if charge.seats is None else charge.seats.change
    return BilledLine(
        rule=calculated_item.place_of(charge.rule),
        is_usage=charge.is_usage,
        values=charge.values,
        rated=charge.rated,
        quantity=charge.quantity,
        from_seats=None if change is None else change.before,
        start=charge.span.start if change is None else change.at,
        end=charge.span.end,
        amount=charge.amount,
        unrounded=charge.unrounded,
        details=parts or details,
        steps=steps,
    )


def _beside(line: Adjustment, currency: str) -> Json:
    told = line.coupon is not None and line.coupon.coupon_id.startswith("terms.")
    return {
        "type": line.type.value,
        "level": line.level.value,
        "description": line.description,
        "amount": {"quantity": fixed(line.amount, currency), "currency": currency},
        "discount_type": line.discount_type.value if line.discount_type else None,
        "coupon_data": None
        if line.coupon is None
        else {
            "coupon_id": None if told else line.coupon.coupon_id,
            "promotion_code_id": line.coupon.promotion_code_id,
        },
        "steps": list(line.steps),
    }


def _used(charges: Sequence[Charge]) -> list[Json]:
    """The rates that were used, each once, in order."""
    used = [rate for each in charges if each.exchange for rate in each.exchange.used]
    return [rate.to_dict() for rate in dict.fromkeys(used)]
