"""A schedule that goes on as a copy, at prices that are indexed, through the API to the invoice."""

from __future__ import annotations

from typing import Any

from billing.models import PricingPlanSchedule
from billing.tests.agreements import agree, go, invoice, pricing, rules, shown
from billing.tests.world import World, at, fee, flat, money, per_minute
from catalog.models import PricingItem, PricingPlanVersion, ProductItem
from kit.testing import ApiClient

SCHEDULES = "/v1/pricing-plan-schedules"


def by(percentage: str, decimals: int | None = 2) -> dict[str, Any]:
    mode = "PRESERVE_SCALE" if decimals is None else "DECIMALS"
    return {"percentage": percentage, "rounding_mode": mode, "number_of_decimals": decimals}


def rule(amount: str, **extra: Any) -> dict[str, Any]:
    return {"pricing_type": "FIXED", "bands": [{"amount": money(amount)}], **extra}


def in_dollars_too(api: ApiClient, version: PricingPlanVersion) -> PricingPlanVersion:
    """The next version of the plan, with every price in a second currency."""
    path = "/v1/pricing-plan-versions"
    body = api.get(f"{path}/{version.public_id}").ok() | {"status": "DRAFT"}
    currencies = {"default_pricing_currency": "EUR", "pricing_currencies": ["EUR", "USD"]}
    dollars = {"pricing_type": "FIXED", "bands": [{"amount": money("120", "USD")}]}
    for item in body["pricing_categories"][0]["pricings"][0]["items"]:
        item["pricing_currency_configs"] = [{"currency": "USD", "configs": [dollars]}]
    made = api.post(path, body | {"pricing_currency_settings": currencies}).ok()
    api.patch(f"{path}/{made['id']}", {"status": "ACTIVE"}).ok()
    return PricingPlanVersion.objects.get(public_id=made["id"])


def last() -> PricingPlanSchedule:
    found = PricingPlanSchedule.objects.order_by("start_at").last()
    assert found is not None
    return found


def copied(api: ApiClient, start: str, **fields: Any) -> Any:
    return api.post(f"{SCHEDULES}/{last().public_id}/copy", {"start_at": f"{start}T00:00:00Z", **fields})


def amounts(api: ApiClient, start: str) -> list[str]:
    return [amount for _, amount in shown(invoice(api, start))]


def test_prices_are_indexed_year_after_year_with_the_terms_that_name_them(
    api: ApiClient, world: World
) -> None:
    version = world.plan(fee("100"), fee("40", name="Support"), per_minute("0.125"))
    main, support, _ = rules(version)
    off = {"pricing_item_configs": [{"ids": [support], "percentage": "50"}]}
    agree(api, world, version, {"discount": off})
    item = PricingItem.objects.get(configs__public_id=support).public_id
    made = copied(
        api,
        "2026-04-01",
        indexing_settings=by("2.5"),
        pricing_items=[{"id": item, "indexing_settings": by("10", None)}],
    )
    assert made.status == 201, made.body
    (override,) = made.body["override_pricings"]
    assert (override["original_pricing_id"], override["override"]) == (pricing(version), "ALL")
    assert made.body["pricing_plan_version_id"] == version.public_id
    # Once more, from the prices that it has by then; only what is named changes.
    second = copied(api, "2026-05-01", pricing_item_configs=[{"id": main, "indexing_settings": by("100")}])
    assert second.status == 201, second.body
    copied(api, "2026-06-01").ok()  # without indexing all stays as it is

    go(api, "2026-06-02")
    assert amounts(api, "2026-03-01") == ["100.00", "40.00", "0.00", "-20.00"]
    assert amounts(api, "2026-04-01") == ["102.50", "44.00", "0.00", "-22.00"]
    assert amounts(api, "2026-05-01") == ["205.00", "44.00", "0.00", "-22.00"]
    assert amounts(api, "2026-06-01") == ["205.00", "44.00", "0.00", "-22.00"]
    starts = PricingPlanSchedule.objects.order_by("start_at").values_list("start_at", "end_at")
    assert [end for _, end in starts[:3]] == [start for start, _ in starts[1:]]


def test_prices_of_its_own_are_indexed_where_they_stand(api: ApiClient, world: World) -> None:
    """Those that the plan has in another currency come along."""
    version = in_dollars_too(api, world.plan(fee("100"), fee("40", name="Support")))
    main, support = rules(version)
    item = PricingItem.objects.get(configs__public_id=support).public_id
    own = {
        "original_pricing_id": pricing(version),
        "items": [{"original_pricing_item_id": item, "configs": [rule("30")]}],
    }
    agree(api, world, version, {"override_pricings": [own]})
    copied(api, "2026-04-01", pricings=[{"id": pricing(version), "indexing_settings": by("10")}]).ok()
    go(api, "2026-04-02")
    assert amounts(api, "2026-03-01") == ["100.00", "30.00"]
    assert amounts(api, "2026-04-01") == ["110.00", "33.00"]


def test_a_schedule_without_a_plan_is_copied_with_the_prices_that_are_all_it_has(
    api: ApiClient, world: World
) -> None:
    version = world.plan(fee("100"), per_minute("0.125"))
    first, second = ProductItem.objects.order_by("pk")
    items = [
        {"product_item_ids": [first.public_id], "configs": [rule("30")]},
        {"product_item_ids": [second.public_id], "configs": [flat("0.125")]},
    ]
    priced = {"product_ids": [first.product.public_id], "items": items}
    tree = [{"product_category_id": "services", "pricings": [priced]}]
    own = {"pricing_plan_version_id": None, "pricing_currency": "EUR", "pricing_categories": tree}
    agree(api, world, version, own)
    world.used("100", when=at("2026-04-05"))
    made = copied(api, "2026-04-01", indexing_settings=by("10")).ok()
    assert (made["pricing_plan_version_id"], made["override_pricings"]) == (None, [])
    (copy,) = made["pricing_categories"][0]["pricings"]
    fee_item, usage_item = copy["items"]
    (first_rule,) = fee_item["configs"]
    copied(api, "2026-05-01", pricing_item_configs=[{"id": first_rule["id"], "indexing_settings": by("100")}])
    go(api, "2026-05-02")
    assert amounts(api, "2026-03-01") == ["30.00", "0.00"]
    assert amounts(api, "2026-04-01") == ["33.00", "14.00"]
    assert amounts(api, "2026-05-01") == ["66.00", "0.00"]
    assert usage_item["configs"][0]["bands"][0]["amount"]["quantity"] == "0.14"


def test_what_cannot_be_copied_is_refused_by_its_field(api: ApiClient, world: World) -> None:
    agree(api, world, world.plan(fee("100")), {})
    unknown = [{"id": "pric_none", "indexing_settings": by("1")}]
    cases: list[tuple[Any, str]] = [
        (copied(api, "2026-03-01"), "start_at"),
        (api.post(f"{SCHEDULES}/{last().public_id}/copy", {}), "start_at"),
        (copied(api, "2026-04-01", pricings=unknown), "pricings.0.id"),
        (copied(api, "2026-04-01", indexing_settings=by("-100")), "indexing_settings.percentage"),
        (
            copied(api, "2026-04-01", indexing_settings={"percentage": "1", "rounding_mode": "DECIMALS"}),
            "indexing_settings.number_of_decimals",
        ),
        (copied(api, "2026-04-01", indexing_settings={"percentage": "1"}), "indexing_settings.rounding_mode"),
    ]
    for answer, field in cases:
        assert (answer.status, answer.body["field"]) == (400, field), answer.body
    assert PricingPlanSchedule.objects.count() == 1
