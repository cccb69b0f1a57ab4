"""The rules that the calculator is asked about: as they would be stored, or those of a pricing item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from catalog.models import PricingItem, PricingItemConfig, PricingItemProductItem, Status
from catalog.rating.rules.choice import choose
from catalog.rating.rules.measured import SUMMED, Combining
from catalog.selectors import priced
from catalog.services import activation_choices, activation_facts, activation_items, activation_rules
from catalog.services.activation_choices import Choice
from catalog.services.activation_facts import Facts
from kit.errors import UnableToProcess
from kit.period import Period, PeriodType
from metering.models import MeterValueCalculation

Json = dict[str, Any]
AT = "pricing_item_id"
MONTHLY = Period(PeriodType.MONTH, 1)


@dataclass(frozen=True, slots=True)
class Offered:
    """The bodies of rules in order, the ids of stored ones, and the path of each.

    ``combining`` says how their usage is aggregated, ``deciding`` how that which decides their bands is, None
    where that is their own.
    """

    bodies: tuple[Json, ...]
    ids: tuple[str | None, ...]
    paths: tuple[str, ...]
    combining: Combining = SUMMED
    deciding: Combining | None = None


def of_item(item: PricingItem, *, currency: str | None, period: Period | None, default: str) -> Offered:
    """The stored rules of a pricing item for a pricing currency and a billing period.

    By default those of the version: its default currency (else ``default``), its first period (else a
    month). Raises InvalidOperation where there are none for them, UnableToProcess for rules of a DRAFT that
    activation would refuse. Prices of a fallback stay in its currency.
    """
    _load(item)
    choices = activation_choices.of_item(item, AT)
    chosen = choose(
        choices.default,
        choices.by_currency,
        currency=currency or item.version.default_pricing_currency or default,
        period=period or _first_period(item),
    ).rules
    _require_billable(item, chosen)
    own = chosen is choices.default.rules
    ids = [row.public_id for row in item.configs.all()] if own else [body["id"] for body in chosen.bodies]
    paths = tuple(f"{chosen.at}.{index}" for index in range(len(ids)))
    return Offered(tuple(map(dict, chosen.bodies)), tuple(ids), paths, _combining(item), _deciding(item))


def of_body(body: Json, combining: Combining = SUMMED, deciding: Combining | None = None) -> Offered:
    """One rule as it would be stored."""
    return Offered((body,), (None,), ("config",), combining, deciding)


def of_bodies(
    bodies: Sequence[Json], combining: Combining = SUMMED, deciding: Combining | None = None
) -> Offered:
    """Rules as they would be stored."""
    paths = tuple(f"configs.{index}" for index in range(len(bodies)))
    return Offered(tuple(bodies), tuple(None for _ in bodies), paths, combining, deciding)


def model_of(item: PricingItem) -> str | None:
    """The model type of what a pricing item sells."""
    first = next(iter(item.product_item_links.all()), None)
    return None if first is None else first.product_item.model_type


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
        "product_item__meter_value_calculation__meter_property",
        "product_item__tiering_meter_value_calculation__meter_property",
    )
    rules = PricingItemConfig.objects.order_by("position")
    prefetch_related_objects([item], Prefetch("configs", rules), Prefetch("product_item_links", links))


def _first_period(item: PricingItem) -> Period:
    offered = item.version.billing_periods
    first = offered[0]["period"] if offered else None
    return Period(PeriodType(first["type"]), first["value"]) if first else MONTHLY


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
