"""The included volumes of a schedule: checked before they are stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from billing.calc.inputs import METERED
from billing.models import PricingPlanSchedule
from billing.selectors import agreed_prices
from billing.selectors.item_terms import ItemTerms, RuleTerms
from billing.services.terms import dated_terms
from catalog.rating.types import PricingType
from kit.errors import InvalidField, MissingField, ReferencedNotFound

FIELD = "included_volumes"
Json = Mapping[str, Any]
WITHOUT_VOLUME = (PricingType.FIXED, PricingType.NONE)


def require(schedule: PricingPlanSchedule) -> None:
    """Raise for the first entry that cannot be applied.

    ReferencedNotFound: a rule that the schedule has not. InvalidField: a rule without a volume, another
    currency, a negative quantity, dates outside the schedule. MissingField: no quantity of the rule's kind.
    """
    if not schedule.included_volumes:
        return
    items = agreed_prices.sold(schedule)
    for index, each in enumerate(schedule.included_volumes):
        path = f"{FIELD}.{index}"
        item, rule = _rule(items, each["pricing_item_config_id"], path)
        _suits(item, rule, path)
        _quantity(each, item, path, schedule)
        dated_terms.require_dates(path, each, schedule)


def _rule(items: Sequence[ItemTerms], config_id: str, path: str) -> tuple[ItemTerms, RuleTerms]:
    for item in items:
        for rule in item.rules:
            if config_id in rule.ids:
                return item, rule
    message = f"{config_id} is not a rule of the schedule's prices"
    raise ReferencedNotFound(message, field=f"{path}.pricing_item_config_id")


def refusal(item: ItemTerms, rule: RuleTerms) -> str:
    """Why a schedule cannot include a volume of this rule; nothing where it can."""
    if item.model not in METERED or rule.config.pricing_type in WITHOUT_VOLUME:
        return "only a price of usage has a volume to include"
    return ""


def _suits(item: ItemTerms, rule: RuleTerms, path: str) -> None:
    message = refusal(item, rule)
    if message:
        raise InvalidField(message, field=f"{path}.pricing_item_config_id")


def _quantity(body: Json, item: ItemTerms, path: str, schedule: PricingPlanSchedule) -> None:
    wanted, other = ("amount", "number") if item.is_amount else ("number", "amount")
    if body.get(other) is not None:
        raise InvalidField(f"this rule counts by {wanted}", field=f"{path}.{other}")
    given = body.get(wanted)
    if given is None:
        raise MissingField(field=f"{path}.{wanted}")
    inner = f"{path}.{wanted}" if wanted == "number" else f"{path}.amount.quantity"
    if (given if wanted == "number" else given["quantity"]).startswith("-"):
        raise InvalidField("must not be negative", field=inner)
    if wanted == "amount" and given["currency"] != schedule.pricing_currency:
        message = f"must be the currency of the schedule, {schedule.pricing_currency}"
        raise InvalidField(message, field=f"{path}.amount.currency")
