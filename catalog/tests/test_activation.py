"""What keeps a version from becoming ACTIVE, each with the field that says where."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import PricingPlanVersion
from catalog.selectors import plans, whole_trees
from catalog.services import activation
from catalog.services.activation_facts import Facts
from catalog.tests import cast, trees
from catalog.tests.trees import body, euro, flat, pricing, when
from kit.testing import ApiClient
from metering.models import Meter, MeterProperty

ITEM = "pricing_categories.0.pricings.0.items.0"
SLOW = {"reference": "sum-number-model", "comparator": "EQUALS", "value": "slow"}
MONTH, YEAR = ({"type": kind, "value": 1} for kind in ("MONTH", "YEAR"))


def refused(api: ApiClient, version: dict[str, Any]) -> dict[str, Any]:
    """The error of an activation that must fail, and leave the version a DRAFT."""
    answer = trees.activate(api, version)
    assert (answer.status, answer.body["code"]) == (400, "UNABLE_TO_PROCESS_INSTRUCTIONS"), answer.body
    assert answer.body["resource_id"] == version["id"]
    assert api.get(f"/v1/pricing-plan-versions/{version['id']}").ok()["status"] == "DRAFT"
    row = PricingPlanVersion.objects.select_related("platform").get(public_id=version["id"])
    judged = activation.problems(plans.versions(row.platform).get(pk=row.pk), Facts())
    whole = whole_trees.read(row.platform, [row])[row.pk]
    assert judged and activation.problems_of(whole, Facts()) == judged, "read table by table, it is the same"
    return answer.body


def made(api: ApiClient, *pricings: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return api.post("/v1/pricing-plan-versions", body(cast.plan(api), *pricings, **fields)).ok()


def test_an_empty_version_is_refused(api: ApiClient) -> None:
    version = api.post("/v1/pricing-plan-versions", {"pricing_plan_id": cast.plan(api)["id"]}).ok()
    assert refused(api, version)["field"] == "pricing_categories"


def test_every_product_and_item_must_be_active(api: ApiClient) -> None:
    product = cast.product(api)
    item = cast.item(api, product_id=product["id"], status="DRAFT")
    version = made(api, pricing(item, flat()))
    assert refused(api, version)["field"] == "pricing_categories.0.pricings.0.product_ids.0"
    api.post(f"/v1/products/{product['id']}/activate").ok()
    assert refused(api, version)["field"] == f"{ITEM}.product_item_ids.0"
    api.post(f"/v1/product-items/{item['id']}/activate").ok()
    assert trees.activate(api, version).ok()["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("configs", "field", "word"),
    [
        ([], "configs", "at least one"),
        ([flat(), flat()], "configs.1.conditions", "never match"),
        ([flat(conditions=when("slow"))], "configs.0.conditions.meter_properties.0.value", "slow"),
        (
            [flat(conditions=when("EU", "sum-number-region"))],
            "configs.0.conditions.meter_properties.0",
            "required",
        ),
        (
            [flat(conditions={"expression": {"operator": "OR", "operands": [{"meter_property": SLOW}]}})],
            "configs.0.conditions.expression.operands.0.meter_property.value",
            "slow",
        ),
        (
            [flat(conditions={"configs": [{"id": "pico_1"}]})],
            "configs.0.conditions.configs.0.id",
            "another rule",
        ),
        (
            [flat(conditions=when("5", comparator="GREATER_THAN"))],
            "configs.0.conditions.meter_properties.0.comparator",
            "compares numbers",
        ),
        ([{"type": "FLAT", "bands": [{"percentage": "2.5"}]}], "configs.0.bands", "AMOUNT"),
        ([flat(on_demand=True)], "configs.0.on_demand", "on demand"),
        (
            [flat(conditions=when("quick")), {"type": "FLAT", "bands": [{"amount": euro("1", "USD")}]}],
            "configs.1.bands",
            "USD",
        ),
        (
            [flat(billing_period=MONTH, conditions=when("quick")), flat(pricing_period=YEAR)],
            "configs.1.pricing_period",
            "period",
        ),
    ],
)
def test_rules_that_do_not_rate_are_refused(
    api: ApiClient, configs: list[dict[str, Any]], field: str, word: str
) -> None:
    error = refused(api, trees.version(api, *configs))
    assert error["field"] == f"{ITEM}.{field}"
    assert word in error["message"]


def test_items_that_sell_credits_do_not_rate_yet(api: ApiClient) -> None:
    error = refused(api, made(api, pricing(cast.item(api, model_type="CREDITS"), flat())))
    assert (error["field"], "CREDITS" in error["message"]) == (f"{ITEM}.product_item_ids.0", True)


@pytest.mark.parametrize("name", ["type", "model_type"])
def test_deductions_and_conversions_rate(api: ApiClient, name: str) -> None:
    value = {"type": "DEDUCTION", "model_type": "USAGE_BASED_CONVERSION"}[name]
    calculation = cast.calculation(api)["id"]
    item = cast.item(api, meter_value_calculation_id=calculation, **{name: value})
    assert trees.activate(api, made(api, pricing(item, flat()))).ok()["status"] == "ACTIVE"


def test_seats_are_a_number(api: ApiClient) -> None:
    item = cast.item(api, model_type="PER_SEAT")
    seats = flat() | {"default_seats_value": {"amount": {"quantity": "1", "currency": "EUR"}}}
    assert refused(api, made(api, pricing(item, seats)))["field"].endswith("default_seats_value.number")


def test_an_item_is_priced_once(api: ApiClient) -> None:
    item = cast.item(api)
    error = refused(api, made(api, pricing(item, flat()), pricing(item, flat())))
    assert error["field"] == "pricing_categories.0.pricings.1.items.0.product_item_ids.0"


def together(api: ApiClient, other: dict[str, Any]) -> dict[str, Any]:
    """A version whose one price is for two items: that of ``cast`` and another."""
    both = pricing(cast.item(api), flat())
    both["items"][0]["product_item_ids"].append(other["id"])
    return made(api, both)


def test_items_whose_volumes_add_up_are_priced_together(api: ApiClient) -> None:
    largest = cast.calculation(api, "MAX")["id"]
    other = cast.item(api, "seconds", meter_value_calculation_id=largest)
    assert trees.activate(api, together(api, other)).ok()["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, "already"),
        ({"type": "DEDUCTION"}, "one type"),
        ({"model_type": "RECURRING", "meter_value_calculation_id": None}, "one model type"),
    ],
)
def test_items_that_do_not_add_up_are_not_priced_together(
    api: ApiClient, fields: dict[str, Any], word: str
) -> None:
    error = refused(api, together(api, cast.item(api, "seconds", **fields)))
    assert error["field"] == f"{ITEM}.product_item_ids.1"
    assert word in error["message"]


def test_prices_are_in_the_currencies_of_the_version(api: ApiClient) -> None:
    settings = {"default_pricing_currency": "USD", "pricing_currencies": ["USD", "JPY"]}
    version = trees.version(api, flat(), pricing_currency_settings=settings)
    error = refused(api, version)
    assert error["field"] == f"{ITEM}.configs.0.bands"
    changed = {"pricing_currency_settings": {"pricing_currencies": ["EUR"]}}
    active = api.patch(f"/v1/pricing-plan-versions/{version['id']}", {**changed, "status": "ACTIVE"}).ok()
    assert active["pricing_currency_settings"]["default_pricing_currency"] == "EUR"


def test_the_default_currency_is_one_of_the_currencies(api: ApiClient) -> None:
    settings = {"default_pricing_currency": "USD", "pricing_currencies": ["EUR"]}
    plan = cast.plan(api)
    answer = api.post(
        "/v1/pricing-plan-versions", {"pricing_plan_id": plan["id"], "pricing_currency_settings": settings}
    )
    assert answer.body["field"] == "pricing_currency_settings.default_pricing_currency"


def test_usage_may_be_priced_for_another_period_but_only_for_one(api: ApiClient) -> None:
    periods = {"billing_periods": [{"period": MONTH, "description": "Monthly"}]}
    quick = flat("0.10", conditions=trees.when("quick"), pricing_period=YEAR)
    version = trees.version(api, quick, flat(billing_period=MONTH), billing_period_settings=periods)
    assert version["billing_period_settings"] == periods
    assert refused(api, version)["field"] == f"{ITEM}.configs.1.billing_period"
    version = trees.version(api, quick, flat(billing_period=YEAR), billing_period_settings=periods)
    assert trees.activate(api, version).ok()["status"] == "ACTIVE"


def test_an_amount_is_priced_by_percentage_with_floor_and_cap(api: ApiClient) -> None:
    item = cast.item(api, meter_value_calculation_id=cast.calculation(api, value_type="AMOUNT")["id"])
    band = {"percentage": "2.5", "minimum_amount": euro("0.1"), "maximum_amount": euro("5")}
    version = made(api, pricing(item, {"pricing_type": "FLAT", "bands": [band]}))
    assert trees.activate(api, version).ok()["status"] == "ACTIVE"


def test_distinct_values_are_counted_as_numbers(api: ApiClient) -> None:
    item = cast.item(api, meter_value_calculation_id=cast.calculation(api, "UNIQUE")["id"])
    assert trees.activate(api, made(api, pricing(item, flat()))).ok()["status"] == "ACTIVE"


def test_a_fee_needs_no_meter_and_has_no_conditions(api: ApiClient) -> None:
    item = cast.item(api, model_type="RECURRING")
    fixed = {"pricing_type": "FIXED", "bands": [{"amount": euro("49")}], "billing_in_advance": True}
    cast.calculation(api)
    version = made(api, pricing(item, {**fixed, "conditions": when("quick")}))
    assert refused(api, version)["field"] == f"{ITEM}.configs.0.conditions.meter_properties.0"
    tree = version["pricing_categories"]
    tree[0]["pricings"][0]["items"][0]["configs"] = [fixed]
    sent = {"pricing_categories": tree, "status": "ACTIVE"}
    active = api.patch(f"/v1/pricing-plan-versions/{version['id']}", sent).ok()
    assert (active["status"], trees.configs(active)[0]["billing_in_advance"]) == ("ACTIVE", True)


def test_a_version_created_active_is_judged_too(api: ApiClient) -> None:
    plan = cast.plan(api)
    answer = api.post("/v1/pricing-plan-versions", {"pricing_plan_id": plan["id"], "status": "ACTIVE"})
    assert answer.body["field"] == "pricing_categories"
    assert api.get("/v1/pricing-plans/payg").ok()["pricing_plan_version_infos"] == []


@pytest.mark.parametrize(
    ("constraint", "field"),
    [
        ("ANY", "pricing_categories.0.pricing_groups.0.pricings.1.items.0.product_item_ids.0"),
        ("AT_LEAST_ONE", "pricing_categories.0.pricing_groups.0.pricings.1.items.0.product_item_ids.0"),
        ("AT_MOST_ONE", None),
        ("EXACTLY_ONE", None),
    ],
)
def test_only_alternatives_that_exclude_each_other_price_one_item_twice(
    api: ApiClient, constraint: str, field: str | None
) -> None:
    item = cast.item(api)
    version = made(api, pricing(item, flat()))
    members = [pricing(item, flat()), pricing(item, flat())]
    group = {"name": "Choice", "selection_constraint": constraint, "pricings": members}
    tree = [{"product_category_id": "speech", "pricing_groups": [group]}]
    api.patch(f"/v1/pricing-plan-versions/{version['id']}", {"pricing_categories": tree}).ok()
    if field is None:
        assert trees.activate(api, version).ok()["status"] == "ACTIVE"
    else:
        assert refused(api, version)["field"] == field


def test_a_group_that_needs_a_choice_has_something_to_choose(api: ApiClient) -> None:
    item = cast.item(api)
    version = made(api, pricing(item, flat()))
    group = {"name": "Choice", "selection_constraint": "EXACTLY_ONE", "pricings": []}
    tree = [{"product_category_id": "speech", "pricings": [pricing(item, flat())], "pricing_groups": [group]}]
    api.patch(f"/v1/pricing-plan-versions/{version['id']}", {"pricing_categories": tree}).ok()
    assert refused(api, version)["field"] == "pricing_categories.0.pricing_groups.0.pricings"


def test_rate_cards_do_not_rate_yet(api: ApiClient) -> None:
    item = cast.item(api)
    version = made(api, pricing(item, flat()))
    api.patch("/v1/pricing-plans/payg", {"variant": "RATE_CARD"}).ok()
    assert refused(api, version)["field"] == "pricing_plan_id"


DOLLARS = {
    "currency": "USD",
    "fallback_currency": "EUR",
    "configs": [{"type": "FLAT", "bands": [{"amount": euro("0.05", "USD")}]}],
    "billing_period_configs": [
        {"billing_period": YEAR, "configs": [{"type": "FLAT", "bands": [{"amount": euro("0.03", "USD")}]}]}
    ],
}


def test_prices_per_currency_and_period_rate(api: ApiClient) -> None:
    priced = pricing(cast.item(api), flat())
    priced["items"][0]["pricing_currency_configs"] = [DOLLARS]
    version = made(api, priced)
    (stored,) = version["pricing_categories"][0]["pricings"][0]["items"][0]["pricing_currency_configs"]
    assert (stored["currency"], stored["fallback_currency"]) == ("USD", "EUR")
    assert stored["configs"][0]["id"].startswith("pico_")
    assert stored["billing_period_configs"][0]["configs"][0]["details"]["pricing_type"] == "FLAT"
    settings = trees.activate(api, version).ok()["pricing_currency_settings"]
    assert settings == {"default_pricing_currency": "EUR", "pricing_currencies": ["EUR", "USD"]}
    asked = {
        "pricing_item_id": version["pricing_categories"][0]["pricings"][0]["items"][0]["id"],
        "meter_value": {"number": "100"},
    }
    yearly = {"pricing_currency": "USD", "billing_period": YEAR}
    for chosen, amount in (
        ({}, euro("4.00")),
        ({"pricing_currency": "USD"}, euro("5.00", "USD")),
        (yearly, euro("3.00", "USD")),
        ({"billing_period": YEAR}, euro("4.00")),
    ):
        assert api.post("/v1/pricings/calculate", asked | chosen).ok()["amount"] == amount
        value = {"number": "100", "meter_properties": []}
        body = {"pricing_item_id": asked["pricing_item_id"], "meter_values": [value], **chosen}
        found = api.post("/v1/pricings/calculate", body).ok()
        assert found["amount"] == amount
    assert found["rules"][0]["pricing_item_config_id"].startswith("pico_")
    answer = api.post("/v1/pricings/calculate", {**asked, "calculation_type": "MAX"})
    assert (answer.status, answer.body["field"]) == (400, "calculation_type")


@pytest.mark.parametrize(
    ("dollars", "field", "word"),
    [
        ({"configs": [flat()]}, "pricing_currency_configs.0.configs.0.bands", "not in USD"),
        ({"configs": []}, "pricing_currency_configs", "no price in USD"),
        ({"configs": [], "fallback_currency": "JPY"}, "pricing_currency_configs", "no price in USD"),
    ],
)
def test_every_currency_of_the_version_has_a_price(
    api: ApiClient, dollars: dict[str, Any], field: str, word: str
) -> None:
    priced = pricing(cast.item(api), flat())
    priced["items"][0]["pricing_currency_configs"] = [{"currency": "USD", **dollars}]
    settings = {"pricing_currencies": ["EUR", "USD"]}
    error = refused(api, made(api, priced, pricing_currency_settings=settings))
    assert error["field"] == f"{ITEM}.{field}"
    assert word in error["message"]


def test_a_price_can_fall_back_to_another_currency(api: ApiClient) -> None:
    priced = pricing(cast.item(api), flat())
    priced["items"][0]["pricing_currency_configs"] = [{"currency": "USD", "fallback_currency": "EUR"}]
    settings = {"pricing_currencies": ["EUR", "USD"]}
    version = made(api, priced, pricing_currency_settings=settings)
    assert trees.activate(api, version).ok()["status"] == "ACTIVE"


def test_usage_is_told_apart_by_what_the_rules_ask_for(api: ApiClient) -> None:
    version = trees.version(api, flat(conditions=when("quick"), order=1), flat("0.02"))
    meter = Meter.objects.get()
    assert meter.keyed_properties == []
    trees.activate(api, version).ok()
    meter.refresh_from_db()
    (rule,) = trees.configs(version)[0]["conditions"]["meter_properties"]
    assert meter.keyed_properties == [MeterProperty.objects.get(public_id=rule["id"]).pk]
    assert rule["meter_property"]["type"] == "ENUM"


def test_the_filter_of_an_item_is_judged_as_a_rule_is(api: ApiClient) -> None:
    usage_based = {"conditions": when("EU", "sum-number-region")}
    version = made(api, pricing(cast.item(api, usage_based=usage_based), flat()))
    error = refused(api, version)
    assert (error["field"], "required" in error["message"]) == (f"{ITEM}.product_item_ids.0", True)
