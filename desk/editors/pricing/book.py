"""The items and rules of a version as the editor shows them, in two queries."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import F
from django.db.models.lookups import IsNull
from django.utils.safestring import SafeString

from catalog.models import (
    ModelType,
    PricingItem,
    PricingItemConfig,
    PricingItemProductItem,
    PricingPlanVersion,
    ProductItem,
)
from catalog.rating.types import IN_BANDS, ValueType
from catalog.selectors.whole_trees import Whole
from catalog.services.activation_facts import METERED, value_type_of
from desk.components import badges
from desk.editors.pricing import (
    choice_words,
    conditions,
    kinds,
    mini,
    place_words,
    placed,
    places,
    rule_extras,
    tiers_by,
    words,
)
from desk.editors.pricing.built import Terms
from desk.editors.pricing.choice_words import Choice
from desk.editors.pricing.placed import Placed
from desk.editors.pricing.places import BASE, NOTHING, Offer, Place
from desk.editors.pricing.usages import Question

GROUPS = {
    "RECURRING": "Recurring",
    "USAGE_BASED": "Usage based",
    "USAGE_BASED_CONVERSION": "Usage conversion",
    "ONE_OFF": "One-off",
}
DEDUCTIONS = "Deductions"


@dataclass
class PricedItem(Placed):
    """A product item in a version, with its rules in the order in which they are tried.

    They are those that stand at ``place``, for what was ``asked``: the currency and the billing period that
    the version starts with, unless another is named. ``anywhere`` are the rules for any.
    """

    item: ProductItem
    pricing_item: PricingItem
    currency: str
    period: str
    configs: list[PricingItemConfig] = field(default_factory=list)
    offer: Offer = NOTHING
    anywhere: list[PricingItemConfig] = field(default_factory=list)
    place: Place = BASE
    asked: Place = BASE
    home: Place = BASE

    @property
    def key(self) -> str:
        """How addresses name it: the product item, and a price beside that which the version starts with."""
        return self.item.public_id + (f"@{self.asked.key}" if self.asked != self.home else "")

    @cached_property
    def terms(self) -> Terms:
        """What the item decides about its prices."""
        item = self.item
        seats = item.model_type == ModelType.PER_SEAT
        unit = item.unit_name_singular or ("seat" if seats else "unit")
        units = item.unit_name_plural or f"{unit}s"
        is_money = value_type_of(item) is ValueType.AMOUNT
        metered = item.model_type in METERED
        decided_elsewhere = item.tiering_meter_value_calculation_id is not None
        kind = kinds.of(item.type, item.model_type)
        return Terms(self.currency, is_money, unit, units, metered, seats, decided_elsewhere, kind=kind)

    @property
    def when(self) -> str:
        """``a month`` or ``once``."""
        return "once" if self.item.model_type == ModelType.ONE_OFF else self.period

    @property
    def sold(self) -> str:
        """``add-on`` or ``in Support level``; nothing where every subscription has it."""
        return choice_words.sold(self.pricing_item.pricing)

    @property
    def is_priced(self) -> bool:
        return bool(self.configs)

    @property
    def group(self) -> str:
        if self.terms.kind.takes_off:
            return DEDUCTIONS
        return GROUPS.get(self.item.model_type, badges.word(self.item.model_type))

    @property
    def short(self) -> str:
        """The price in a few words, for the rail."""
        if not self.configs:
            return "No price yet"
        text = words.short(self.default.body, self.terms, when=self.when)
        extra = len(self.configs) - 1
        text = f"{text}, {extra} rule{'' if extra == 1 else 's'}" if extra else text
        return "; ".join([text, *(f"no price in {code}" for code in place_words.lacking(self))])

    @property
    def default(self) -> PricingItemConfig:
        """The rule for all other usage, else the last one."""
        plain = [config for config in self.configs if not conditions.of(config.body)]
        return (plain or self.configs)[-1]

    @property
    def mini(self) -> SafeString:
        """The price of all other usage as a small drawing."""
        return mini.of(self.default.body if self.configs else None, self.terms)

    @property
    def rules(self) -> list[Rule]:
        """Each rule in words; the one without conditions is tried last."""
        ordered = sorted(self.configs, key=lambda config: not conditions.of(config.body))
        return [Rule(number, config, self) for number, config in enumerate(ordered, 1)]

    @property
    def token(self) -> str:
        """Changes with the stored rules: two editors of one draft find out by it."""
        stored = [(config.public_id, config.body) for config in self.configs]
        text = json.dumps(stored, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:20]

    def sentence(self, body: dict[str, Any]) -> str:
        said = words.sentence(body, self.terms, when=self.when)
        decides = tiers_by.words(body, self.item) if said and body["pricing_type"] in IN_BANDS else ""
        return f"{said.removesuffix('.')}; {decides} decides which tiers are reached." if decides else said


@dataclass(frozen=True)
class Rule:
    """``number`` from one; ``tests`` are its conditions in parts, empty for all other usage."""

    number: int
    config: PricingItemConfig
    owner: PricedItem

    @property
    def tests(self) -> list[conditions.Said]:
        return conditions.said(self.config.body)

    @property
    def beside(self) -> str:
        """What it says beside its price, in words."""
        by = tiers_by.words(self.config.body, self.owner.item) if self.needs_deciding else ""
        said = rule_extras.words(self.config.body, when=self.owner.when)
        return "; ".join([*([f"tiers by {by}"] if by else []), *said])

    @property
    def decided_elsewhere(self) -> bool:
        """Whether another quantity than the billed one would decide its bands."""
        return self.owner.terms.decided_elsewhere or bool(self.config.body.get("tiering_conditions"))

    @property
    def needs_deciding(self) -> bool:
        """Whether the quantity that decides its bands has to be asked for."""
        return self.decided_elsewhere and self.config.body["pricing_type"] in IN_BANDS

    def asked(self, question: Question) -> Question:
        """The question, with a deciding quantity where its price needs one."""
        return question.in_bands() if self.needs_deciding else question.by_itself()

    @property
    def short(self) -> str:
        return words.short(self.config.body, self.owner.terms, when=self.owner.when)

    @property
    def sentence(self) -> str:
        return self.owner.sentence(self.config.body)


@dataclass
class Book:
    """A version with its items in the order of the invoice."""

    version: PricingPlanVersion
    items: list[PricedItem]
    currency: str

    @property
    def order(self) -> list[str]:
        """The items as the invoice has them: two editors of one draft find out by it."""
        return [each.key for each in self.items]

    @property
    def offer(self) -> Offer:
        """The currencies and billing periods."""
        return places.offer_of(self.version, self.currency)

    @property
    def currencies(self) -> str:
        """``EUR, USD``: the default first."""
        return ", ".join(self.offer.currencies)

    def item(self, key: str) -> PricedItem | None:
        """The item, or one of its prices, by how addresses name it."""
        name, _, place = key.partition("@")
        found = next((each for each in self.items if each.key == name), None)
        return found.at(Place.of(place)) if found and place else found

    @property
    def groups(self) -> list[tuple[str, list[PricedItem]]]:
        found: dict[str, list[PricedItem]] = defaultdict(list)
        for item in self.items:
            found[item.group].append(item)
        known = [label for label in GROUPS.values() if label in found]
        return [(label, found[label]) for label in [*known, *(name for name in found if name not in known)]]

    @property
    def choices(self) -> list[Choice]:
        """What a subscription chooses of it."""
        return choice_words.of((each.pricing_item.pricing, each.item.name) for each in self.items)

    @property
    def unpriced(self) -> list[PricedItem]:
        return [item for item in self.items if not item.is_priced]

    @property
    def priced(self) -> int:
        return len(self.items) - len(self.unpriced)


def read(version: PricingPlanVersion, *, default_currency: str) -> Book:
    """The version's items with their rules."""
    links = PricingItemProductItem.objects.filter(platform_id=version.platform_id, version=version)
    rows = links.select_related(
        "pricing_item__pricing__category",
        "pricing_item__pricing__group",
        "product_item__product",
        "product_item__meter_value_calculation__meter",
        "product_item__meter_value_calculation__meter_value",
        "product_item__tiering_meter_value_calculation__meter_value",
        "product_item__tiering_meter_value_calculation__meter_property",
    ).order_by(
        *_order("pricing_item__pricing__category"),
        IsNull(F("pricing_item__pricing__group"), False),  # alternatives after what stands in no group
        *_order("pricing_item__pricing__group"),
        *_order("pricing_item__pricing"),
        *_order("pricing_item"),
    )
    configs = PricingItemConfig.objects.filter(platform_id=version.platform_id, version=version)
    rules: dict[int, list[PricingItemConfig]] = defaultdict(list)
    for config in configs.order_by(F("order").asc(nulls_last=True), "position", "pk"):
        rules[config.pricing_item_id].append(config)
    return of(Whole(version, list(rows), rules), default_currency=default_currency)


def of(whole: Whole, *, default_currency: str) -> Book:
    """The same of a tree that was read whole; no query."""
    version = whole.version
    currency = version.default_pricing_currency or next(iter(version.pricing_currencies), default_currency)
    period, offer = period_words(version), places.offer_of(version, currency)
    items = []
    for row in whole.links:
        rules = whole.rules.get(row.pricing_item_id, [])
        item = PricedItem(row.product_item, row.pricing_item, currency, period, rules, offer, rules)
        items.append(placed.first(item))
    return Book(version, items, currency)


ADJECTIVES = {
    "a month": "Monthly",
    "a quarter": "Quarterly",
    "a year": "Yearly",
    "a week": "Weekly",
    "a day": "Daily",
    "a period": "Any billing period",
}


def period_label(version: PricingPlanVersion) -> str:
    """``Monthly``, ``Quarterly`` or ``Every 2 weeks``."""
    text = period_words(version)
    return ADJECTIVES.get(text, text.capitalize())


def period_words(version: PricingPlanVersion) -> str:
    """``a month``: of the first billing period that is offered."""
    options = version.billing_periods
    return placed.period_words(places.key_of(options[0]["period"]) if options else "")


def _order(path: str) -> tuple[Any, ...]:
    return F(f"{path}__display_order").asc(nulls_last=True), f"{path}__position", f"{path}__pk"
