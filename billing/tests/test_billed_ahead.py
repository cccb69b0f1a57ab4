"""Fees billed before their time was over, and what ends it: another schedule, a cancellation, a choice."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Platform
from billing.models import Invoice, PricingPlanSchedule
from billing.services.invoices import finalize, supplements
from billing.tests.test_finalize import in_threads
from billing.tests.world import World, at, fee, money, per_minute
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
    return told(api, period_of(period))


def period_of(month: str) -> Invoice:
    """The invoice of the period that starts then, or of the one that is found in that month."""
    rows = Invoice.objects.exclude(occasion="OPENING").exclude(status="VOID").order_by("-period_start")
    return next(each for each in rows if f"{each.period_start:%Y-%m}" == month)


def told(api: ApiClient, invoice: Invoice) -> list[tuple[str, str, str]]:
    """The same of one invoice."""
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
    path = f"/v1/pricing-plan-schedules/{schedule.public_id}"
    removed = api.patch(path, {"enabled_pricings": []}).body
    assert (removed["field"], "perhaps with an end_at" in removed["message"]) == ("enabled_pricings", True)
    chosen = {"pricing_id": extra, "end_at": "2026-04-21T00:00:00Z"}
    api.patch(path, {"enabled_pricings": [chosen]}).ok()
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


def closed_early(world: World, api: ApiClient, **terms: Any) -> tuple[Any, Any]:
    """The same on 20 March, with March final by then: April's fee stands on it."""
    subscription, new = started(world, api, **terms)
    advance(api, "2026-03-20")
    api.patch(f"/v1/invoices/{period_of('2026-03').public_id}", {"status": "FINAL"}).ok()
    return subscription, new


@pytest.mark.django_db(transaction=True)
def test_a_cancellation_after_the_last_invoice_gives_back_by_one_of_its_own_exactly_once(
    world: World, api: ApiClient
) -> None:
    subscription, _ = closed_early(world, api, discount={"totals": [{"percentage": "10"}]})
    path = f"/v1/pricing-plan-subscriptions/{subscription.public_id}/cancel"
    api.post(path, {"type": "DATE", "cancel_at": "2026-03-25T00:00:00Z"}).ok()
    advance(api, "2026-03-21")
    given_back = [
        ("2026-03-01", "2026-03-25", "-7.00"),
        ("2026-03-01", "2026-03-25", "0.70"),
        ("2026-04-01", "2026-05-01", "-31.00"),
        ("2026-04-01", "2026-05-01", "3.10"),
    ]
    assert told(api, Invoice.objects.get(occasion="SUPPLEMENT")) == sorted(given_back)
    api.post(path, {"type": "UNDO"}).ok()  # what was given back is owed again
    advance(api, "2026-04-02")
    again = [each for each in lines(api, "2026-04") if each[2] in ("7.00", "31.00") and each[0] < "2026-05"]
    assert again == [("2026-03-01", "2026-04-01", "7.00"), ("2026-04-01", "2026-05-01", "31.00")]
    april = period_of("2026-04")
    api.patch(f"/v1/invoices/{april.public_id}", {"status": "FINAL"}).ok()
    api.post(path, {"type": "NOW"}).ok()
    # 1 of 30 days of April's fee is owed, and nothing of May's.
    platform, now = Platform.objects.get(pk=world.platform.pk), at("2026-04-02T12:00")
    assert in_threads(4, lambda _: supplements.sweep(platform=platform, at=now)) == []
    supplement = Invoice.objects.get(occasion="SUPPLEMENT", status="DRAFT")
    expected = [
        ("2026-04-01", "2026-04-02", "-29.97"),
        ("2026-04-01", "2026-04-02", "3.00"),
        ("2026-05-01", "2026-06-01", "-31.00"),
        ("2026-05-01", "2026-06-01", "3.10"),
    ]
    assert told(api, supplement) == sorted(expected)
    later = at("2026-04-03T12:00")
    assert in_threads(4, lambda _: finalize.sweep(platform=platform, at=later)) == []
    advance(api, "2026-07-02")
    assert told(api, supplement) == sorted(expected)
    assert Invoice.objects.filter(occasion="SUPPLEMENT").count() == 2
    assert Invoice.objects.exclude(status="FINAL").count() == 0


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (
            "2026-04-01",
            [("2026-04-01", "2026-05-01", "-31.00"), ("2026-04-01", "2026-05-01", "62.00")],
        ),
        (
            "2026-03-26",
            [
                ("2026-03-01", "2026-03-26", "-6.00"),
                ("2026-03-26", "2026-04-01", "12.00"),
                ("2026-04-01", "2026-05-01", "-31.00"),
                ("2026-04-01", "2026-05-01", "62.00"),
            ],
        ),
    ],
)
def test_a_plan_that_takes_over_what_is_final_is_billed_in_its_place(
    world: World, api: ApiClient, start: str, expected: list[tuple[str, str, str]]
) -> None:
    _, new = closed_early(world, api)
    migrated(api, new, f"{start}T00:00:00Z").ok()
    advance(api, "2026-05-03")
    assert lines(api, "2026-04") == [*expected, ("2026-05-01", "2026-06-01", "62.00")]
    assert lines(api, "2026-05") == [("2026-06-01", "2026-07-01", "62.00")]


def test_a_schedule_that_never_comes_into_force_is_given_back_whole_and_locked_until_then(
    world: World, api: ApiClient
) -> None:
    subscription, new = started(world, api)
    migrated(api, new, "2026-04-01T00:00:00Z").ok()
    advance(api, "2026-03-20")
    api.patch(f"/v1/invoices/{period_of('2026-03').public_id}", {"status": "FINAL"}).ok()
    later = f"/v1/pricing-plan-schedules/{PricingPlanSchedule.objects.latest('start_at').public_id}"
    assert api.patch(later, {"discount": {"totals": [{"percentage": "10"}]}}).body["field"] == "discount"
    assert api.delete(later).body["code"] == "COULD_NOT_DELETE_RESOURCE"
    api.post(f"/v1/pricing-plan-subscriptions/{subscription.public_id}/cancel", {"type": "NOW"}).ok()
    advance(api, "2026-05-03")
    assert told(api, Invoice.objects.get(occasion="SUPPLEMENT")) == [
        ("2026-03-01", "2026-03-20", "-12.00"),
        ("2026-04-01", "2026-05-01", "-62.00"),
    ]


def test_a_fee_in_arrears_that_was_billed_early_is_cut_like_one_in_advance(
    world: World, api: ApiClient
) -> None:
    """Another rhythm begins inside the closed period: no day is left out, none is billed twice."""
    Platform.objects.filter(pk=world.platform.pk).update(test_now=at("2026-03-01"))
    old = world.plan(fee("31"), per_minute("1"))
    world.subscribe(old, start=at("2026-03-01"))
    advance(api, "2026-03-20")
    api.patch(f"/v1/invoices/{period_of('2026-03').public_id}", {"status": "FINAL"}).ok()
    new = world.successor(old, fee("7"), per_minute("1"))
    made = migrated(api, new, "2026-03-25T00:00:00Z").ok()
    weekly = {"billing_period": {"type": "WEEK", "value": 1}}
    api.patch(f"/v1/pricing-plan-schedules/{made['id']}", weekly).ok()
    advance(api, "2026-04-10")
    rows = Invoice.objects.filter(occasion="PERIOD").order_by("period_start")
    # Weeks are counted from the anchor, 1 March.
    assert [f"{each.period_start:%m-%d} {each.period_end:%m-%d}" for each in rows] == [
        "03-01 04-01",
        "03-25 03-29",
        "03-29 04-05",
        "04-05 04-12",
    ]
    second = told(api, rows[1])
    assert ("2026-03-01", "2026-03-25", "-7.00") in second
    assert ("2026-03-25", "2026-03-29", "4.00") in second


def test_a_commitment_that_was_billed_early_lasts_as_long_as_its_schedule(
    world: World, api: ApiClient
) -> None:
    """310 for March are 250 for 25 of its days, however often the end moves after the invoice is final."""
    Platform.objects.filter(pk=world.platform.pk).update(test_now=at("2026-03-01"))
    old = world.plan(fee("31"), per_minute("1"))
    subscription = world.subscribe(old, start=at("2026-03-01"))
    committed = {"totals": [{"amount": money("310")}]}
    PricingPlanSchedule.objects.filter(subscription=subscription).update(commitment=committed)
    # The new plan has no fee: where it never comes into force, its shortfall has no charge to stand beside.
    migrated(api, world.plan(per_minute("1")), "2026-03-26T00:00:00Z").ok()
    advance(api, "2026-03-20")
    closed = period_of("2026-03")
    api.patch(f"/v1/invoices/{closed.public_id}", {"status": "FINAL"}).ok()
    first, second = ("2026-03-01", "2026-03-26"), ("2026-03-26", "2026-04-01")
    shortfalls = [(*first, "225.00"), (*second, "60.00")]
    assert set(told(api, closed)) == {(*first, "25.00"), *shortfalls, (*first, "0.00"), (*second, "0.00")}
    path = f"/v1/pricing-plan-subscriptions/{subscription.public_id}/cancel"
    api.post(path, {"type": "DATE", "cancel_at": "2026-03-29T00:00:00Z"}).ok()
    advance(api, "2026-03-21")
    supplements = Invoice.objects.filter(occasion="SUPPLEMENT").order_by("pk")
    assert told(api, supplements[0]) == [("2026-03-26", "2026-03-29", "-30.00")]
    api.post(path, {"type": "UNDO"}).ok()
    api.post(path, {"type": "NOW"}).ok()  # 20 days of the first plan are owed, and nothing of the second
    advance(api, "2026-05-02")
    cut = ("2026-03-01", "2026-03-21")
    assert told(api, supplements[1]) == [
        (*cut, "-45.00"),
        (*cut, "-5.00"),
        (*second, "-30.00"),
    ]
    assert sum(each.amount_excluding_tax for each in Invoice.objects.all()) == 200
    assert [each.status for each in Invoice.objects.all()] == ["FINAL"] * 3
