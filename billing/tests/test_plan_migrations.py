"""Subscriptions moved to another plan version: a dry run, batches, and back."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError

from accounts.models import Platform
from billing.models import Invoice, PricingPlanSchedule
from billing.services import unforeseen
from billing.services.plan_migrations import dry_run, sweep
from billing.tests.coupons import ONE_TIME, coupon, months, percent
from billing.tests.world import Price, World, at, fee, flat, money, per_minute, usage
from catalog.models import Pricing, PricingItem, PricingPlanVersion, PricingProduct, ProductItem
from kit.testing import ApiClient

MIGRATIONS = "/v1/pricing-plan-migrations"
MARCH_15 = at("2026-03-15")


def clock(world: World, text: str) -> None:
    Platform.objects.filter(pk=world.platform.pk).update(test_now=at(text))
    world.platform.refresh_from_db()


def begun(world: World, api: ApiClient, old: Any, new: Any, **fields: Any) -> Any:
    body = {"from_pricing_plan_version_id": old.public_id, "to_pricing_plan_version_id": new.public_id}
    migration = api.post(MIGRATIONS, {**body, **fields}).ok()
    assert migration["status"] == "READY"
    return api.get(f"{MIGRATIONS}/{migration['id']}").ok()


def rows(api: ApiClient, migration: Any) -> list[Any]:
    found: list[Any] = api.get(f"{MIGRATIONS}/{migration['id']}/subscriptions").ok()["data"]
    return found


def states(api: ApiClient, migration: Any) -> list[str]:
    return [each["state"] for each in rows(api, migration)]


def decide(world: World, api: ApiClient, migration: Any, verb: str, **body: Any) -> Any:
    api.post(f"{MIGRATIONS}/{migration['id']}/{verb}", body).ok()
    return api.get(f"{MIGRATIONS}/{migration['id']}").ok()


@pytest.fixture
def old(world: World) -> PricingPlanVersion:
    """0.10 a minute and 5 a month; one subscription with 100 minutes in February, at 15 March."""
    clock(world, "2026-03-15")
    version = world.plan(per_minute("0.10"), fee("5"))
    world.subscribe(version, start=at("2026-02-01"), now=MARCH_15)
    world.used("100", when=at("2026-02-05"))
    return version


@pytest.fixture
def new(world: World, old: PricingPlanVersion) -> PricingPlanVersion:
    return world.successor(old, per_minute("0.08"), fee("9"))


def test_the_dry_run_tells_money_and_tax_and_changes_nothing(
    world: World, api: ApiClient, old: Any, new: Any
) -> None:
    before = list(PricingPlanSchedule.objects.values())
    migration = begun(world, api, old, new)
    assert (migration["status"], migration["pending"]) == ("READY", 0)
    assert migration["states"]["PREVIEWED"] == 1
    [row] = rows(api, migration)
    preview = row["preview"]
    assert preview["period"] == {"start_at": "2026-02-01T00:00:00Z", "end_at": "2026-03-01T00:00:00Z"}
    assert [preview[name]["quantity"] for name in ("now", "then", "difference")] == ["15.00", "17.00", "2.00"]
    assert [preview["tax"][name]["quantity"] for name in ("now", "then")] == ["3.15", "3.57"]
    assert {line["description"]: line["difference"]["quantity"] for line in preview["lines"]} == {
        "Minutes": "-2.00",
        "Platform fee": "4.00",
    }
    assert migration["totals"][0]["difference"] == money("2.00")
    assert (row["starts_at"], row["problems"]) == ("2026-04-01T00:00:00Z", [])
    assert list(PricingPlanSchedule.objects.values()) == before


def test_applied_it_bills_by_the_new_version_from_the_next_period_on(
    world: World, api: ApiClient, old: Any, new: Any
) -> None:
    migration = decide(world, api, begun(world, api, old, new), "apply")
    assert migration["states"]["APPLIED"] == 1
    first, second = PricingPlanSchedule.objects.order_by("start_at")
    assert (first.end_at, second.start_at, second.end_at) == (at("2026-04-01"), at("2026-04-01"), None)
    assert second.pricing_plan_version == new
    [row] = rows(api, migration)
    assert row["pricing_plan_schedule_id"] == second.public_id
    world.used("100", when=at("2026-03-05"))
    world.used("100", when=at("2026-04-05"))
    api.post("/v1/test-clock/advance", {"to": "2026-05-02T00:00:00Z"}).ok()
    drafts = api.get("/v1/invoices").ok()["data"]
    sums = {each["start_at"][:7]: each["tax_summary"]["base_amount"]["quantity"] for each in drafts}
    assert sums == {"2026-02": "15.00", "2026-03": "15.00", "2026-04": "17.00", "2026-05": "9.00"}


def test_the_dry_run_has_what_the_move_charges_once_and_says_what_begins_anew(
    world: World, api: ApiClient
) -> None:
    """A set-up was charged in February, the last whole period; training is new, and coaching in the add-on
    that is on since then. What is added after the move is charged then, whichever version had it first.
    """
    clock(world, "2026-03-15")
    volume = {"default_included_volume": {"number": "60", "reset_type": "SCHEDULE"}}
    free = usage(flat("0.10", **volume))
    first = world.drafted(free, once("Set-up", "100"))
    care, later = added(world, first, fee("6", name="Care")), world.addon(first, once("Audit", "20"))
    subscription = world.subscribe(world.activated(first), start=at("2026-02-01"), now=MARCH_15)
    chosen = [
        {"pricing_id": pricing.public_id, "start_at": f"2026-{day}T00:00:00Z"}
        for pricing, day in ((care, "03-10"), (later, "04-10"))
    ]
    PricingPlanSchedule.objects.filter(subscription=subscription).update(enabled_pricings=chosen)
    world.used("100", when=at("2026-02-05"))
    second = world.drafted_after(first, free, once("Set-up", "150"), once("Training", "75"))
    added(world, second, once("Coaching", "40"))
    world.addon(second, once("Audit", "25"), item=ProductItem.objects.get(name="Audit"))
    migration = begun(world, api, first, world.activated(second))
    preview = rows(api, migration)[0]["preview"]
    assert {each["description"]: each["difference"]["quantity"] for each in preview["lines"]} == {
        "Minutes": "0.00",
        "Training": "75.00",
        "Coaching": "40.00",
        "Care": "-6.00",
    }
    assert [preview[name]["quantity"] for name in ("now", "then")] == ["10.00", "119.00"]
    [anew] = preview["begins_anew"]
    assert anew["message"] == "Minutes: its included volume is full again"
    decide(world, api, migration, "apply")
    world.used("100", when=at("2026-04-05"))
    api.post("/v1/test-clock/advance", {"to": "2026-04-06T00:00:00Z"}).ok()
    april = next(each for each in api.get("/v1/invoices").ok()["data"] if each["start_at"] > "2026-04")
    assert Decimal(april["tax_summary"]["base_amount"]["quantity"]) == Decimal("119.00") + 25


def added(world: World, version: PricingPlanVersion, price: Price) -> Pricing:
    """An add-on of the version's product, which is known by it in each version."""
    made = world.addon(version, price)
    product = ProductItem.objects.filter(pricing_item_links__version=version)[0].product
    PricingProduct.objects.create(
        platform=world.platform, version=version, pricing=made, product=product, position=1
    )
    return made


def once(name: str, amount: str) -> Price:
    return Price(name, "ONE_OFF", fee(amount).rules)


def test_terms_come_along_in_the_words_of_the_new_version(
    world: World, api: ApiClient, old: Any, new: Any
) -> None:
    items = {each.version_id: each for each in PricingItem.objects.order_by("-position")}
    discount = {"pricing_items": [{"ids": [items[old.pk].public_id], "percentage": "10"}]}
    PricingPlanSchedule.objects.update(discount=discount)
    migration = begun(world, api, old, new)
    [row] = rows(api, migration)
    assert row["preview"]["difference"] == money("2.20")  # 10 % off the minutes: 14.00 and 16.20
    decide(world, api, migration, "apply")
    made = PricingPlanSchedule.objects.get(pricing_plan_version=new)
    assert made.discount["pricing_items"][0]["ids"] == [items[new.pk].public_id]


def test_the_dry_run_has_the_coupons_that_the_bill_will_have(
    world: World, api: ApiClient, old: Any, new: Any
) -> None:
    """Over in April; for March and April; taken by the draft of March."""
    kinds = {"short": ("10", months(1)), "long": ("20", months(2)), "once": ("50", ONE_TIME)}
    ids = [coupon(api, name, percent(value), lasts) for name, (value, lasts) in kinds.items()]
    schedule = PricingPlanSchedule.objects.get()
    api.patch(f"/v1/pricing-plan-schedules/{schedule.public_id}", {"coupon_ids": ids}).ok()
    world.used("100", when=at("2026-03-05"))
    migration = begun(world, api, old, new)
    preview = rows(api, migration)[0]["preview"]
    assert [preview[name]["quantity"] for name in ("now", "then")] == ["12.00", "13.60"]
    decide(world, api, migration, "apply")
    world.used("100", when=at("2026-04-05"))
    api.post("/v1/test-clock/advance", {"to": "2026-04-06T00:00:00Z"}).ok()
    april = next(each for each in api.get("/v1/invoices").ok()["data"] if each["start_at"] > "2026-04")
    assert april["tax_summary"]["base_amount"]["quantity"] == "13.60"


def test_a_term_without_a_counterpart_blocks_its_subscription(world: World, api: ApiClient, old: Any) -> None:
    fee_item = PricingItem.objects.filter(version=old).order_by("position").last()
    PricingPlanSchedule.objects.update(
        discount={"pricing_items": [{"ids": [fee_item.public_id], "percentage": "10"}]}
    )
    migration = begun(world, api, old, world.successor(old, per_minute("0.08")))
    [row] = rows(api, migration)
    assert row["state"] == "BLOCKED"
    assert row["problems"][0]["field"] == "discount.pricing_items.0.ids.0"
    answer = api.post(f"{MIGRATIONS}/{migration['id']}/apply", {})
    assert (answer.status, answer.body["code"]) == (400, "INVALID_OPERATION")


def test_batches_and_back_again(world: World, api: ApiClient, old: Any, new: Any) -> None:
    for name in ("greyfield", "northlight"):
        world.subscribe(old, start=at("2026-02-01"), now=MARCH_15, customer=world.organization(name, "NL"))
    migration = decide(world, api, begun(world, api, old, new), "apply", at_most=2)
    assert (migration["states"]["APPLIED"], migration["states"]["PREVIEWED"]) == (2, 1)
    migration = decide(world, api, migration, "apply")
    assert migration["states"]["APPLIED"] == 3
    chosen = rows(api, migration)[1]["pricing_plan_subscription_id"]
    migration = decide(world, api, migration, "revert", pricing_plan_subscription_ids=[chosen])
    assert (migration["states"]["APPLIED"], migration["states"]["REVERTED"]) == (2, 1)
    [left] = PricingPlanSchedule.objects.filter(subscription__public_id=chosen)
    assert (left.end_at, left.pricing_plan_version) == (None, old)


def test_back_is_possible_until_an_invoice_has_billed_the_new_version(
    world: World, api: ApiClient, old: Any, new: Any
) -> None:
    migration = decide(world, api, begun(world, api, old, new), "apply")
    api.post("/v1/test-clock/advance", {"to": "2026-04-20T00:00:00Z"}).ok()
    assert Invoice.objects.filter(status="FINAL").count() == 2
    reverted = decide(world, api, migration, "revert")
    assert reverted["states"]["REVERTED"] == 1  # only February and March are final
    again = decide(world, api, begun(world, api, old, new), "apply")
    api.post("/v1/test-clock/advance", {"to": "2026-06-20T00:00:00Z"}).ok()
    late = decide(world, api, again, "revert")
    assert late["states"]["APPLIED"] == 1
    assert "billed" in rows(api, late)[0]["problems"][0]["message"]


def test_a_large_one_is_left_to_the_worker(
    world: World, api: ApiClient, old: Any, new: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.subscribe(old, start=at("2026-02-01"), now=MARCH_15, customer=world.organization("north", "NL"))
    monkeypatch.setattr(sweep, "AT_ONCE", 0)
    body = {"from_pricing_plan_version_id": old.public_id, "to_pricing_plan_version_id": new.public_id}
    migration = api.post(MIGRATIONS, body).ok()
    assert migration["status"] == "PREVIEWING"
    path = f"{MIGRATIONS}/{migration['id']}"
    early = api.post(f"{path}/apply", {})
    assert (early.status, early.body["code"]) == (400, "INVALID_OPERATION")
    run = partial(sweep.run, platform=world.platform, at=at("2026-03-15"))
    works, poisoned = dry_run.row, rows(api, migration)[0]["pricing_plan_subscription_id"]

    def breaks_off(*, ctx: Any, row: Any) -> None:
        if row.subscription.public_id == poisoned:
            raise OperationalError("canceling statement due to statement timeout")
        works(ctx=ctx, row=row)

    monkeypatch.setitem(sweep.STEPS, "PREVIEWING", breaks_off)
    assert (run(), states(api, migration)) == (2, ["NEW", "PREVIEWED"])  # the one behind it goes on
    assert ([run() for _ in range(4)], api.get(path).ok()["status"]) == ([1, 1, 1, 0], "READY")
    assert states(api, migration) == ["FAILED", "PREVIEWED"]
    assert rows(api, migration)[0]["problems"] == [{"field": None, "message": unforeseen.worn_out()}]


def test_what_has_changed_since_the_dry_run_fails_alone(
    world: World, api: ApiClient, old: Any, new: Any
) -> None:
    migration = begun(world, api, old, new)
    [row] = rows(api, migration)
    path = f"/v1/pricing-plan-subscriptions/{row['pricing_plan_subscription_id']}/cancel"
    api.post(path, {"type": "NOW"}).ok()
    migration = decide(world, api, migration, "apply")
    assert migration["states"]["FAILED"] == 1
    assert "CANCELLED" in rows(api, migration)[0]["problems"][0]["message"]


def test_bad_requests_name_their_field(
    world: World, api: ApiClient, stranger: ApiClient, old: Any, new: Any
) -> None:
    body = {"from_pricing_plan_version_id": old.public_id, "to_pricing_plan_version_id": new.public_id}
    wrong = {
        "to_pricing_plan_version_id": {**body, "to_pricing_plan_version_id": old.public_id},
        "start_at": {**body, "start_at": "2026-03-01T00:00:00Z"},
        "pricing_plan_subscription_ids": {
            "from_pricing_plan_version_id": new.public_id,
            "to_pricing_plan_version_id": old.public_id,
        },
    }
    draft = world.drafted(fee("1"))
    unfit = [
        *wrong.items(),
        ("to_pricing_plan_version_id", body | {"to_pricing_plan_version_id": draft.public_id}),
    ]
    for field, sent in unfit:
        answer = api.post(MIGRATIONS, sent)
        assert (answer.status, answer.body["field"]) == (400, field)
    migration = begun(world, api, old, new)
    assert stranger.get(f"{MIGRATIONS}/{migration['id']}").status == 404
    assert stranger.get(MIGRATIONS).ok()["data"] == []


def test_one_schedule_migrates_by_itself(world: World, api: ApiClient, old: Any, new: Any) -> None:
    schedule = PricingPlanSchedule.objects.get()
    path = f"/v1/pricing-plan-schedules/{schedule.public_id}/migrate"
    made = api.post(path, {"start_at": "2026-04-01T00:00:00Z"})
    assert made.status == 201
    assert made.body["pricing_plan_version_id"] == new.public_id
    twice = api.post(
        f"/v1/pricing-plan-schedules/{made.body['id']}/migrate", {"start_at": "2026-05-01T00:00:00Z"}
    )
    assert (twice.status, twice.body["field"]) == (400, "pricing_plan_version_id")
    early = api.post(path, {"start_at": "2026-01-01T00:00:00Z"})
    assert (early.status, early.body["field"]) == (400, "start_at")
