"""Prices for one schedule alone, and add-ons that are chosen: from the request to the final invoice."""

from __future__ import annotations

from typing import Any

import pytest

from billing.tests.calculated import require_same, under
from billing.tests.own_prices import SCHEDULES, init, plan, schedule
from billing.tests.selling import NEXT, START, Selling, bands, flat, lines, told
from catalog.models import PricingPlan, PricingPlanVersion
from kit.testing import ApiClient
from webhooks.models import WebhookEvent

Json = dict[str, Any]


@pytest.fixture
def shop(api: ApiClient) -> Selling:
    """Two items, each with a meter of its own; the first has a rule for the region eu."""
    found = Selling(api)
    found.open(properties={"region": "STRING"}, items=("jobs", "files"))
    return found


def use(shop: Selling) -> None:
    """10 jobs in us, 10 in eu, 10 files."""
    shop.send("10", region="us")
    shop.send("10", region="eu")
    shop.send("10", meter="files", region="us")


def agrees(shop: Selling) -> list[tuple[str, str]]:
    """The lines of May, on whose draft, preview and final invoice everything agrees."""
    draft = shop.draft()
    asked = {"pricing_plan_subscription_id": "sub", "start_at": START}
    ahead = shop.api.post("/v1/invoices/preview", asked).ok()["invoice"]
    assert told(ahead) == draft
    final = shop.final()
    assert final == draft
    return final


def test_a_rule_is_replaced_and_everything_else_stays(shop: Selling) -> None:
    version, category = plan(shop)
    pricing = category["pricings"][0]
    jobs = pricing["items"][0]
    rule = {
        **bands("TIERED", ("5", "1"), (None, "0.5")),
        "original_pricing_item_config_id": jobs["configs"][0]["id"],
    }
    own = {
        "original_pricing_id": pricing["id"],
        "override": "SPECIFIC",
        "items": [{"original_pricing_item_id": jobs["id"], "override": "SPECIFIC", "configs": [rule]}],
    }
    init(shop, version, override_pricings=[own]).ok()
    use(shop)
    (shown,) = schedule(shop)["override_pricings"]
    assert (shown["original_pricing_id"], shown["override"]) == (pricing["id"], "SPECIFIC")
    assert shown["pricing_plan_schedule_id"] == schedule(shop)["id"]
    assert shown["pricing_plan_version_id"] is None
    assert shown["items"][0]["original_pricing_item_id"] == jobs["id"]
    config = shown["items"][0]["configs"][0]
    assert config["original_pricing_item_config_id"] == jobs["configs"][0]["id"]
    assert config["conditions"]["meter_properties"][0]["value"] == "eu"
    assert agrees(shop) == [("10", "7.50"), ("10", "10.00"), ("10", "30.00")]
    first = lines(shop.invoices()[0])[0]
    assert first["pricing_item_config_id"] == config["id"]
    # The calculator prices the own item as it is billed: with the rules of the plan that it leaves.
    item, used = shown["items"][0]["id"], [under("10", region="us"), under("10", region="eu")]
    require_same(shop.api, lines(shop.invoices()[0])[:2], pricing_item_id=item, meter_values=used)


def test_an_item_is_replaced_with_all_its_rules(shop: Selling) -> None:
    version, category = plan(shop)
    own = {
        "original_pricing_id": category["pricings"][0]["id"],
        "items": [{"product_item_ids": ["jobs"], "configs": [flat("0.10")]}],
    }
    init(shop, version, override_pricings=[own]).ok()
    use(shop)
    shown = schedule(shop)["override_pricings"][0]
    assert (shown["override"], shown["items"][0]["override"]) == ("SPECIFIC", "ALL")
    assert agrees(shop) == [("20", "2.00"), ("10", "30.00")]
    used = {"meter_values": [under("10", region="us"), under("10", region="eu")]}
    require_same(shop.api, lines(shop.invoices()[0])[:1], pricing_item_id=shown["items"][0]["id"], **used)


def test_a_whole_pricing_is_replaced(shop: Selling) -> None:
    version, category = plan(shop)
    own = {
        "original_pricing_id": category["pricings"][0]["id"],
        "override": "ALL",
        "items": [{"product_item_ids": ["files"], "configs": [flat("5")]}],
    }
    init(shop, version, override_pricings=[own]).ok()
    assert shop.send("10", region="us")["type"] == "NOT_MATCHED"
    use(shop)
    assert agrees(shop) == [("10", "50.00")]
    (line,) = lines(shop.invoices()[0])
    item, used = schedule(shop)["override_pricings"][0]["items"][0]["id"], {"meter_value": {"number": "10"}}
    assert line["pricing_item_id"] == item
    require_same(shop.api, [line], pricing_item_id=item, **used)


def test_the_combined_version_shows_what_is_billed(shop: Selling) -> None:
    version, category = plan(shop)
    own = {
        "original_pricing_id": category["pricings"][0]["id"],
        "items": [{"product_item_ids": ["jobs"], "configs": [flat("0.10")]}],
    }
    init(shop, version, override_pricings=[own]).ok()
    one = f"{SCHEDULES}/{schedule(shop)['id']}"
    assert shop.api.get(one).ok()["combined_pricing_plan_version"] is None
    whole = shop.api.get(f"{one}?include_combined_pricing_plan_version=true").ok()
    items = whole["combined_pricing_plan_version"]["pricing_categories"][0]["pricings"][0]["items"]
    prices = [item["configs"][-1]["bands"][0]["amount"]["quantity"] for item in items]
    assert prices == ["0.1", "3"]


def test_a_schedule_is_priced_by_itself_without_a_plan(shop: Selling) -> None:
    pricing = {
        "name": "Custom",
        "product_ids": ["prod"],
        "items": [{"product_item_ids": ["jobs"], "configs": [flat("7")]}],
    }
    tree = [{"product_category_id": "cat", "pricings": [pricing]}]
    init(shop, None, pricing_categories=tree).ok()
    shown = schedule(shop)
    assert (shown["pricing_plan_id"], shown["pricing_plan_version_id"]) == (None, None)
    assert shown["pricing_categories"][0]["pricings"][0]["pricing_plan_schedule_id"] == shown["id"]
    use(shop)
    assert agrees(shop) == [("20", "140.00")]
    listed = shop.api.get("/v1/pricing-plans").ok()["data"]
    assert [each["reference"] for each in listed] == ["plan"]


def test_further_prices_stand_beside_the_plan(shop: Selling, api: ApiClient) -> None:
    version, _ = plan(shop)
    shop.item("extra", "files")
    pricing = {
        "product_ids": ["prod"],
        "items": [{"product_item_ids": ["extra"], "configs": [flat("0.50")]}],
    }
    init(shop, version, pricing_categories=[{"product_category_id": "cat", "pricings": [pricing]}]).ok()
    use(shop)
    assert agrees(shop) == [("10", "20.00"), ("10", "10.00"), ("10", "30.00"), ("10", "5.00")]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"original_pricing_id": None}, "original_pricing_id"),
        ({"original_pricing_id": "pric_0000000000000000000x"}, "original_pricing_id"),
        ({"items": []}, "items"),
        ({"items": [{"original_pricing_item_id": "prii_unknown"}]}, "items.0.original_pricing_item_id"),
        (
            {
                "items": [
                    {
                        "product_item_ids": ["jobs"],
                        "configs": [{**flat("1"), "original_pricing_item_config_id": "pico_unknown"}],
                    }
                ]
            },
            "items.0.configs.0.original_pricing_item_config_id",
        ),
        ({"items": [{"product_item_ids": ["jobs"], "configs": []}]}, "items.0.configs"),
    ],
)
def test_a_bad_override_is_refused_by_its_field_and_leaves_no_trace(
    shop: Selling, change: Json, field: str
) -> None:
    version, category = plan(shop)
    own = {
        "original_pricing_id": category["pricings"][0]["id"],
        "items": [{"product_item_ids": ["jobs"], "configs": [flat("1")]}],
    }
    refused = init(shop, version, override_pricings=[own | change])
    at = f"pricing_plan_schedules.0.override_pricings.0.{field}"
    assert (refused.status, refused.body["field"]) == (400, at)
    assert PricingPlan.objects.count() == PricingPlanVersion.objects.count() == 1


def test_a_price_in_another_currency_is_refused(shop: Selling) -> None:
    version, category = plan(shop)
    dollars = {"pricing_type": "FLAT", "bands": [{"amount": {"quantity": "1", "currency": "USD"}}]}
    own = {
        "original_pricing_id": category["pricings"][0]["id"],
        "items": [{"product_item_ids": ["jobs"], "configs": [dollars]}],
    }
    refused = init(shop, version, override_pricings=[own])
    at = "pricing_plan_schedules.0.override_pricings.0.items.0.configs.0.bands"
    assert (refused.status, refused.body["field"]) == (400, at)


def test_own_prices_are_locked_once_they_are_in_force(shop: Selling) -> None:
    version, category = plan(shop)
    init(shop, version).ok()
    own = {
        "original_pricing_id": category["pricings"][0]["id"],
        "items": [{"product_item_ids": ["jobs"], "configs": [flat("1")]}],
    }
    refused = shop.api.patch(f"{SCHEDULES}/{schedule(shop)['id']}", {"override_pricings": [own]})
    assert (refused.status, refused.body["field"]) == (400, "override_pricings")


def test_own_prices_ahead_change_and_keep_their_ids(shop: Selling, django_assert_max_num_queries) -> None:
    version, category = plan(shop)
    own = {
        "original_pricing_id": category["pricings"][0]["id"],
        "items": [{"product_item_ids": ["jobs"], "configs": [flat("0.10")]}],
    }
    init(shop, version, end_at=NEXT).ok()
    later = {"pricing_plan_subscription_id": "sub", "pricing_plan_version_id": version, "start_at": NEXT}
    made = shop.api.post(SCHEDULES, later | {"override_pricings": [own]}).ok()
    before = made["override_pricings"][0]
    before["items"][0]["configs"][0]["bands"][0]["amount"]["quantity"] = "0.20"
    before["items"][0]["configs"][0]["details"] = None
    after = shop.api.patch(f"{SCHEDULES}/{made['id']}", {"override_pricings": [before]}).ok()
    shown = after["override_pricings"][0]
    assert (shown["id"], shown["items"][0]["id"]) == (before["id"], before["items"][0]["id"])
    assert shown["items"][0]["configs"][0]["bands"][0]["amount"]["quantity"] == "0.2"
    one, version_of = (
        f"{SCHEDULES}/{made['id']}",
        PricingPlanVersion.objects.filter(own_schedule__isnull=False),
    )

    def priced(quantity: str, **more: Any) -> Any:
        config = {**flat(quantity), **more}
        items = [{"product_item_ids": ["jobs"], "configs": [config]}]
        return shop.api.patch(one, {"override_pricings": [{**own, "items": items}]})

    (first,) = priced("0.20").ok()["override_pricings"]
    stored, told_before = version_of.get().pk, WebhookEvent.objects.count()
    with django_assert_max_num_queries(80):  # 150 where more than numbers differs
        (again,) = priced("0.30").ok()["override_pricings"]
    assert again["items"][0]["configs"][0]["id"] == first["items"][0]["configs"][0]["id"]
    assert version_of.get().pk == stored
    event = WebhookEvent.objects.latest("pk")
    was, now = (
        body["override_pricings"][0]["items"][0]["configs"][0]["bands"][0]["amount"]["quantity"]
        for body in (event.previous_data, event.data)
    )
    assert (was, now, WebhookEvent.objects.count()) == ("0.2", "0.3", told_before + 1)
    priced("0.30").ok()
    assert WebhookEvent.objects.count() == told_before + 1  # the same again is no change
    assert priced("nothing").status == 400 and priced("0.1", pricing_type="TIERED", bands=[]).status == 400
    assert schedule_of(shop, one) == "0.3"
    priced("0.40", default_included_volume={"number": "5"}).ok()
    assert version_of.get().pk != stored  # more than a number: the tree is written anew
    assert (
        shop.api.patch(f"{SCHEDULES}/{made['id']}", {"override_pricings": []}).ok()["override_pricings"] == []
    )
    shop.api.delete(f"{SCHEDULES}/{made['id']}").ok()
    assert PricingPlan.objects.count() == 1


def schedule_of(shop: Selling, one: str) -> str:
    """The only price of the schedule's own."""
    config = shop.api.get(one).ok()["override_pricings"][0]["items"][0]["configs"][0]
    return str(config["bands"][0]["amount"]["quantity"])


def test_a_copied_subscription_has_prices_of_its_own(shop: Selling) -> None:
    version, category = plan(shop)
    pricing = category["pricings"][0]
    own = {
        "original_pricing_id": pricing["id"],
        "items": [{"product_item_ids": ["jobs"], "configs": [flat("0.10")]}],
    }
    free = {"pricing_item_config_id": pricing["items"][0]["configs"][1]["id"], "number": "5"}
    init(shop, version, override_pricings=[own]).ok()
    first = schedule(shop)
    rule = first["override_pricings"][0]["items"][0]["configs"][0]["id"]
    later = {"pricing_plan_subscription_id": "sub", "pricing_plan_version_id": version, "start_at": NEXT}
    made = shop.api.post(SCHEDULES, later | {"override_pricings": [own]}).ok()
    mine = made["override_pricings"][0]["items"][0]["configs"][0]["id"]
    patch = {"included_volumes": [free | {"pricing_item_config_id": mine}]}
    shop.api.patch(f"{SCHEDULES}/{made['id']}", patch).ok()
    path = "/v1/pricing-plan-subscriptions"
    named = f"{path}/{first['pricing_plan_subscription_id']}/copy"
    other = shop.api.post(named, {"reference": "other"}).ok()["id"]
    copies = shop.api.get(f"{SCHEDULES}?pricing_plan_subscription_id=other").ok()["data"]
    ids = [each["override_pricings"][0]["items"][0]["configs"][0]["id"] for each in copies]
    assert len({rule, mine, *ids}) == 4
    free_of = [each["pricing_item_config_id"] for row in copies for each in row["included_volumes"]]
    assert len(free_of) == 1
    assert set(free_of) <= set(ids)
    shop.api.delete(f"{path}/{other}").ok()
    assert PricingPlan.objects.exclude(schedule_public_id=None).count() == 2


def addon(name: str, item: str, price: str, **fields: Any) -> Json:
    items = [{"product_item_ids": [item], "configs": [flat(price)]}]
    return {"name": name, "product_ids": ["prod"], "items": items, **fields}


def support(shop: Selling, constraint: str) -> tuple[str, Json]:
    """The plan with a group of two alternatives that price one more item."""
    shop.item("help", "files")
    members = [addon("Basic", "help", "1"), addon("Premium", "help", "9")]
    group = {"name": "Support", "selection_constraint": constraint, "pricings": members}
    version, category = plan(shop, pricing_groups=[group])
    return version, {each["name"]: each["id"] for each in category["pricing_groups"][0]["pricings"]}


def test_one_of_a_group_is_chosen_and_billed(shop: Selling) -> None:
    version, ids = support(shop, "EXACTLY_ONE")
    init(shop, version, enabled_pricings=[{"pricing_id": ids["Premium"]}]).ok()
    use(shop)
    assert agrees(shop) == [("10", "20.00"), ("10", "10.00"), ("10", "30.00"), ("10", "90.00")]


def test_a_choice_for_all_schedules_is_made_at_the_start(shop: Selling) -> None:
    version, ids = support(shop, "EXACTLY_ONE")
    answer = init(shop, version, top={"enabled_pricings": [{"pricing_id": ids["Basic"]}]}).ok()
    assert [each["pricing_id"] for each in answer["enabled_pricings"]] == [ids["Basic"]]
    assert schedule(shop)["enabled_pricings"][0]["pricing_id"] == ids["Basic"]


@pytest.mark.parametrize(
    ("constraint", "chosen", "field"),
    [
        ("EXACTLY_ONE", [], ""),
        ("AT_LEAST_ONE", [], ""),
        ("EXACTLY_ONE", ["Basic", "Premium"], ".1.pricing_id"),
        ("AT_MOST_ONE", ["Basic", "Premium"], ".1.pricing_id"),
        ("AT_MOST_ONE", ["Basic", "Basic"], ".1.pricing_id"),
        ("AT_MOST_ONE", ["Unknown"], ".0.pricing_id"),
    ],
)
def test_a_choice_against_the_group_is_refused(
    shop: Selling, constraint: str, chosen: list[str], field: str
) -> None:
    exclusive = constraint != "AT_LEAST_ONE"
    version, ids = support(shop, constraint if exclusive else "EXACTLY_ONE")
    sent = [{"pricing_id": ids.get(name, "pric_unknown")} for name in chosen]
    refused = init(shop, version, enabled_pricings=sent)
    at = f"pricing_plan_schedules.0.enabled_pricings{field}"
    assert (refused.status, refused.body["field"]) == (400, at)


def test_an_addon_counts_from_the_day_it_is_turned_on(shop: Selling) -> None:
    shop.item("help", "files")
    version, category = plan(shop)
    tree = {"pricings": [addon("Help", "help", "1", product_type="ADDON")]}
    own = [{"product_category_id": "cat", **tree}]
    init(shop, version, pricing_categories=own).ok()
    assert category["pricings"][0]["product_type"] == "DEFAULT"
    (chosen,) = schedule(shop)["pricing_categories"][0]["pricings"]
    turned_on = {"pricing_id": chosen["id"], "start_at": "2026-05-11T00:00:00Z"}
    shop.api.patch(f"{SCHEDULES}/{schedule(shop)['id']}", {"enabled_pricings": [turned_on]}).ok()
    shop.api.post("/v1/test-clock/advance", {"to": "2026-05-20T00:00:00Z"}).ok()
    shop.send("4", meter="files", region="us", at="2026-05-10T23:59:59Z")
    shop.send("6", meter="files", region="us", at="2026-05-11T00:00:00Z")
    found = [each for each in agrees(shop) if each[0] != "0"]
    assert found == [("10", "30.00"), ("6", "6.00")]


def test_a_preview_asks_what_another_choice_would_cost(shop: Selling) -> None:
    version, ids = support(shop, "EXACTLY_ONE")
    init(shop, version, enabled_pricings=[{"pricing_id": ids["Basic"]}]).ok()
    use(shop)
    asked = {"pricing_plan_subscription_id": "sub", "start_at": START}
    premium = [{"pricing_id": ids["Premium"]}]
    other = {"pricing_plan_schedule_id": schedule(shop)["id"], "enabled_pricings": premium}
    for what in ({"enabled_pricings": premium}, {"pricing_plan_schedule_customizations": [other]}):
        found = shop.api.post("/v1/invoices/preview", asked | what).ok()["invoice"]
        assert told(found)[-1] == ("10", "90.00")
    assert shop.draft()[-1] == ("10", "10.00")
    none = {"pricing_plan_schedule_customizations": [other | {"enabled_pricings": []}]}
    refused = shop.api.post("/v1/invoices/preview", asked | none)
    at = "pricing_plan_schedule_customizations.0.enabled_pricings"
    assert (refused.status, refused.body["field"]) == (400, at)
