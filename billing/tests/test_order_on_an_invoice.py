"""Discounts at every level, commitments, totals and coupons in random sets, computed here a second time.

The oracle below shares nothing with the code it checks: whole cents and fractions, one list of amounts.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor
from random import Random
from typing import Any

import pytest

from billing.tests.agreements import begin, go, invoice, preview, pricing, rules
from billing.tests.coupons import FOREVER, coupon, off, percent
from billing.tests.world import Price, World, at, fee, money, per_minute
from catalog.models import PricingItem
from kit.testing import ApiClient

SUBSCRIPTIONS, SCHEDULES = "/v1/pricing-plan-subscriptions", "/v1/pricing-plan-schedules"
# 100 minutes at 1.37, a fee of 49.00, and stamps of 33.33 that bear no tax.
CHARGES = [13700, 4900, 3333]
TAXED = [True, True, False]
NARROW = (
    "pricing_item_configs",
    "pricing_items",
    "product_items",
    "pricings",
    "products",
    "product_categories",
)
COMMITTED = ("pricing_item_configs", "pricing_items", "pricings")
SETS = 4


def half_up(cents: Fraction) -> int:
    return floor(cents + Fraction(1, 2))


class Oracle:
    """The amounts of one invoice in cents, as they go down and up; `at` says beside which charge each is."""

    def __init__(self) -> None:
        self.left, self.at = list(CHARGES), [0, 1, 2]

    def take(self, entry: dict[str, Any], covered: list[int]) -> None:
        """A discount of the charges of these positions, shortfalls beside them included."""
        meant = [index for index, place in enumerate(self.at) if place in covered]
        bound = entry.get("condition")
        original = sum(self.original[index] for index in meant)
        if bound and not original >= Fraction(bound["value"]["amount"]["quantity"]) * 100:
            return
        base = sum(self.left[index] for index in meant)
        if "percentage" in entry:
            amount = half_up(Fraction(base) * Fraction(entry["percentage"]) / 100)
        else:
            amount = half_up(Fraction(entry["amount"]["quantity"]) * 100)
        self.spread(min(amount, base), meant, base)

    def spread(self, amount: int, meant: list[int], base: int) -> None:
        """By largest remainder; of equal ones the first."""
        if not amount:
            return
        exact = {index: Fraction(amount * self.left[index], base) for index in meant}
        parts = {index: floor(part) for index, part in exact.items()}
        rest = amount - sum(parts.values())
        for index in sorted(meant, key=lambda each: (parts[each] - exact[each], each))[:rest]:
            parts[index] += 1
        for index, part in parts.items():
            self.left[index] -= part

    def due(self, entry: dict[str, Any], covered: list[int]) -> None:
        """A commitment: what is missing comes as a further amount."""
        if "meter_value_calculation" in entry:
            units = int(entry["meter_value_calculation"]["number"])
            missing = max(0, units - 100) * 137
        else:
            has = sum(amount for amount, place in zip(self.left, self.at, strict=True) if place in covered)
            missing = max(0, half_up(Fraction(entry["amount"]["quantity"]) * 100) - has)
        if missing:
            self.left.append(missing)
            self.at.append(covered[0])

    @property
    def original(self) -> list[int]:
        """What stood before any discount: the charges, and the shortfalls."""
        return [*CHARGES, *self.shortfalls]

    shortfalls: list[int] = []

    def base(self, *, taxed: bool) -> int:
        return sum(amount for amount, place in zip(self.left, self.at, strict=True) if TAXED[place] is taxed)


def expected(terms: dict[str, Any], places: dict[str, dict[str, int]]) -> Oracle:
    """Discounts from the narrowest level, commitments likewise, then the total's discounts, then coupons."""
    oracle = Oracle()

    def covered(level: str, entry: dict[str, Any]) -> list[int]:
        if level in ("pricings", "products", "product_categories", "totals"):
            return [0, 1, 2]
        return sorted(places[level][each] for each in entry["ids"])

    for level in NARROW:
        for entry in terms["discount"].get(level, []):
            oracle.take(entry, covered(level, entry))
    for level in (*COMMITTED, "totals"):
        for entry in terms["commitment"].get(level, []):
            oracle.due(entry, covered(level, entry))
    oracle.shortfalls = oracle.left[3:]
    for entry in [*terms["discount"].get("totals", []), *terms["coupons"]]:
        oracle.take(entry, [0, 1, 2])
    return oracle


def random_terms(random: Random, ids: dict[str, list[str]], coupons: dict[str, Any]) -> dict[str, Any]:
    """A set of terms: up to two entries at each level."""

    def some(level: str) -> list[str]:
        known = ids[level]
        return sorted(random.sample(known, random.randint(1, len(known))), key=known.index)

    def reduction() -> dict[str, Any]:
        if random.random() < 0.5:
            entry: dict[str, Any] = {"percentage": str(random.choice(["7.5", "10", "33.3", "0.01"]))}
        else:
            entry = {"amount": money(f"{random.randint(1, 6000) / 100:.2f}")}
        if random.random() < 0.3:
            value = {"amount": money(str(random.choice([40, 137, 220])))}
            entry["condition"] = {"comparator": "GREATER_THAN_OR_EQUALS", "value": value}
        return entry

    discount = {
        level: [{"ids": some(level), **reduction()} for _ in range(random.randint(0, 2))]
        for level in NARROW
        if random.random() < 0.6
    }
    discount["totals"] = [reduction() for _ in range(random.randint(0, 2))]
    commitment: dict[str, list[dict[str, Any]]] = {
        level: [{"ids": some(level), "amount": money(str(random.randint(20, 260)))}]
        for level in COMMITTED
        if random.random() < 0.4
    }
    if random.random() < 0.4:
        units = {"number": str(random.randint(80, 150))}
        entry = {"ids": [ids["pricing_item_configs"][0]], "meter_value_calculation": units}
        commitment.setdefault("pricing_item_configs", []).append(entry)
    if random.random() < 0.5:
        commitment["totals"] = [{"amount": money(str(random.randint(100, 400)))}]
    names = random.sample(sorted(coupons), random.randint(0, len(coupons)))
    return {
        "discount": discount,
        "commitment": commitment,
        "coupon_ids": names,
        "coupons": [coupons[name] for name in names],
    }


@pytest.fixture
def sold(api: ApiClient, world: World) -> tuple[str, dict[str, list[str]]]:
    """A DRAFT's schedule, and what its version sells, by the field that names it."""
    begin(api)
    world.used("100", when=at("2026-03-05"))
    stamps = Price("Stamps", "RECURRING", fee("33.33").rules, tax_category="NO_TAX")
    version = world.plan(per_minute("1.37"), fee("49"), stamps)
    items = list(PricingItem.objects.filter(version=version).order_by("position"))
    products = [item.product_item_links.get().product_item for item in items]
    ids = {
        "pricing_item_configs": rules(version),
        "pricing_items": [item.public_id for item in items],
        "product_items": [item.public_id for item in products],
        "pricings": [pricing(version)],
        "products": [products[0].product.public_id],
        "product_categories": [world.category.public_id],
    }
    body = {"reference": "agreed", "customer_reference": world.customer.reference}
    made = api.post(SUBSCRIPTIONS, body | {"billing_entity_reference": world.entity.reference}).ok()
    schedule = {
        "pricing_plan_subscription_id": made["id"],
        "pricing_plan_version_id": version.public_id,
        "start_at": "2026-03-01T00:00:00Z",
    }
    return api.post(SCHEDULES, schedule).ok()["id"], ids


def test_b24_random_sets_come_to_what_a_second_computation_says(
    api: ApiClient, sold: tuple[str, dict[str, list[str]]]
) -> None:
    schedule, ids = sold
    coupons = {
        coupon(api, "part", percent("12.5"), FOREVER): {"percentage": "12.5"},
        coupon(api, "ten", off("9.99"), FOREVER): {"amount": money("9.99")},
    }
    places = {level: {key: place for place, key in enumerate(known)} for level, known in ids.items()}
    random = Random(20260301)
    for number in range(SETS):
        terms = random_terms(random, ids, coupons)
        sent = {name: terms[name] for name in ("discount", "commitment", "coupon_ids")}
        api.patch(f"{SCHEDULES}/{schedule}", sent).ok()
        shown, oracle = preview(api), expected(terms, places)
        assert _bases(shown) == (oracle.base(taxed=True), oracle.base(taxed=False)), (number, terms)
        assert _total(shown) == sum(_bases(shown)) + half_up(Fraction(oracle.base(taxed=True) * 21, 100))
    api.patch(f"{SUBSCRIPTIONS}/{_subscription(api)}", {"status": "ACTIVE"}).ok()
    draft = invoice(api)
    go(api, "2026-04-03")
    final = invoice(api)
    assert final["status"] == "FINAL"
    assert _bases(draft) == _bases(final) == (oracle.base(taxed=True), oracle.base(taxed=False))


def _bases(body: dict[str, Any]) -> tuple[int, int]:
    """What is taxed at 21 %, and what is not, in cents."""
    found = {each["percentage"]: each["base_amount"]["quantity"] for each in body["tax_categories"]}
    return _cents(found.get("21", "0")), _cents(found.get("0", "0"))


def _total(body: dict[str, Any]) -> int:
    return _cents(body["tax_summary"]["total_amount"]["quantity"])


def _cents(quantity: str) -> int:
    return int(Fraction(quantity) * 100)


def _subscription(api: ApiClient) -> str:
    return str(api.get(SUBSCRIPTIONS).ok()["data"][0]["id"])
