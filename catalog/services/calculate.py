"""The price calculator: one price, one quantity, by the functions that rate invoices. Nothing is stored.

The price is a config as it would be stored, or a stored rule: that which prices an event with the given
properties in the calculation. What activation refuses in a config is refused here in the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from accounts.models import Platform
from catalog.models import ModelType
from catalog.ports import Adjusted, AdjustedLine
from catalog.rating import curve, period_part
from catalog.rating.explaining import printing, steps
from catalog.rating.parsing import config as rating_config
from catalog.rating.period_part import PeriodPart
from catalog.rating.rated import Rated
from catalog.rating.rules import pool
from catalog.rating.rules.measured import SUMMED, Combining, Of, Told, ToldUsage
from catalog.rating.rules.rules import RuleSet, properties_of, renamed
from catalog.rating.types import IN_BANDS, Config, PricingType, ValueType
from catalog.rating.usage import Usage
from catalog.rating.volume import FRESH, State
from catalog.services import activation_items, activation_rules
from catalog.services.activation_rules import Rule
from catalog.services.offered import Offered
from kit import money
from kit.errors import InvalidField, MissingField, UnableToProcess
from metering.selectors import definitions

Adjust = Callable[[Sequence[Rated]], Adjusted]
BY_ITSELF = (ModelType.RECURRING, ModelType.ONE_OFF, ModelType.PER_SEAT)
BY_PERIOD = (ModelType.RECURRING, ModelType.PER_SEAT)
WITHOUT_USAGE = (PricingType.FIXED, PricingType.NONE)


@dataclass(frozen=True, slots=True)
class Measured:
    """A meter value: a number, or an amount of ``currency``. ``count`` says how many events it is of."""

    quantity: Decimal
    currency: str | None = None
    count: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Under:
    """What was measured under these properties, by reference or id."""

    measured: Measured
    properties: Mapping[str, str]


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
    adjust: Adjust | None = None,
    state: State = FRESH,
) -> dict[str, Any]:
    """What ``measured`` costs: ``{amount, unrounded_amount, unit_amount, details, steps, curve, ..}``.

    Without ``events`` the quantity is one event, unless its count says otherwise; events are aggregated as
    ``combining`` says. ``part`` is the part of a period that a fee is for, ``deciding`` what
    decides the bands where that is not the quantity itself, ``adjust`` what a schedule would change,
    ``state`` what earlier periods left. Raises InvalidField or MissingField as rating does and
    UnableToProcess as activation does, with the field of the request's body.
    """
    parsed = rating_config.parse(config, path="config")
    usage = _usage(parsed, measured, events, model_type, default_currency, combining)
    require_billable([Rule("config", config, parsed)], model_type)
    decides = None if deciding is None else _decides(deciding, usage)
    rated = pool.rate_alone(parsed, usage, deciding=decides, state=state)
    amount, told, details = rated.amount, steps.of(rated), printing.of(rated)
    if part is not None:
        _require_fee(parsed, model_type)
        amount = period_part.amount_of(rated, part)
        told, details = period_part.steps_of(rated, part), period_part.details_of(rated, part)
    currency = rated.currency or default_currency
    answer = {
        "amount": {"quantity": money.fixed(amount, currency), "currency": currency},
        "unrounded_amount": money.plain(amount),
        "unit_amount": None if rated.unit_amount is None else money.plain(rated.unit_amount),
        "details": details,
        "steps": told,
        "adjustments": [],
        "left": _left(parsed, rated),
        "curve": [point.to_dict() for point in curve.points(parsed, usage, decides)],
        "rules": [],
        "unpriced": [],
    }
    if adjust is None or not rated.has_line:
        return answer
    adjusted = adjust([rated])
    return answer | line_of(adjusted.lines[0]) | total_of(adjusted)


def require_billable(rules: Sequence[Rule], model_type: str | None) -> None:
    """Raises what activation would: UnableToProcess with the field of the first problem."""
    of_model = activation_items.of_model(model_type, "model_type") if model_type else ()
    for problem in (*of_model, *activation_rules.of_told(rules, model_type)):
        raise UnableToProcess(problem.message, field=problem.field)


def _left(config: Config, rated: Rated) -> dict[str, Any] | None:
    """What the next period may use, in the shape of the question; None where nothing goes on."""
    if not config.goes_on:
        return None
    rest, bundles = rated.left.available, rated.left.carried
    return {"included_volume": None if rest is None else money.plain(rest), "bundles": money.plain(bundles)}


def line_of(line: AdjustedLine) -> dict[str, Any]:
    """How a line came about that terms have changed."""
    unrounded = money.plain(line.unrounded)
    return {"unrounded_amount": unrounded, "details": list(line.details), "steps": list(line.steps)}


def total_of(adjusted: Adjusted) -> dict[str, Any]:
    """What the lines and what stands beside them come to."""
    amount = {"quantity": money.fixed(adjusted.amount, adjusted.currency), "currency": adjusted.currency}
    return {"amount": amount, "adjustments": list(adjusted.adjustments)}


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


def _require_fee(config: Config, model_type: str | None) -> None:
    """Only what is due by the period is prorated with it: fees, seats, what is FIXED whatever the usage."""
    by_period = model_type in BY_PERIOD or config.pricing_type in WITHOUT_USAGE
    if model_type == ModelType.ONE_OFF or not by_period:
        raise InvalidField("usage and one-off prices are never prorated", field="period_fraction")


def _usage(
    config: Config,
    measured: Measured | None,
    events: Sequence[Under] | None,
    model_type: str | None,
    default_currency: str,
    combining: Combining,
) -> Usage:
    if events is not None:
        is_amount = config.value_type is ValueType.AMOUNT
        currency = config.currency or default_currency if is_amount else None
        return _of_events(events, measured, currency, combining)
    if measured is None:
        if model_type not in BY_ITSELF and config.pricing_type not in WITHOUT_USAGE:
            raise MissingField(field="meter_value")
        measured = Measured(Decimal(1) if model_type in BY_ITSELF else Decimal(0))
    if measured.count is not None:
        return Usage(measured.quantity, measured.currency, whole(measured.count, field="meter_value.count"))
    told = Usage.agreed if model_type in BY_ITSELF else Usage.one_event
    return told(measured.quantity, currency=measured.currency)


def _of_events(
    events: Sequence[Under], measured: Measured | None, currency: str | None, combining: Combining
) -> Usage:
    """What the events come to, which a given meter value must equal; none of them is zero of ``currency``."""
    currencies = {each.measured.currency for each in events} | ({measured.currency} if measured else set())
    if len(currencies) > 1:
        raise InvalidField(
            "must all be numbers, or amounts of one currency, as meter_value is", field="events"
        )
    usage = usage_of(events, next(iter(currencies), currency), combining, field="events")
    everything = usage.over(range(len(usage.keys)))
    if measured and measured.quantity != everything.quantity:
        raise InvalidField("add up to another quantity than meter_value", field="events")
    return everything


def usage_of(
    asked: Sequence[Under],
    currency: str | None,
    combining: Combining,
    *,
    field: str,
    names: Mapping[str, str] = MappingProxyType({}),
) -> ToldUsage:
    """What is asked about as usage by key; ``names`` are the references of properties named by id."""
    told = [
        Told(
            {names.get(name, name): value for name, value in each.properties.items()},
            each.measured.quantity,
            _count(each.measured, f"{field}.{at}"),
        )
        for at, each in enumerate(asked)
    ]
    if combining.calculation == "COUNT" and combining.of is Of.QUANTITIES:
        for at, each in enumerate(told):
            whole(each.quantity, field=f"{field}.{at}.number")
    return ToldUsage(told, currency, combining)


def _count(measured: Measured, field: str) -> int | None:
    return None if measured.count is None else whole(measured.count, field=f"{field}.count")


def whole(count: Decimal, *, field: str) -> int:
    """A count of events; raises InvalidField unless it is one."""
    if count < 0 or count != count.to_integral_value():
        raise InvalidField("must be a whole number of events", field=field)
    return int(count)
