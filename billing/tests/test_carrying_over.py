"""Whatever a schedule has of its own goes with it to another version of the plan, and comes back."""

from __future__ import annotations

from typing import Any

import pytest

from billing.models import CouponRedemption, PricingPlanSchedule
from billing.services import unforeseen
from billing.services.plan_migrations import sweep
from billing.tests.coupons import FOREVER, coupon, percent
from billing.tests.selling import Selling, bands, compare, euros, flat, told, when
from catalog.models import PricingPlan
from kit.testing import ApiClient

Json = dict[str, Any]
MIGRATIONS, SCHEDULES = "/v1/pricing-plan-migrations", "/v1/pricing-plan-schedules"
JULY = "2026-07-01T00:00:00Z"


@pytest.fixture
def shop(api: ApiClient) -> Selling:
    """Two metered items and seats; the usage of May is 30 jobs in us, 10 in eu, and 10 files."""
    found = Selling(api)
    found.open(properties={"region": "STRING"}, items=("jobs", "files"))
    seats = {"reference": "seats", "name": "Seats", "product_id": "prod", "status": "ACTIVE"}
    api.post("/v1/product-items", seats | {"model_type": "PER_SEAT"}).ok()
    return found


def version(shop: Selling, *, jobs: str, files: str, support: str, files_sold: bool = True) -> Json:
    """An ACTIVE version: jobs in eu at 2 and elsewhere at this, files, seats at 10, support as an add-on."""
    eu = flat("2", order=1, conditions=when(compare("region", "EQUALS", "eu")))
    items: list[Json] = [{"product_item_ids": ["jobs"], "configs": [eu, flat(jobs, order=2)]}]
    items += [{"product_item_ids": ["files"], "configs": [flat(files)]}] if files_sold else []
    seats = {"pricing_type": "FLAT", "bands": [{"amount": euros("10")}]}
    items += [{"product_item_ids": ["seats"], "configs": [seats]}]
    addon = {
        "name": "Support",
        "product_type": "ADDON",
        "product_ids": ["care"],
        "items": [{"product_item_ids": ["support"], "configs": [fixed(support)]}],
    }
    pricings = [{"name": "Jobs", "product_ids": ["prod"], "items": items}, addon]
    tree = [{"product_category_id": "cat", "pricings": pricings}]
    made = shop.api.post("/v1/pricing-plan-versions", {"pricing_plan_id": "plan", "pricing_categories": tree})
    found: Json = shop.activate(made.ok()["id"]).ok()
    return found


def fixed(price: str) -> Json:
    return {"pricing_type": "FIXED", "bands": [{"amount": euros(price)}]}


def begin(shop: Selling, *, agreed: Any, **fields: Any) -> Json:
    """Version 1 with what ``agreed`` makes of its pricings, as a subscription from 1 May."""
    api = shop.api
    care = {"reference": "care", "name": "Care", "category_id": "cat", "status": "ACTIVE"}
    api.post("/v1/products", care).ok()
    support = {"reference": "support", "name": "Support", "product_id": "care", "status": "ACTIVE"}
    api.post("/v1/product-items", support | {"model_type": "RECURRING"}).ok()
    old = version(shop, jobs="1", files="3", support="50")
    shop.subscribe(old["id"], **agreed(old["pricing_categories"][0]["pricings"]), **fields).ok()
    return old


def use(shop: Selling, month: str) -> None:
    day = f"2026-{month}-10T00:00:00Z"
    shop.send("30", region="us", at=day)
    shop.send("10", region="eu", at=day)
    shop.send("10", meter="files", region="us", at=day)


def everything(pricings: list[Json], gift: str) -> Json:
    """All that a schedule can have of its own."""
    jobs, addon = pricings
    rules = [each["configs"] for each in jobs["items"]]
    eu = {**bands("TIERED", ("5", "1"), (None, "0.5"))}
    own = {
        "original_pricing_id": jobs["id"],
        "override": "SPECIFIC",
        "items": [
            {
                "original_pricing_item_id": jobs["items"][0]["id"],
                "override": "SPECIFIC",
                "configs": [eu | {"original_pricing_item_config_id": rules[0][0]["id"]}],
            }
        ],
    }
    half_price = {
        "original_pricing_id": addon["id"],
        "override": "ALL",
        "items": [{"product_item_ids": ["support"], "configs": [fixed("25")]}],
    }
    volume = {"pricing_item_config_id": rules[0][1]["id"], "number": "20", "reset_type": "PERIOD"}
    return {
        "override_pricings": [own, half_price],
        "coupon_ids": [gift],
        "discount": {"pricing_items": [{"ids": [jobs["items"][1]["id"]], "percentage": "50"}]},
        "commitment": {"pricings": [{"ids": [jobs["id"]], "amount": euros("64")}]},
        "included_volumes": [volume],
        "seats_values": [{"pricing_item_config_id": rules[2][0]["id"], "number": "3"}],
        "enabled_pricings": [{"pricing_id": addon["id"]}],
    }


def migrate(shop: Selling, old: Json, new: Json, **fields: Any) -> Json:
    body = {"from_pricing_plan_version_id": old["id"], "to_pricing_plan_version_id": new["id"]}
    found: Json = shop.api.post(MIGRATIONS, {**body, **fields}).ok()
    return found


def row(shop: Selling, migration: Json) -> Json:
    (found,) = shop.api.get(f"{MIGRATIONS}/{migration['id']}/subscriptions").ok()["data"]
    return dict(found)


def test_everything_comes_along_is_billed_as_foretold_and_comes_back(shop: Selling) -> None:
    api = shop.api
    gift = coupon(api, "GIFT", percent("10"), FOREVER)
    old = begin(shop, agreed=lambda pricings: everything(pricings, gift))
    api.post("/v1/test-clock/advance", {"to": "2026-06-15T00:00:00Z"}).ok()
    use(shop, "05")
    new = version(shop, jobs="0.8", files="4", support="60")
    before = [api.get(f"{SCHEDULES}/{each.public_id}").ok() for each in PricingPlanSchedule.objects.all()]
    migration = migrate(shop, old, new)
    found = row(shop, migration)
    assert (found["state"], found["problems"], found["preview"]["dropped"]) == ("PREVIEWED", [], [])
    # Beyond the volume 10 + 7.50 in eu + files at half price 15 + seats 30, up to 64, + support 25; 10 % off.
    now, then = (found["preview"][name]["quantity"] for name in ("now", "then"))
    assert (now, then) == ("80.10", "81.45")  # then 8 + 7.50 + 20 + 30 + 25
    assert PricingPlan.objects.filter(schedule_public_id__isnull=False).count() == 1

    path = f"{MIGRATIONS}/{migration['id']}"
    api.post(f"{path}/apply", {}).ok()
    made = api.get(f"{SCHEDULES}/{row(shop, migration)['pricing_plan_schedule_id']}").ok()
    names = {each["original_pricing_id"] for each in made["override_pricings"]}
    assert names == {each["id"] for each in new["pricing_categories"][0]["pricings"]}
    assert made["coupon_ids"] == [gift]
    assert CouponRedemption.objects.count() == 1

    api.post(f"{path}/revert", {}).ok()
    assert row(shop, migration)["state"] == "REVERTED"
    after = [api.get(f"{SCHEDULES}/{each.public_id}").ok() for each in PricingPlanSchedule.objects.all()]
    assert after == before
    assert PricingPlan.objects.filter(schedule_public_id__isnull=False).count() == 1
    assert CouponRedemption.objects.count() == 1

    again = migrate(shop, old, new)
    api.post(f"{MIGRATIONS}/{again['id']}/apply", {}).ok()
    api.post("/v1/test-clock/advance", {"to": "2026-07-20T00:00:00Z"}).ok()
    use(shop, "07")
    api.post("/v1/test-clock/advance", {"to": "2026-08-02T00:00:00Z"}).ok()
    bases = {each["start_at"][:7]: each["tax_summary"]["base_amount"]["quantity"] for each in shop.invoices()}
    assert (bases["2026-05"], bases["2026-07"]) == (now, then)


def test_what_has_no_counterpart_blocks_by_name_or_is_dropped_by_word(shop: Selling) -> None:
    api = shop.api

    def agreed(pricings: list[Json]) -> Json:
        jobs = pricings[0]
        items = [
            {
                "original_pricing_item_id": jobs["items"][place]["id"],
                "override": "ALL",
                "configs": [flat("0.5")],
            }
            for place in (0, 1)
        ]
        files = jobs["items"][1]["id"]
        discount = {"pricing_items": [{"ids": [files], "percentage": "50"}], "totals": [{"percentage": "10"}]}
        return {
            "override_pricings": [{"original_pricing_id": jobs["id"], "items": items}],
            "discount": discount,
        }

    old = begin(shop, agreed=agreed)
    api.post("/v1/test-clock/advance", {"to": "2026-06-15T00:00:00Z"}).ok()
    use(shop, "05")
    new = version(shop, jobs="0.8", files="4", support="60", files_sold=False)
    blocked = row(shop, migrate(shop, old, new))
    assert (blocked["state"], [each["field"] for each in blocked["problems"]]) == (
        "BLOCKED",
        ["override_pricings.0.items.1.original_pricing_item_id", "discount.pricing_items.0.ids.0"],
    )
    (schedule,) = PricingPlanSchedule.objects.all()
    refused = api.post(f"{SCHEDULES}/{schedule.public_id}/migrate", {"start_at": JULY})
    assert (refused.status, refused.body["field"]) == (400, blocked["problems"][0]["field"])

    dropping = migrate(shop, old, new, without_counterpart="DROP")
    found = row(shop, dropping)
    assert (found["state"], found["problems"]) == ("PREVIEWED", [])
    assert found["preview"]["dropped"] == blocked["problems"]
    assert found["preview"]["then"] == euros("18.00")  # 40 jobs at 0.50, 10 % off
    api.post(f"{MIGRATIONS}/{dropping['id']}/apply", {}).ok()
    made = api.get(f"{SCHEDULES}/{row(shop, dropping)['pricing_plan_schedule_id']}").ok()
    assert [len(each["items"]) for each in made["override_pricings"]] == [1]
    assert (made["discount"]["pricing_items"], len(made["discount"]["totals"])) == ([], 1)


def test_an_unforeseen_error_fails_its_own_row_only(shop: Selling, monkeypatch: pytest.MonkeyPatch) -> None:
    old = begin(shop, agreed=lambda _: {})
    new = version(shop, jobs="0.8", files="4", support="60")

    def broken(**_: Any) -> None:
        raise ZeroDivisionError

    migration = migrate(shop, old, new)
    monkeypatch.setitem(sweep.STEPS, "APPLYING", broken)
    shop.api.post(f"{MIGRATIONS}/{migration['id']}/apply", {}).ok()
    found = row(shop, migration)
    assert (found["state"], found["pending"], found["preview"] is None) == ("FAILED", False, False)
    assert found["problems"] == [{"field": None, "message": unforeseen.reason(ZeroDivisionError())}]
    assert shop.api.get(f"{MIGRATIONS}/{migration['id']}").ok()["status"] == "READY"
    assert told(shop.invoices()[0])
