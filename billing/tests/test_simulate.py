"""A version tried on what has been used."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from operator import itemgetter
from typing import Any

import pytest
from django.db import OperationalError

from accounts.models import Platform
from billing.models import Invoice
from billing.services import unforeseen
from billing.services.previews import simulate, simulations
from billing.tests.world import World, at, fee, flat, per_minute, tiers, usage
from catalog.models import PricingPlanVersion, ProductItem
from kit.testing import ApiClient

YEAR = {"from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}


def tried(api: ApiClient, version: PricingPlanVersion, **fields: Any) -> Any:
    return api.post(f"/v1/pricing-plan-versions/{version.public_id}/simulate", {**YEAR, **fields})


def used_for_two_months(world: World, *prices: Any) -> PricingPlanVersion:
    """100 minutes in March and 200 in April, on the platform's frozen 1 January 2027."""
    Platform.objects.filter(pk=world.platform.pk).update(test_now=at("2027-01-01"))
    version = world.plan(*prices)
    world.subscribe(version, start=at("2026-03-01"), end=at("2026-05-01"))
    world.used("100", when=at("2026-03-05"))
    world.used("200", when=at("2026-04-05"))
    return version


def test_now_then_and_the_difference_by_line(world: World, api: ApiClient) -> None:
    old = used_for_two_months(world, per_minute("0.10"))
    new = world.plan(per_minute("0.05"), fee("4"))
    before = Invoice.objects.count()
    [customer] = tried(api, new, against_version_id=old.public_id).ok()["customers"]
    assert customer["customer_id"] == world.customer.public_id
    assert (customer["periods"], customer["problems"]) == (2, [])
    amounts = [customer[name]["quantity"] for name in ("now", "then", "difference")]
    assert amounts == ["30.00", "23.00", "-7.00"]
    differences = [line["difference"]["quantity"] for line in customer["lines"]]
    assert sorted(differences) == ["-30.00", "15.00", "8.00"]  # each plan has an item of its own
    assert Invoice.objects.count() == before
    # Tiers and a free hundred per year, billed by the month: they go on from March to April.
    bands = tiers(("100", "1.00"), (None, "0.50"))
    free = {"pricing_period": {"type": "YEAR", "value": 1}, "default_included_volume": {"number": "100"}}
    yearly = world.plan(usage(bands | free))
    [customer] = tried(api, yearly, against_version_id=old.public_id).ok()["customers"]
    assert [customer[name]["quantity"] for name in ("now", "then")] == ["30.00", "150.00"]
    [customer] = tried(api, old, against_version_id=yearly.public_id).ok()["customers"]
    assert [customer[name]["quantity"] for name in ("now", "then")] == ["150.00", "30.00"]


def test_now_is_what_the_drafts_show(world: World, api: ApiClient) -> None:
    version = used_for_two_months(world, per_minute("0.10"), fee("3"))
    drafts = api.get("/v1/invoices").ok()["data"]
    [customer] = tried(api, version).ok()["customers"]
    assert customer["difference"]["quantity"] == "0.00"
    march = next(each for each in drafts if each["start_at"].startswith("2026-03"))
    alone = tried(api, version, **{"from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"}).ok()
    assert alone["customers"][0]["now"] == march["tax_summary"]["base_amount"]
    # A fee billed ahead, then cut short: the periods come to what all invoices come to.
    Platform.objects.filter(pk=world.platform.pk).update(test_now=at("2027-03-01"))
    ahead = world.plan(fee("31", advance=True))
    other = world.organization("greyfield", "NL")
    subscription = world.subscribe(ahead, start=at("2027-03-01"), customer=other)
    api.post("/v1/test-clock/advance", {"to": "2027-04-16T12:00:00Z"}).ok()
    path = f"/v1/pricing-plan-subscriptions/{subscription.public_id}/cancel"
    api.post(path, {"type": "NOW"}).ok()
    api.post("/v1/test-clock/advance", {"to": "2027-06-01T12:00:00Z"}).ok()
    billed = [each.amount_excluding_tax for each in Invoice.objects.filter(customer=other)]
    assert billed == [Decimal("31.00"), Decimal("31.00"), Decimal("-15.50")]
    span = {"from": "2027-03-01T00:00:00Z", "to": "2027-06-01T00:00:00Z"}
    [customer] = tried(api, ahead, **span).ok()["customers"]
    assert (customer["periods"], Decimal(customer["now"]["quantity"])) == (2, sum(billed))


def test_only_the_customers_that_are_named(world: World, api: ApiClient) -> None:
    version = used_for_two_months(world, per_minute("0.10"))
    other = world.organization("greyfield", "NL")
    assert tried(api, version, customer_ids=[other.public_id]).ok()["customers"] == []
    assert tried(api, version, customer_ids=["nobody"]).status == 400


def test_a_draft_is_tried_before_it_is_activated(world: World, api: ApiClient) -> None:
    version = used_for_two_months(world, per_minute("0.10"))
    item = ProductItem.objects.select_related("product").get()
    priced = {"product_item_ids": [item.public_id], "configs": [flat("0.20")]}
    pricing = {"product_ids": [item.product.public_id], "items": [priced]}
    categories = [{"product_category_id": "services", "pricings": [pricing]}]
    body = {"pricing_plan_id": version.pricing_plan.public_id, "pricing_categories": categories}
    draft = api.post("/v1/pricing-plan-versions", body).ok()
    path = f"/v1/pricing-plan-versions/{draft['id']}"
    [customer] = api.post(f"{path}/simulate", YEAR).ok()["customers"]
    assert [customer[name]["quantity"] for name in ("now", "then")] == ["30.00", "60.00"]
    assert api.get(path).ok()["status"] == "DRAFT"


def test_a_draft_unfit_for_activation_is_not_tried(world: World, api: ApiClient) -> None:
    version = used_for_two_months(world, per_minute("0.10"))
    draft = api.post(
        "/v1/pricing-plan-versions",
        {"pricing_plan_id": version.pricing_plan.public_id, "pricing_categories": []},
    ).ok()
    answer = api.post(f"/v1/pricing-plan-versions/{draft['id']}/simulate", YEAR)
    assert (answer.status, answer.body["code"]) == (400, "UNABLE_TO_PROCESS_INSTRUCTIONS")


def test_the_future_has_no_usage(world: World, api: ApiClient) -> None:
    version = used_for_two_months(world, per_minute("0.10"))
    assert tried(api, version, to="2027-02-01T00:00:00Z").body["field"] == "to"
    assert tried(api, version, to="2025-02-01T00:00:00Z").body["field"] == "to"


def test_a_version_of_another_platform_is_not_found(
    world: World, api: ApiClient, stranger: ApiClient
) -> None:
    version = used_for_two_months(world, per_minute("0.10"))
    assert tried(stranger, version).status == 404


def test_a_large_one_is_worked_off_in_the_background(
    world: World, api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = used_for_two_months(world, per_minute("0.10"))
    other = world.organization("greyfield", "NL")
    world.subscribe(version, start=at("2026-03-01"), end=at("2026-05-01"), customer=other)
    small = tried(api, version).ok()
    assert (small["status"], small["id"], small["progress"]) == ("DONE", None, {"done": 2, "total": 2})
    monkeypatch.setattr(simulations, "MOST_PERIODS_AT_ONCE", 3)
    monkeypatch.setattr(simulations, "CUSTOMERS_PER_RUN", 1)
    large = tried(api, version).ok()
    assert (large["status"], large["progress"]) == ("RUNNING", {"done": 0, "total": 2})
    path = f"/v1/simulations/{large['id']}"
    for done in (1, 2):
        assert simulations.sweep(platform=world.platform, at=at("2027-01-01")) == 1
        assert api.get(path).ok()["progress"] == {"done": done, "total": 2}
    assert simulations.sweep(platform=world.platform, at=at("2027-01-01")) == 0
    finished = api.get(path).ok()
    assert finished["status"] == "DONE"
    assert sorted(finished["customers"], key=itemgetter("customer_id")) == sorted(
        small["customers"], key=itemgetter("customer_id")
    )
    assert len(api.get(f"{path}?limit=1&page=2").ok()["customers"]) == 1


def test_a_simulation_of_another_platform_is_not_found(
    world: World, api: ApiClient, stranger: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = used_for_two_months(world, per_minute("0.10"))
    monkeypatch.setattr(simulations, "MOST_PERIODS_AT_ONCE", 0)
    path = f"/v1/simulations/{tried(api, version).ok()['id']}"
    assert api.get(path).status == 200
    assert stranger.get(path).status == 404


def test_an_unforeseen_error_fails_its_own_customer_only(
    world: World, api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = used_for_two_months(world, per_minute("0.10"))
    other = world.organization("greyfield", "NL")
    poisoned = world.subscribe(version, start=at("2026-03-01"), end=at("2026-05-01"), customer=other)
    monkeypatch.setattr(simulations, "MOST_PERIODS_AT_ONCE", 0)
    path = f"/v1/simulations/{tried(api, version).ok()['id']}"
    outcomes = simulate.outcomes

    def broken(error: type[Exception]) -> Any:
        def outcomes_or_error(trial: Any, keys: Any) -> Any:
            if poisoned.pk in keys:
                raise error
            return outcomes(trial, keys)

        return outcomes_or_error

    def problems(path: str) -> dict[str, list[str]]:
        return {each["customer_id"]: each["problems"] for each in api.get(path).ok()["customers"]}

    monkeypatch.setattr(simulate, "outcomes", broken(ZeroDivisionError))
    assert simulations.sweep(platform=world.platform, at=at("2027-01-01")) == 2
    assert api.get(path).ok()["status"] == "DONE"
    why = unforeseen.reason(ZeroDivisionError())
    assert problems(path) == {world.customer.public_id: [], other.public_id: [why]}

    path = f"/v1/simulations/{tried(api, version).ok()['id']}"
    monkeypatch.setattr(simulate, "outcomes", broken(OperationalError))
    run = partial(simulations.sweep, platform=world.platform, at=at("2027-01-01"))
    assert (run(), problems(path)) == (2, {})  # a broken connection may be anybody's
    assert (run(), problems(path)) == (2, {world.customer.public_id: []})
    assert [run() for _ in range(3)] == [1, 1, 0]
    assert problems(path) == {world.customer.public_id: [], other.public_id: [unforeseen.worn_out()]}
