"""The rules that the calculator is asked about: as they would be stored, or those of a pricing item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from catalog.asked import MONTH, Sold
from catalog.models import (
    ItemType,
    Override,
    PricingItem,
    PricingItemConfig,
    PricingItemProductItem,
    ProductItem,
    Status,
)
from catalog.rating.rules.choice import choose
from catalog.rating.rules.measured import SUMMED, Combining
from catalog.rating.rules.replacing import replaced
from catalog.selectors import priced
from catalog.services import activation_choices, activation_facts, activation_items, activation_rules
from catalog.services.activation_choices import Choice
from catalog.services.activation_facts import Facts
from kit.errors import UnableToProcess
from kit.period import Period, PeriodType
from metering.models import MeterValueCalculation

Json = dict[str, Any]
AT = "pricing_item_id"
# How a rule of a schedule's own names the rule of the plan that it replaces.
ORIGINAL_RULE = "original_pricing_item_config_id"


@dataclass(frozen=True, slots=True)
class Offered:
    """The bodies of rules in order, the ids of stored ones, and the path of each.

    ``combining`` says how their usage is aggregated, ``deciding`` how that which decides their bands is, None
    where that is their own. ``period`` is what they have been chosen for; ``sold`` tells what a stored price
    is for, whose ``model_type`` is known, and whether it reduces an invoice.
    """

    bodies: tuple[Json, ...]
    ids: tuple[str | None, ...]
    paths: tuple[str, ...]
    combining: Combining = SUMMED
    deciding: Combining | None = None
    period: Period = MONTH
    sold: Sold | None = None
    model_type: str | None = None
    is_deduction: bool = False


def of_item(item: PricingItem, *, currency: str | None, period: Period | None, default: str) -> Offered:
    """The stored rules of a pricing item for a pricing currency and a billing period.

    By default those of the version: its default currency (else ``default``), its first period (else a
    month). Raises InvalidOperation where there are none for them, UnableToProcess for rules of a DRAFT that
    activation would refuse. Prices of a fallback stay in its currency.
    """
    _load(item)
    wanted = period or _first_period(item)
    code = currency or item.version.default_pricing_currency or default
    chosen, rules = _rules(item, code, wanted)
    if item.override == Override.SPECIFIC and item.original is not None:
        _load(item.original)
        _, plan = _rules(item.original, code, wanted)
        rules = list(replaced(plan, rules, name=_name, original=_original))
    _require_billable(item, chosen)
    first = _first(item)
    return Offered(
        tuple(body for body, _ in rules),
        tuple(name for _, name in rules),
        tuple(f"{chosen.at}.{index}" for index in range(len(rules))),
        _combining(item),
        _deciding(item),
        wanted,
        _sold(item),
        None if first is None else first.model_type,
        first is not None and first.type == ItemType.DEDUCTION,
    )


def of_body(body: Json, combining: Combining = SUMMED, deciding: Combining | None = None) -> Offered:
    """One rule as it would be stored."""
    return Offered((body,), (None,), ("config",), combining, deciding)


def of_bodies(
    bodies: Sequence[Json], combining: Combining = SUMMED, deciding: Combining | None = None
) -> Offered:
    """Rules as they would be stored."""
    paths = tuple(f"configs.{index}" for index in range(len(bodies)))
    return Offered(tuple(bodies), tuple(None for _ in bodies), paths, combining, deciding)


Stored = tuple[Json, str]


def _rules(item: PricingItem, currency: str, period: Period) -> tuple[Choice, list[Stored]]:
    """The rules for a currency and a period, each with its id."""
    choices = activation_choices.of_item(item, AT)
    chosen = choose(choices.default, choices.by_currency, currency=currency, period=period).rules
    rows = [row.public_id for row in item.configs.all()] if chosen is choices.default.rules else None
    ids = rows or [body["id"] for body in chosen.bodies]
    return chosen, list(zip(map(dict, chosen.bodies), ids, strict=True))


def _name(rule: Stored) -> str:
    return rule[1]


def _original(rule: Stored) -> str | None:
    named: str | None = rule[0].get(ORIGINAL_RULE)
    return named


def _first(item: PricingItem) -> ProductItem | None:
    link = next(iter(item.product_item_links.all()), None)
    return None if link is None else link.product_item


def _sold(item: PricingItem) -> Sold:
    """What an invoice knows of what it sells."""
    pricing = item.pricing
    items = [link.product_item for link in item.product_item_links.all()]
    products = [link.product for link in pricing.product_links.all()]
    counted = [each.meter_value_calculation for each in items if each.meter_value_calculation]
    ids = [each.public_id for each in [*products, *(each.product for each in items)]]
    return Sold(
        tuple(each.public_id for each in items),
        tuple(dict.fromkeys(ids)),
        (pricing.category.product_category.public_id,),
        tuple(each.meter_value.public_id for each in counted[:1] if each.meter_value),
    )


def _require_billable(item: PricingItem, chosen: Choice) -> None:
    """Raises what activation would say of these items and rules, where they have not been activated yet."""
    if item.version.status != Status.DRAFT:
        return
    sold = [link.product_item for link in item.product_item_links.all()]
    meters = {each.meter_id for each in activation_facts.calculations(sold)}
    required, optional = priced.properties(item.platform, meters)
    facts = Facts(properties=required, optional=optional, currencies=tuple(item.version.pricing_currencies))
    if not sold:
        return
    of_items = activation_items.problems(sold, f"{AT}.product_item_ids", facts)
    for problem in (*of_items, *activation_rules.of_choice(chosen, sold, facts)):
        raise UnableToProcess(problem.message, field=problem.field)


def _load(item: PricingItem) -> None:
    """Its rules and what it sells, in order: two queries."""
    links = PricingItemProductItem.objects.order_by("position").select_related(
        "product_item__product",
        "product_item__meter_value_calculation__meter_property",
        "product_item__meter_value_calculation__meter_value",
        "product_item__tiering_meter_value_calculation__meter_property",
    )
    rules = PricingItemConfig.objects.order_by("position")
    prefetch_related_objects([item], Prefetch("configs", rules), Prefetch("product_item_links", links))


def _first_period(item: PricingItem) -> Period:
    offered = item.version.billing_periods
    first = offered[0]["period"] if offered else None
    return Period(PeriodType(first["type"]), first["value"]) if first else MONTH


def _combining(item: PricingItem) -> Combining:
    """The calculation of what it sells; a sum where several are aggregated apart and added up."""
    return _of([link.product_item.meter_value_calculation for link in item.product_item_links.all()])


def _deciding(item: PricingItem) -> Combining | None:
    """The calculation that decides the bands of what it sells, where that is another."""
    found = [link.product_item.tiering_meter_value_calculation for link in item.product_item_links.all()]
    return _of(found) if any(found) else None


def _of(calculations: Sequence[MeterValueCalculation | None]) -> Combining:
    first = calculations[0] if calculations else None
    if first is None or len(set(calculations)) != 1:
        return SUMMED
    counted = first.meter_property
    return Combining(first.calculation_type, counted.reference if counted else None)
