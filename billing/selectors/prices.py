"""The prices of plan versions as invoices use them: parsed, in printed order, ready to be rated.

An active version never changes, but the names and tax categories of what it prices may: what is
cached is valid for one ``configuration_version`` of its platform.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from accounts.models import Platform
from billing.calc.inputs import ChargeModel
from billing.selectors.usage import Measure
from catalog.models import PricingItem, ProductItem, ProductType
from catalog.rating import config as rating_config
from catalog.rating.config_conditions import Names
from catalog.rating.rate import needs_events
from catalog.rating.rules import properties_of, renamed
from catalog.rating.types import Config, PricingType
from kit import ids
from metering.models import CalculationType, MeterProperty, ValueType
from metering.selectors import definitions

CACHED = 512
PROPERTY_PREFIX = "metp"
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """A pricing item config as it is rated, and as it was written."""

    config_id: str
    config: Config
    billing_in_advance: bool
    body: Json


@dataclass(frozen=True, slots=True)
class ItemTerms:
    """A pricing item with all that an invoice shows of it.

    ``counts`` holds the conditions under which an event counts for the item at all.
    """

    pricing_id: str
    pricing_name: str
    pricing_item_id: str
    description: str
    model: ChargeModel
    rules: tuple[RuleTerms, ...]
    tax_category: str
    measure: Measure | None
    meter_value_reference: str | None
    is_amount: bool
    unit: str | None
    counts: Config | None
    product_category: Json
    products: tuple[Json, ...]
    product_items: tuple[Json, ...]
    product_ids: tuple[str, ...]


_cache: OrderedDict[tuple[int, int, int], tuple[ItemTerms, ...]] = OrderedDict()


def of_versions(platform: Platform, versions: Iterable[int]) -> dict[int, tuple[ItemTerms, ...]]:
    """version pk -> its items, in printed order; a fixed number of queries for those not cached."""
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
    """Whether any price is due before its period."""
    return any(rule.billing_in_advance for item in items for rule in item.rules)


def _place(platform: Platform, version: int) -> tuple[int, int, int]:
    return platform.pk, platform.configuration_version, version


def _load(platform: Platform, versions: set[int]) -> dict[int, tuple[ItemTerms, ...]]:
    rows = (
        PricingItem.objects.filter(platform=platform, version__in=versions)
        .exclude(pricing__product_type=ProductType.ADDON)
        .select_related("pricing__category__product_category")
        .prefetch_related(
            "configs",
            "pricing__product_links__product",
            "product_item_links__product_item__product__category",
            "product_item_links__product_item__meter_value_calculation__meter_value",
        )
        .order_by("pricing__category__position", "pricing__position", "position", "pk")
    )
    found: dict[int, list[ItemTerms]] = {version: [] for version in versions}
    numbers = definitions.number_properties(platform)
    for row in rows:
        found[row.version_id].append(_terms(row, numbers))
    properties = _references(platform, found)
    return {
        version: tuple(_by_reference(item, properties) for item in items) for version, items in found.items()
    }


def _terms(row: PricingItem, numbers: Names) -> ItemTerms:
    links = sorted(row.product_item_links.all(), key=lambda link: link.position)
    items: list[ProductItem] = [link.product_item for link in links]
    first, pricing = items[0], row.pricing
    rules = tuple(_rules(row, numbers))
    products = [link.product for link in sorted(pricing.product_links.all(), key=lambda link: link.position)]
    sold = [item.product for item in items]
    calculation = first.meter_value_calculation
    value = calculation.meter_value if calculation else None
    return ItemTerms(
        pricing_id=pricing.public_id,
        pricing_name=pricing.name or ", ".join(product.name for product in products) or first.product.name,
        pricing_item_id=row.public_id,
        description=", ".join(item.name for item in items),
        model=ChargeModel(first.model_type),
        rules=rules,
        tax_category=first.tax_category or first.product.tax_category or first.product.category.tax_category,
        measure=_measure(first, rules),
        meter_value_reference=value.reference if value else None,
        is_amount=_is_amount(first),
        unit=first.unit_name_plural or first.unit_name_singular or None,
        counts=_counts(first, numbers),
        product_category=_named("PRODUCT_CATEGORY", pricing.category.product_category),
        products=tuple(_named("PRODUCT", product) for product in products),
        product_items=tuple(_named("PRODUCT_ITEM", item) for item in items),
        product_ids=tuple(dict.fromkeys(each.public_id for each in [*products, *sold])),
    )


def _rules(row: PricingItem, numbers: Names) -> Iterable[RuleTerms]:
    for each in sorted(row.configs.all(), key=lambda config: config.position):
        config = rating_config.parse(each.body, numbers=numbers)
        yield RuleTerms(each.public_id, config, each.billing_in_advance, each.body)


def _is_amount(item: ProductItem) -> bool:
    """Whether the quantity is money; a count never is, whatever it counts."""
    calculation = item.meter_value_calculation
    if calculation is None or calculation.meter_value is None:
        return False
    counts = calculation.calculation_type in (CalculationType.UNIQUE, CalculationType.COUNT)
    return calculation.meter_value.type == ValueType.AMOUNT and not counts


def _measure(item: ProductItem, rules: tuple[RuleTerms, ...]) -> Measure | None:
    calculation = item.meter_value_calculation
    if calculation is None:
        return None
    return Measure(
        meter_id=calculation.meter_id,
        calculation_type=calculation.calculation_type,
        meter_value_id=calculation.meter_value_id,
        meter_property_id=calculation.meter_property_id,
        single=any(needs_events(rule.config) for rule in rules),
    )


def _counts(item: ProductItem, numbers: Names) -> Config | None:
    if not item.conditions:
        return None
    body = {"pricing_type": PricingType.NONE.value, "conditions": item.conditions}
    return rating_config.parse(body, numbers=numbers)


def _named(object_type: str, row: Any) -> dict[str, Any]:
    return {
        "object_type": object_type,
        "id": row.public_id,
        "reference": row.reference,
        "name": row.name,
    }


def _references(platform: Platform, found: Mapping[int, list[ItemTerms]]) -> dict[str, str]:
    """id -> reference of the properties that conditions name by id."""
    configs = [config for items in found.values() for item in items for config in _configs(item)]
    named = {name for config in configs for name in properties_of(config)}
    wanted = {name for name in named if ids.looks_like(name, prefix=PROPERTY_PREFIX)}
    if not wanted:
        return {}
    rows = MeterProperty.objects.filter(platform=platform, public_id__in=wanted)
    return dict(rows.values_list("public_id", "reference"))


def _configs(item: ItemTerms) -> list[Config]:
    return [*(rule.config for rule in item.rules), *([item.counts] if item.counts else [])]


def _by_reference(item: ItemTerms, references: Mapping[str, str]) -> ItemTerms:
    if not references:
        return item
    rules = tuple(replace(rule, config=renamed(rule.config, references)) for rule in item.rules)
    counts = renamed(item.counts, references) if item.counts else None
    return replace(item, rules=rules, counts=counts)
