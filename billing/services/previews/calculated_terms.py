"""Fills ``catalog.ports.Terms``: the price calculator's markups, discounts, commitments and exchange."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from accounts.context import Context
from billing.calc import printing, sub_lines, told_prices
from billing.calc.adjusting import Adjustment
from billing.calc.charge import Charge
from billing.calc.currencies import Rates
from billing.calc.inputs import ChargeModel
from billing.selectors import exchange_rates
from billing.selectors.exchange_rates import Moment
from catalog.ports import Adjusted, AdjustedLine
from catalog.rating.period_part import PeriodPart
from catalog.rating.rated import Rated
from kit.errors import InvalidField, InvalidOperation
from kit.money import fixed, total

Json = dict[str, Any]
UNITS = "only one rule knows the price of its units"


class CalculatedTerms:
    """By the functions of invoices, at the exchange rates of now."""

    def adjust(
        self,
        *,
        ctx: Context,
        rated: Sequence[Rated],
        terms: Mapping[str, Any],
        model_type: str | None,
        part: PeriodPart | None = None,
    ) -> Adjusted:
        priced_in = next((each.currency for each in rated if each.currency), ctx.platform.default_currency)
        currency = terms.get("billing_currency") or priced_in
        _require(terms, rated, priced_in, currency)
        moment = Moment(ctx.at)
        known = exchange_rates.at_moments(ctx.platform, [moment] if currency != priced_in else [])
        try:
            told = told_prices.adjusted(
                rated,
                {name: entries for name, entries in terms.items() if name != "billing_currency"},
                currency=currency,
                rates=known.get(moment, Rates(at=ctx.at)),
                model=_model(model_type),
                at=ctx.at,
                part=part,
            )
        except InvalidOperation as error:
            raise InvalidOperation(error.message, field=f"terms.{error.field}") from error
        amounts = [*(each.amount for each in told.charges), *(each.amount for each in told.adjustments)]
        return Adjusted(
            currency,
            total(amounts),
            [_line(each, currency) for each in told.charges],
            [_beside(each, currency) for each in told.adjustments],
        )


def _model(model_type: str | None) -> ChargeModel:
    """What cannot be billed yet (CREDITS) is asked about as usage."""
    return ChargeModel.__members__.get(model_type or "", ChargeModel.USAGE_BASED)


def _require(terms: Mapping[str, Any], rated: Sequence[Rated], priced_in: str, currency: str) -> None:
    """A markup is part of the price; discounts and commitments count what is billed."""
    for path, amount in _amounts(terms):
        wanted = priced_in if path.startswith("terms.markups.") else currency
        if amount["currency"] != wanted:
            raise InvalidField(f"must be in {wanted}", field=f"{path}.currency")
    units = [at for at, each in enumerate(terms.get("commitments") or ()) if "amount" not in each]
    if units and len({each.config for each in rated}) > 1:
        raise InvalidField(UNITS, field=f"terms.commitments.{units[0]}.meter_value_calculation")


def _amounts(terms: Mapping[str, Any]) -> Iterator[tuple[str, Json]]:
    """Every amount of money with its path."""
    for name in ("markups", "discounts", "commitments", "total_discounts"):
        for at, each in enumerate(terms.get(name) or ()):
            if each.get("amount"):
                yield f"terms.{name}.{at}.amount", each["amount"]
            if each.get("condition"):
                yield f"terms.{name}.{at}.condition.value.amount", each["condition"]["value"]["amount"]


def _line(charge: Charge, currency: str) -> AdjustedLine:
    details, steps = printing.line_charges(charge), printing.line_steps(charge, currency)
    parts = [each["details"] for each in sub_lines.of(charge, details, steps, currency)]
    return AdjustedLine(charge.amount, charge.unrounded, parts or details, steps)


def _beside(line: Adjustment, currency: str) -> Json:
    return {
        "type": line.type.value,
        "level": line.level.value,
        "description": line.description,
        "amount": {"quantity": fixed(line.amount, currency), "currency": currency},
        "steps": list(line.steps),
    }
