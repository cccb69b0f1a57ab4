"""What an invoice makes of a price: asked of billing, and told as the calculator answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from catalog.asked import AskedRule, Elsewhere, Modifiers, Question
from catalog.models import ModelType
from catalog.ports import Billed, BilledLine
from catalog.rating.rate import needs_events
from catalog.rating.rated import Rated
from catalog.rating.rules.measured import Combining, MeteredUsage, OneKey
from catalog.rating.types import Config, PricingType, ResetType, ValueType
from catalog.rating.usage import Usage
from catalog.rating.volume import State
from catalog.services import calculate_usage
from catalog.services.calculate_usage import BY_ITSELF, Under, together
from kit import money
from kit.errors import InvalidField, MissingField
from kit.money import EXACT, plain
from kit.period import format_instant

Json = dict[str, Any]
ZERO = Decimal(0)
VOLUMES, EARLIER, COMBINED = "included_volumes", "earlier_meter_value", "combined_meter_value"
EARLIER_COMBINED = f"earlier_{COMBINED}"
KINDS = {ValueType.NUMBER: ("number", "amount"), ValueType.AMOUNT: ("amount", "number")}


@dataclass(frozen=True, slots=True)
class Beside:
    """What is told beside the price and its usage, and who bills it; nobody where nothing changes the price.

    ``volumes`` are the included volumes that a schedule has set, by the place of their rule and with their
    place in the request. ``earlier`` is usage of the same pricing period; ``combined`` is billed elsewhere,
    as ``earlier_combined`` was.
    """

    modifiers: Modifiers
    bill: Callable[[Question], Billed] | None = None
    volumes: Mapping[int, tuple[int, Mapping[str, Any]]] = field(default_factory=dict)
    states: Mapping[int, State] = field(default_factory=dict)
    earlier: Sequence[Under] | None = None
    combined: Sequence[Under] | None = None
    earlier_combined: Sequence[Under] | None = None

    @property
    def counts_elsewhere(self) -> bool:
        """Whether something that is billed elsewhere is told of."""
        return self.combined is not None or self.earlier_combined is not None

    def included(self, rule: int, config: Config) -> Config:
        """The rule with the volume that the schedule includes; raises as a schedule does."""
        found = self.volumes.get(rule)
        return config if found is None else _included(config, self.modifiers.model_type, *found)


def of_one(
    beside: Beside,
    config: Config,
    body: Mapping[str, Any],
    state: State,
    usage: Usage,
    deciding: Decimal | None,
    combining: Combining,
) -> Json:
    """What an invoice bills for one rule, which prices all of this usage; nothing where nobody bills."""
    if beside.bill is None:
        return {}
    bare = replace(config, conditions=(), expressions=(), tiering_conditions=(), split=())
    fee = beside.modifiers.model_type in BY_ITSELF
    earlier = _alone(beside.earlier, usage, EARLIER)
    both = [] if earlier is None else [earlier, usage]
    so_far = together(both, usage.currency, combining, field=EARLIER) if both else None
    question = Question(
        rules=(AskedRule(bare, body, state),),
        usage=OneKey(usage),
        modifiers=beside.modifiers,
        deciding=None if deciding is None else OneKey(Usage.one_event(deciding, currency=usage.currency)),
        earlier=None if earlier is None else OneKey(earlier),
        so_far=so_far,
        combined=_elsewhere(beside, usage, combining) if beside.counts_elsewhere else None,
        quantity=usage.quantity if fee and not beside.modifiers.seats else None,
        currency=usage.currency,
    )
    billed = beside.bill(question)
    return _of_lines(billed, config, dated=beside.modifiers.period is not None)


def _of_lines(billed: Billed, config: Config, *, dated: bool) -> Json:
    lines = billed.lines
    total = {"unrounded_amount": plain(money.total(each.unrounded for each in lines)), **total_of(billed)}
    details = {"details": [detail for each in lines for detail in each.details]}
    told = {"lines": [_line(each, billed.currency, dated=dated) for each in lines]}
    if len(lines) != 1:
        steps = [total_step(len(lines), money.total(each.amount for each in lines), billed.currency)]
        return {**total, **details, **told, "steps": steps, "left": None, "unit_amount": None}
    rated = lines[0].rated
    unit = None if rated.unit_amount is None else plain(rated.unit_amount)
    own = {"steps": list(lines[0].steps), "left": left(config, rated), "unit_amount": unit}
    return {**total, **details, **told, **own}


def _line(line: BilledLine, currency: str, *, dated: bool) -> Json:
    before = line.from_seats
    return {
        "quantity": plain(line.quantity),
        "seats": None if before is None else plain(EXACT.add(before, line.quantity)),
        "start_at": format_instant(line.start) if dated else None,
        "end_at": format_instant(line.end) if dated else None,
        "amount": {"quantity": money.fixed(line.amount, currency), "currency": currency},
        **line_of(line),
    }


def line_of(line: BilledLine) -> Json:
    """How a line came about."""
    unrounded = plain(line.unrounded)
    return {"unrounded_amount": unrounded, "details": list(line.details), "steps": list(line.steps)}


def total_of(billed: Billed) -> Json:
    """What the lines and what stands beside them come to."""
    return {
        "amount": {"quantity": money.fixed(billed.amount, billed.currency), "currency": billed.currency},
        "adjustments": list(billed.adjustments),
        "used_exchange_rates": list(billed.used_exchange_rates),
    }


def total_step(lines: int, amount: Decimal, currency: str) -> Json:
    """Several lines as one amount."""
    several = "line" if lines == 1 else "lines"
    return {
        "type": "TOTAL",
        "description": f"{lines} {several}, each rounded: {money.fixed(amount, currency)} {currency}",
        "amount": plain(amount),
    }


def left(config: Config, rated: Rated) -> Json | None:
    """What the next period may use, in the shape of the question; None where nothing goes on."""
    if not config.goes_on:
        return None
    rest, bundles = rated.left.available, rated.left.carried
    return {"included_volume": None if rest is None else plain(rest), "bundles": plain(bundles)}


def left_of(config: Config, state: State, lines: Sequence[Rated]) -> Json | None:
    """The same of a rule that may have several lines, each with a part of its volume."""
    if len(lines) == 1 or not config.goes_on:
        return left(config, lines[0]) if lines else None
    had = config.included_volume if state.available is None else state.available
    rest = EXACT.subtract(had, money.total(each.included for each in lines))
    gained = money.total(EXACT.subtract(each.left.carried, each.state.carried) for each in lines)
    bundles = max(EXACT.add(state.carried, gained), ZERO) if config.rollover else ZERO
    shown = None if config.reset is ResetType.PERIOD else plain(rest)
    return {"included_volume": shown, "bundles": plain(bundles)}


def _alone(told: Sequence[Under] | None, usage: Usage, field: str) -> Usage | None:
    """One more quantity of the kind of what is billed."""
    if told is None:
        return None
    measured = told[0].measured
    if measured.currency != usage.currency:
        raise InvalidField("must be of the kind and currency of meter_value", field=field)
    if measured.count is None:
        return Usage.one_event(measured.quantity, currency=measured.currency)
    count = calculate_usage.whole(measured.count, field=f"{field}.count")
    return Usage(measured.quantity, measured.currency, count)


def _elsewhere(beside: Beside, usage: Usage, combining: Combining) -> Elsewhere:
    """What is billed elsewhere, in the billed period and before it; what is not told was not used."""
    own = _alone(beside.combined, usage, COMBINED)
    before = _alone(beside.earlier_combined, usage, EARLIER_COMBINED)

    def of(*told: Usage | None) -> MeteredUsage:
        results = [each for each in told if each]
        return together(results, usage.currency, combining, field=EARLIER_COMBINED)

    return Elsewhere(of(own)) if beside.earlier is None else Elsewhere(of(own), of(before), of(before, own))


def _included(config: Config, model_type: str | None, place: int, told: Mapping[str, Any]) -> Config:
    path = f"{VOLUMES}.{place}"
    usage = model_type in (None, ModelType.USAGE_BASED, ModelType.USAGE_BASED_CONVERSION)
    if not usage or config.pricing_type in (PricingType.FIXED, PricingType.NONE):
        raise InvalidField("only a price of usage has a volume to include", field=path)
    if needs_events(config):
        message = "a price with a minimum or maximum per event has no volume to include"
        raise InvalidField(message, field=path)
    wanted, other = KINDS[config.value_type or ValueType.NUMBER]
    if told.get(other) is not None:
        raise InvalidField(f"this rule counts by {wanted}", field=f"{path}.{other}")
    if told.get(wanted) is None:
        raise MissingField(field=f"{path}.{wanted}")
    given = told[wanted]
    volume = Decimal(given if wanted == "number" else given["quantity"])
    if volume < 0:
        at = f"{path}.number" if wanted == "number" else f"{path}.amount.quantity"
        raise InvalidField("must not be negative", field=at)
    if wanted == "amount" and config.currency not in (None, given["currency"]):
        raise InvalidField(f"must be in {config.currency}", field=f"{path}.amount.currency")
    reset = told.get("reset_type")
    return replace(config, included_volume=volume, reset=ResetType(reset) if reset else config.reset)
