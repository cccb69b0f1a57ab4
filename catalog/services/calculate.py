"""The price calculator: one price, one quantity, by the functions that rate invoices. Nothing is stored.

The price is a config as it would be stored, or a stored rule: that which prices an event with the given
properties in the calculation. What activation refuses in a config is refused here in the same words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from accounts.models import Platform
from catalog.models import ModelType
from catalog.rating import curve, period_part
from catalog.rating.explaining import printing, steps
from catalog.rating.parsing import config as rating_config
from catalog.rating.period_part import PeriodPart
from catalog.rating.rated import Rated
from catalog.rating.rules import pool
from catalog.rating.rules.measured import SUMMED, Combining
from catalog.rating.rules.rules import RuleSet, properties_of, renamed
from catalog.rating.types import IN_BANDS, Config
from catalog.rating.usage import Usage
from catalog.rating.volume import FRESH, State
from catalog.services import activation_items, activation_rules, calculate_billed, calculate_usage
from catalog.services.activation_rules import Rule
from catalog.services.calculate_billed import Beside
from catalog.services.calculate_usage import WITHOUT_USAGE, Measured, Under
from catalog.services.offered import Offered
from kit import money
from kit.errors import InvalidField, MissingField, UnableToProcess
from metering.selectors import definitions

BY_PERIOD = (ModelType.RECURRING, ModelType.PER_SEAT)


def price(
    *,
    config: dict[str, Any],
    measured: Measured | None,
    events: Sequence[Under] | None,
    model_type: str | None,
    default_currency: str,
    combining: Combining = SUMMED,
    part: PeriodPart | None = None,
    deciding: Measured | None = None,
    state: State = FRESH,
    beside: Beside | None = None,
) -> dict[str, Any]:
    """What ``measured`` costs: ``{amount, unrounded_amount, unit_amount, details, steps, curve, ..}``.

    Without ``events`` the quantity is one event, unless its count says otherwise; events are aggregated as
    ``combining`` says. ``part`` is the part of a period that a fee is for, ``deciding`` what
    decides the bands where that is not the quantity itself, ``state`` what earlier periods left, ``beside``
    all that an invoice would know besides. Raises InvalidField or MissingField as rating does and
    UnableToProcess as activation does, with the field of the request's body.
    """
    parsed = rating_config.parse(config, path="config")
    usage = calculate_usage.of_one(config, parsed, measured, events, model_type, default_currency, combining)
    require_billable([Rule("config", config, parsed)], model_type)
    if beside is not None:
        parsed = beside.included(0, parsed)
    decides = None if deciding is None else _decides(deciding, usage)
    rated = pool.rate_alone(parsed, usage, deciding=decides, state=state)
    if part is not None:
        require_fee([parsed], model_type)
    answer = _answer(parsed, rated, part, default_currency)
    answer["curve"] = [point.to_dict() for point in curve.points(parsed, usage, decides)]
    if beside is None or not rated.has_line:
        return answer
    return answer | calculate_billed.of_one(beside, parsed, config, state, usage, decides, combining)


def _answer(config: Config, rated: Rated, part: PeriodPart | None, default_currency: str) -> dict[str, Any]:
    amount, told, details = rated.amount, steps.of(rated), printing.of(rated)
    if part is not None:
        amount = period_part.amount_of(rated, part)
        told, details = period_part.steps_of(rated, part), period_part.details_of(rated, part)
    currency = rated.currency or default_currency
    return {
        "amount": {"quantity": money.fixed(amount, currency), "currency": currency},
        "unrounded_amount": money.plain(amount),
        "unit_amount": None if rated.unit_amount is None else money.plain(rated.unit_amount),
        "details": details,
        "steps": told,
        "adjustments": [],
        "used_exchange_rates": [],
        "left": calculate_billed.left(config, rated),
        "left_by_rule": [],
        "curve": [],
        "lines": [],
        "rules": [],
        "unpriced": [],
    }


def require_billable(rules: Sequence[Rule], model_type: str | None) -> None:
    """Raises what activation would: UnableToProcess with the field of the first problem."""
    of_model = activation_items.of_model(model_type, "model_type") if model_type else ()
    for problem in (*of_model, *activation_rules.of_told(rules, model_type)):
        raise UnableToProcess(problem.message, field=problem.field)


def require_fee(configs: Sequence[Config], model_type: str | None) -> None:
    """Only what is due by the period is prorated with it: fees, seats, what is FIXED whatever the usage.

    Raises InvalidField where none of these rules is.
    """
    by_period = any(each.pricing_type in WITHOUT_USAGE for each in configs)
    if model_type == ModelType.ONE_OFF or not (by_period or model_type in BY_PERIOD):
        raise InvalidField("usage and one-off prices are never prorated", field="period_fraction")


def rule_of(*, platform: Platform, offered: Offered, properties: Mapping[str, str]) -> int:
    """The position of the rule that prices an event with these properties, by reference or id.

    Raises InvalidField where no rule does.
    """
    numbers = definitions.number_properties(platform)
    parsed = [rating_config.parse(body, numbers=numbers) for body in offered.bodies]
    names = definitions.references(
        platform, {*properties, *(n for each in parsed for n in properties_of(each))}
    )
    known = {names.get(name, name): value for name, value in properties.items()}
    index = RuleSet([renamed(each, names) for each in parsed]).pick(known)
    if index is None:
        raise InvalidField("no rule prices an event with these properties", field="meter_properties")
    return index


def require_deciding(bodies: Sequence[Mapping[str, Any]], *, at: str) -> None:
    """Raises MissingField at this field where bands would be decided by usage that nobody has told of."""
    if any(rating_config.parse(body).pricing_type in IN_BANDS for body in bodies):
        raise MissingField("another quantity decides the bands of this price", field=at)


def _decides(deciding: Measured, usage: Usage) -> Decimal:
    if deciding.currency != usage.currency:
        raise InvalidField("must be of the kind and currency of meter_value", field="tiering_meter_value")
    return deciding.quantity
