"""The prices of plan versions as invoices use them: parsed, in printed order, ready to be rated.

An active version never changes, but the names and tax categories of what it prices may: what is
cached is valid for one ``configuration_version`` of its platform.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import F

from accounts.models import Platform
from billing.calc.inputs import ChargeModel, ItemType
from billing.models import PricingPlanSchedule
from billing.selectors.item_terms import Counted, ItemTerms, Own, RuleTerms
from billing.selectors.measures import counted_by, reported_by, tiering_of
from catalog.models import Override, PricingItem, ProductItem
from catalog.rating.parsing import config as rating_config
from catalog.rating.parsing.config_conditions import Names
from catalog.rating.rules.choice import Alternatives
from catalog.rating.rules.rules import properties_of
from catalog.rating.types import Config
from catalog.selectors import choices
from kit.period import Period, PeriodType
from metering.models import MeterValue
from metering.selectors import definitions

CACHED = 512
# The items of a pricing together; alternatives, each counted in its group, after what stands in none.
PRINTED = (
    "pricing__category__position",
    F("pricing__group__position").asc(nulls_first=True),
    "pricing__position",
    "pricing_id",
    "position",
    "pk",
)
Rules = tuple[RuleTerms, ...]

_cache: OrderedDict[tuple[int, int, int], tuple[ItemTerms, ...]] = OrderedDict()


class Terms(NamedTuple):
    """Which of a version's prices apply: those for a pricing currency and a billing period."""

    version: int
    currency: str
    period: Period


def terms_of(schedule: PricingPlanSchedule) -> Terms:
    """What the schedule says of prices."""
    return Terms(schedule.pricing_plan_version_id, schedule.pricing_currency, schedule.billing_period)


def of_versions(platform: Platform, versions: Iterable[int]) -> dict[int, tuple[ItemTerms, ...]]:
    """version pk -> its items, in printed order; a fixed number of queries for those not cached.

    Their rules are those for any currency and period, and what is optional is among them: ``agreed_prices``
    tells what a schedule has of it.
    """
    found: dict[int, tuple[ItemTerms, ...]] = {}
    for version in set(versions):
        known = _cache.get(_place(platform, version))
        if known is not None:
            found[version] = known
    missing = set(versions) - set(found)
    if missing:
        found |= _load(platform, missing)
        for version in missing:
            _cache[_place(platform, version)] = found[version]
        while len(_cache) > CACHED:
            _cache.popitem(last=False)
    return found


def bill_in_advance(items: Iterable[ItemTerms]) -> bool:
    """Whether any price is due before its period, without being asked for."""
    return any(rule.billing_in_advance and not rule.on_demand for item in items for rule in item.rules)


def _place(platform: Platform, version: int) -> tuple[int, int, int]:
    return platform.pk, platform.configuration_version, version


def _load(platform: Platform, versions: set[int]) -> dict[int, tuple[ItemTerms, ...]]:
    rows = (
        PricingItem.objects.filter(platform=platform, version__in=versions)
        .select_related("pricing__category__product_category", "pricing__original__group", "original")
        .prefetch_related(
            "configs",
            "pricing__product_links__product",
            "product_item_links__product_item__product__category",
            "product_item_links__product_item__meter_value_calculation__meter_value",
            "product_item_links__product_item__tiering_meter_value_calculation__meter_value",
            "product_item_links__product_item__report_links__meter_value_calculation__meter_value",
        )
        .order_by(*PRINTED)
    )
    found: dict[int, list[ItemTerms]] = {version: [] for version in versions}
    numbers = definitions.number_properties(platform)
    for row in rows:
        found[row.version_id].append(_terms(row, numbers))
    references = _references(platform, found)
    return {version: tuple(item.renamed(references) for item in items) for version, items in found.items()}


def _terms(row: PricingItem, numbers: Names) -> ItemTerms:
    links = sorted(row.product_item_links.all(), key=lambda link: link.position)
    items: list[ProductItem] = [link.product_item for link in links]
    first, pricing = items[0], row.pricing
    products = [link.product for link in sorted(pricing.product_links.all(), key=lambda link: link.position)]
    sold = [item.product for item in items]
    value = first.meter_value_calculation.meter_value if first.meter_value_calculation else None
    rules, by_currency = _alternatives(row, numbers)
    every = [each for several in (rules, *by_currency.values()) for each in _all(several)]
    return ItemTerms(
        pricing_id=pricing.public_id,
        pricing_name=pricing.name or ", ".join(product.name for product in products) or first.product.name,
        pricing_item_id=row.public_id,
        description=", ".join(item.name for item in items),
        type=ItemType(first.type),
        model=ChargeModel(first.model_type),
        alternatives=rules,
        by_currency=by_currency,
        tax_category=first.tax_category or first.product.tax_category or first.product.category.tax_category,
        counted=counted_by(items, every, numbers),
        tiering=tiering_of(items, numbers),
        reports=reported_by(items, numbers),
        meter_value=_meter_value(value) if value else None,
        unit=first.unit_name_plural or first.unit_name_singular or None,
        product_category=_named("PRODUCT_CATEGORY", pricing.category.product_category),
        products=tuple(_named("PRODUCT", product) for product in products),
        product_items=tuple(_named("PRODUCT_ITEM", item) for item in items),
        product_ids=tuple(dict.fromkeys(each.public_id for each in [*products, *sold])),
        rules=rules.rules or (),
        optional=choices.is_optional(pricing),
        own=_own(row) if pricing.original else None,
    )


def _own(row: PricingItem) -> Own:
    pricing = row.pricing
    return Own(
        pricing_id=pricing.public_id,
        original_pricing_id=pricing.original.public_id if pricing.original else None,
        pricing=Override(pricing.override) if pricing.override else None,
        original_item_id=row.original.public_id if row.original else None,
        item=Override(row.override) if row.override else None,
        original_version=pricing.original.version_id if pricing.original else None,
    )


def _alternatives(
    row: PricingItem, numbers: Names
) -> tuple[Alternatives[Rules], dict[str, Alternatives[Rules]]]:
    """The rules in any case, and those by currency."""
    rows = sorted(row.configs.all(), key=lambda config: config.position)
    own = tuple(
        RuleTerms(each.public_id, _parsed(each.body, numbers), each.billing_in_advance, each.body)
        for each in rows
    )
    by_currency = {
        choice["currency"]: Alternatives(
            _rules(choice, numbers),
            _by_period(choice.get("billing_period_configs"), numbers),
            choice.get("fallback_currency"),
        )
        for choice in row.pricing_currency_configs
    }
    return Alternatives(own or None, _by_period(row.billing_period_configs, numbers)), by_currency


def _by_period(choices: Any, numbers: Names) -> dict[Period, Rules]:
    return {
        Period(PeriodType(choice["billing_period"]["type"]), choice["billing_period"]["value"]): rules
        for choice in choices or ()
        if (rules := _rules(choice, numbers))
    }


def _rules(choice: Mapping[str, Any], numbers: Names) -> Rules | None:
    return (
        tuple(
            RuleTerms(body["id"], _parsed(body, numbers), bool(body.get("billing_in_advance")), body)
            for body in choice.get("configs") or ()
        )
        or None
    )


def _parsed(body: Mapping[str, Any], numbers: Names) -> Config:
    return rating_config.parse(body, numbers=numbers)


def _all(several: Alternatives[Rules]) -> list[RuleTerms]:
    groups = [several.rules or (), *several.by_period.values()]
    return [rule for group in groups for rule in group]


def _named(object_type: str, row: Any) -> dict[str, Any]:
    return {
        "object_type": object_type,
        "id": row.public_id,
        "reference": row.reference,
        "name": row.name,
    }


def _meter_value(row: MeterValue) -> dict[str, Any]:
    return _named("METER_VALUE", row) | {"type": row.type}


def _references(platform: Platform, found: Mapping[int, list[ItemTerms]]) -> dict[str, str]:
    """id -> reference of the properties that conditions name by id."""
    items = [item for several in found.values() for item in several]
    configs = [rule.config for item in items for rule in item.all_rules]
    counted: list[Counted] = [each for item in items for each in item.measured]
    configs += [config for each in counted for config in each.configs]
    named = {name for config in configs for name in properties_of(config)}
    return definitions.references(platform, named)
