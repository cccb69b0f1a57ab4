"""A fee billed in advance, and another schedule that takes over within its period."""

from __future__ import annotations

from typing import Any

from accounts.models import Platform
from billing.models import Invoice, PricingPlanSchedule
from billing.tests.world import World, at, fee
from kit.testing import ApiClient


def advance(api: ApiClient, to: str) -> None:
    api.post("/v1/test-clock/advance", {"to": f"{to}T12:00:00Z"}).ok()


def started(world: World, api: ApiClient, **terms: Any) -> tuple[Any, Any]:
    """31 a month in advance from 1 March, and 62 as the next version; the clock stands at 16 March."""
    Platform.objects.filter(pk=world.platform.pk).update(test_now=at("2026-03-01"))
    old = world.plan(fee("31", advance=True))
    subscription = world.subscribe(old, start=at("2026-03-01"))
    PricingPlanSchedule.objects.filter(subscription=subscription).update(**terms)
    advance(api, "2026-03-16")
    return subscription, world.successor(old, fee("62", advance=True))


def migrated(api: ApiClient, new: Any, start: str) -> Any:
    schedule = PricingPlanSchedule.objects.order_by("start_at").last()
    path = f"/v1/pricing-plan-schedules/{schedule.public_id}/migrate"
    return api.post(path, {"start_at": start, "pricing_plan_version_id": new.public_id})


def lines(api: ApiClient, period: str) -> list[tuple[str, str, str]]:
    """(first day, last day excluded, amount) of the lines on the invoice of this period."""
    rows = Invoice.objects.filter(occasion="PERIOD").exclude(status="VOID").order_by("period_start")
    invoice = next(each for each in rows if f"{each.period_start:%Y-%m}" == period)
    body = api.get(f"/v1/invoices/{invoice.public_id}").ok()
    return sorted(
        (line["start_at"][:10], line["end_at"][:10], line["amount_excluding_tax"]["quantity"])
        for part in body["periods"]
        for group in part["groups"]
        for line in group["lines"]
    )


def test_the_rest_of_the_old_fee_is_given_back_where_the_new_one_begins(world: World, api: ApiClient) -> None:
    _, new = started(world, api)
    migrated(api, new, "2026-03-21T00:00:00Z").ok()
    # 20 of 31 days of 31.00 are owed: 11.00 come back. 11 of 31 days of 62.00 are 22.00.
    expected = [
        ("2026-03-01", "2026-03-21", "-11.00"),
        ("2026-03-21", "2026-04-01", "22.00"),
        ("2026-04-01", "2026-05-01", "62.00"),
    ]
    assert lines(api, "2026-03") == expected
    advance(api, "2026-05-03")
    assert lines(api, "2026-03") == expected
    assert lines(api, "2026-04") == [("2026-05-01", "2026-06-01", "62.00")]  # once is enough


def test_a_change_that_was_known_before_the_fee_was_billed_gives_nothing_back(
    world: World, api: ApiClient
) -> None:
    _, new = started(world, api)
    migrated(api, new, "2026-04-11T00:00:00Z").ok()
    advance(api, "2026-05-03")
    assert lines(api, "2026-03") == [("2026-04-01", "2026-04-11", "10.33")]
    assert lines(api, "2026-04") == [
        ("2026-04-11", "2026-05-01", "41.33"),
        ("2026-05-01", "2026-06-01", "62.00"),
    ]


def test_a_discount_on_the_old_fee_is_given_back_with_it(world: World, api: ApiClient) -> None:
    _, new = started(world, api, discount={"totals": [{"percentage": "10"}]})
    migrated(api, new, "2026-03-21T00:00:00Z").ok()
    march = lines(api, "2026-03")
    assert ("2026-03-01", "2026-03-21", "-11.00") in march
    assert ("2026-03-01", "2026-03-21", "1.10") in march


def test_a_cancellation_gives_back_what_is_left_of_the_fee(world: World, api: ApiClient) -> None:
    subscription, _ = started(world, api)
    path = f"/v1/pricing-plan-subscriptions/{subscription.public_id}/cancel"
    given_back = [("2026-03-01", "2026-03-21", "-11.00")]
    api.post(path, {"type": "DATE", "cancel_at": "2026-03-21T00:00:00Z"}).ok()
    assert lines(api, "2026-03") == given_back  # agreed for later, it is on the draft at once
    body = {"pricing_plan_subscription_id": subscription.public_id, "start_at": "2026-03-16T12:00:00Z"}
    preview = api.post("/v1/invoices/preview", body).ok()["invoice"]
    assert preview["tax_summary"]["base_amount"]["quantity"] == "-11.00"
    api.post(path, {"type": "UNDO"}).ok()
    assert lines(api, "2026-03") == [("2026-04-01", "2026-05-01", "31.00")]
    # Now: 15 of 31 days are owed.
    api.post(path, {"type": "NOW"}).ok()
    expected = [("2026-03-01", "2026-03-16", "-16.00")]
    assert lines(api, "2026-03") == expected
    advance(api, "2026-06-03")
    assert lines(api, "2026-03") == expected
    assert Invoice.objects.exclude(status="FINAL").count() == 0


def test_an_add_on_that_is_switched_off_gives_back_what_is_left_of_its_fee(
    world: World, api: ApiClient
) -> None:
    Platform.objects.filter(pk=world.platform.pk).update(test_now=at("2026-03-01"))
    version = world.drafted(fee("31", advance=True))
    extra = world.addon(version, fee("62", advance=True, name="Support")).public_id
    subscription = world.subscribe(world.activated(version), start=at("2026-03-01"))
    schedule = PricingPlanSchedule.objects.get(subscription=subscription)
    PricingPlanSchedule.objects.update(enabled_pricings=[{"pricing_id": extra}])
    advance(api, "2026-04-16")
    chosen = {"pricing_id": extra, "end_at": "2026-04-21T00:00:00Z"}
    api.patch(f"/v1/pricing-plan-schedules/{schedule.public_id}", {"enabled_pricings": [chosen]}).ok()
    # 20 of 30 days of 62.00 are owed: 20.67 come back, once.
    expected = [("2026-04-01", "2026-04-21", "-20.67"), ("2026-05-01", "2026-06-01", "31.00")]
    assert lines(api, "2026-04") == expected
    advance(api, "2026-06-03")
    assert lines(api, "2026-04") == expected
    assert lines(api, "2026-05") == [("2026-06-01", "2026-07-01", "31.00")]


def test_lists_previews_and_details_agree_while_the_period_before_is_in_its_grace(
    world: World, api: ApiClient
) -> None:
    subscription, new = started(world, api)
    migrated(api, new, "2026-03-21T00:00:00Z").ok()
    advance(api, "2026-03-31")
    body = {"pricing_plan_subscription_id": subscription.public_id, "start_at": "2026-03-31T12:00:00Z"}
    preview = api.post("/v1/invoices/preview", body).ok()["invoice"]
    [march] = api.get("/v1/invoices?statuses[]=DRAFT").ok()["data"]
    assert preview["tax_summary"] == march["tax_summary"]
    assert march["tax_summary"]["base_amount"]["quantity"] == "73.00"
    Platform.objects.filter(pk=world.platform.pk).update(invoice_grace_period_seconds=5 * 86_400)
    world.entity.refresh_from_db()
    Invoice.objects.filter(public_id=march["id"]).update(finalize_at=at("2026-04-06"))
    advance(api, "2026-04-03")
    drafts = {each["id"]: each for each in api.get("/v1/invoices?statuses[]=DRAFT").ok()["data"]}
    assert len(drafts) == 2
    for key, draft in drafts.items():
        assert api.get(f"/v1/invoices/{key}").ok()["tax_summary"] == draft["tax_summary"]
    assert drafts[march["id"]]["tax_summary"]["base_amount"]["quantity"] == "73.00"
