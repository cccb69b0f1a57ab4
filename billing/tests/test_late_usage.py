"""Usage that arrives after its period's invoice is final: never silent, never twice."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Platform
from billing.models import Invoice
from billing.services.invoices import finalize, periods, supplements
from billing.services.subscriptions import cancel
from billing.tests.test_finalize import in_threads
from billing.tests.world import World, at, flat, per_minute, tiers, usage
from kit.testing import ApiClient
from metering.services import events


def closed(world: World, version: Any, **fields: Any) -> tuple[Any, Invoice]:
    """A subscription whose March is final (cut off on 2 April) and whose April is a draft."""
    subscription = world.subscribe(version, start=at("2026-03-01"), **fields)
    world.used("150", when=at("2026-03-05"))
    periods.sweep(platform=world.platform, at=at("2026-04-01"))
    finalize.sweep(platform=world.platform, at=at("2026-04-02"))
    return subscription, subscription.invoices.order_by("period_start").last()


def lines(api: ApiClient, invoice: Invoice) -> list[dict[str, Any]]:
    body = api.get(f"/v1/invoices/{invoice.public_id}").ok()
    return [line for period in body["periods"] for group in period["groups"] for line in group["lines"]]


def test_b46_late_usage_stands_on_the_next_draft_and_names_its_period(world: World, api: ApiClient) -> None:
    _, april = closed(world, world.plan(per_minute("0.10")))
    world.used("50", when=at("2026-03-31T23:00"), stored=at("2026-04-03"))
    world.used("10", when=at("2026-04-04"))
    late, own = lines(api, april)
    assert late["start_at"] == "2026-03-01T00:00:00Z"
    assert late["late_usage"]["invoice_number"] == "INV-00001"
    assert (late["late_usage"]["total_amount"]["quantity"], late["amount_excluding_tax"]["quantity"]) == (
        "20.00",
        "5.00",
    )
    assert late["steps"][-1]["type"] == "ALREADY_BILLED"
    assert own["amount_excluding_tax"]["quantity"] == "1.00"


def test_what_was_billed_late_is_not_billed_again(world: World, api: ApiClient) -> None:
    subscription, april = closed(world, world.plan(per_minute("0.10")))
    world.used("50", when=at("2026-03-31T23:00"), stored=at("2026-04-03"))
    periods.sweep(platform=world.platform, at=at("2026-05-01"))
    finalize.sweep(platform=world.platform, at=at("2026-05-02"))
    april.refresh_from_db()
    assert april.amount_excluding_tax == 5
    may = subscription.invoices.order_by("period_start").last()
    assert [line["late_usage"] for line in lines(api, may)] == [None]
    world.used("10", when=at("2026-03-20"), stored=at("2026-05-03"))
    late, _ = lines(api, may)
    assert late["late_usage"]["billed_amount"]["quantity"] == "20.00"
    assert late["amount_excluding_tax"]["quantity"] == "1.00"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # 150 in March were within the first band and partly above it; 100 more come late.
        (tiers(("200", "1.00"), (None, "0.10")), "55.00"),
        (flat("1", default_included_volume={"number": "200"}), "50.00"),
        (
            {
                "pricing_type": "FLAT",
                "bands": [{"amount": {"quantity": "9", "currency": "EUR"}, "block_size": {"number": "100"}}],
            },
            "9.00",
        ),
    ],
)
def test_b47_late_usage_goes_through_bands_blocks_and_volume_as_if_it_had_been_in_time(
    world: World, api: ApiClient, rule: dict[str, Any], expected: str
) -> None:
    _, april = closed(world, world.plan(usage(rule)))
    world.used("100", when=at("2026-03-20"), stored=at("2026-04-03"))
    assert lines(api, april)[0]["amount_excluding_tax"]["quantity"] == expected


def test_late_usage_stands_on_one_draft_only(world: World, api: ApiClient) -> None:
    subscription, april = closed(world, world.plan(per_minute("0.10")))
    world.used("50", when=at("2026-03-31T23:00"), stored=at("2026-04-03"))
    periods.sweep(platform=world.platform, at=at("2026-05-01"))
    may = subscription.invoices.order_by("period_start").last()
    assert len(lines(api, april)) == 2
    assert len(lines(api, may)) == 1


def test_late_usage_is_not_billed_where_the_platform_ignores_it(world: World, api: ApiClient) -> None:
    Platform.objects.filter(pk=world.platform.pk).update(late_usage="IGNORE")
    _, april = closed(world, world.plan(per_minute("0.10")))
    world.used("50", when=at("2026-03-31T23:00"), stored=at("2026-04-03"))
    assert [line["late_usage"] for line in lines(api, april)] == [None]


def test_after_an_early_close_the_rest_of_the_period_is_late_usage(world: World, api: ApiClient) -> None:
    subscription = world.subscribe(world.plan(per_minute("0.10")), start=at("2026-03-01"))
    world.used("100", when=at("2026-03-05"))
    finalize.invoice(ctx=world.ctx(at("2026-03-20")), instance=subscription.invoices.get())
    world.used("30", when=at("2026-03-25"))
    periods.sweep(platform=world.platform, at=at("2026-04-01"))
    april = subscription.invoices.order_by("period_start").last()
    assert lines(api, april)[0]["amount_excluding_tax"]["quantity"] == "3.00"


def ended(world: World, version: Any) -> Any:
    """A subscription that was cancelled on 20 March and whose last invoice is final since 2 April."""
    subscription = world.subscribe(version, start=at("2026-03-01"))
    world.used("150", when=at("2026-03-05"))
    cancel.subscription(ctx=world.ctx(at("2026-03-20")), instance=subscription, type="NOW")
    finalize.sweep(platform=world.platform, at=at("2026-04-02"))
    return subscription


def test_b46_late_usage_of_an_ended_subscription_gets_an_invoice_of_its_own(
    world: World, api: ApiClient
) -> None:
    subscription = ended(world, world.plan(usage(tiers(("160", "1"), (None, "0.5")))))
    assert supplements.next_due(platform=world.platform) is None
    world.used("30", when=at("2026-03-06"), stored=at("2026-04-03"))
    assert supplements.next_due(platform=world.platform) is not None
    assert supplements.sweep(platform=world.platform, at=at("2026-04-03T00:01")) == 1
    assert supplements.sweep(platform=world.platform, at=at("2026-04-03T00:02")) == 0
    draft = subscription.invoices.get(status="DRAFT")
    (late,) = lines(api, draft)
    assert late["late_usage"]["invoice_number"] == "INV-00001"
    assert late["amount_excluding_tax"]["quantity"] == "20.00"  # 10 at 1, 20 at 0.5
    world.used("10", when=at("2026-03-06"), stored=at("2026-04-03T01:00"))
    assert lines(api, draft)[0]["amount_excluding_tax"]["quantity"] == "25.00"
    assert finalize.sweep(platform=world.platform, at=at("2026-04-03T09:00")) == 1
    assert subscription.invoices.get(pk=draft.pk).invoice_number == "INV-00002"
    for hours in range(1, 4):
        supplements.sweep(platform=world.platform, at=at(f"2026-04-04T0{hours}:00"))
    assert subscription.invoices.count() == 2
    assert supplements.next_due(platform=world.platform) is None


def test_an_ended_subscription_without_a_difference_gets_no_invoice(
    world: World, django_assert_num_queries: Any
) -> None:
    subscription = ended(world, world.plan(per_minute("0")))
    world.used("30", when=at("2026-03-06"), stored=at("2026-04-03"))
    looked = [
        supplements.sweep(platform=world.platform, at=at(f"2026-04-03T00:{minute}"))
        for minute in ("00", "01", "10", "20")
    ]
    assert looked == [1, 0, 1, 0]  # once more, for usage that was stamped before it could be seen
    with django_assert_num_queries(1):  # what has stayed as it was is not read
        assert supplements.sweep(platform=world.platform, at=at("2026-04-05")) == 0
    world.used("30", when=at("2026-03-06"), stored=at("2026-04-06"))
    assert supplements.sweep(platform=world.platform, at=at("2026-04-06T00:01")) == 1
    assert subscription.invoices.count() == 1


def test_the_test_clock_bills_what_comes_after_the_end(world: World, api: ApiClient) -> None:
    subscription = ended(world, world.plan(per_minute("0.10")))
    Platform.objects.filter(pk=world.platform.pk).update(test_now=at("2026-04-03"))
    world.used("50", when=at("2026-03-06"), stored=at("2026-04-03"))
    api.post("/v1/test-clock/advance", {"to": "2026-04-10T00:00:00Z"}).ok()
    first, second = subscription.invoices.order_by("pk")
    assert (second.status, second.amount_excluding_tax) == ("FINAL", 5)
    api.post("/v1/test-clock/advance", {"to": "2026-08-10T00:00:00Z"}).ok()
    assert subscription.invoices.count() == 2


def test_where_late_usage_is_ignored_an_ended_subscription_gets_no_invoice(world: World) -> None:
    subscription = ended(world, world.plan(per_minute("0.10")))
    world.platform.late_usage = "IGNORE"
    world.platform.save()
    world.used("50", when=at("2026-03-06"), stored=at("2026-04-03"))
    assert supplements.sweep(platform=world.platform, at=at("2026-04-03")) == 0
    assert supplements.next_due(platform=world.platform) is None
    assert subscription.invoices.count() == 1


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_open_one_supplement(world: World) -> None:
    subscription = ended(world, world.plan(per_minute("0.10")))
    world.used("50", when=at("2026-03-06"), stored=at("2026-04-03"))
    now = at("2026-04-03T01:00")
    assert in_threads(4, lambda _: supplements.sweep(platform=world.platform, at=now)) == []
    assert subscription.invoices.filter(occasion="SUPPLEMENT").count() == 1


def test_late_usage_that_is_deleted_again_leaves_no_empty_invoice(world: World, api: ApiClient) -> None:
    subscription = ended(world, world.plan(per_minute("0.10")))
    late = world.used("30", when=at("2026-03-06"), stored=at("2026-04-03"))
    assert supplements.sweep(platform=world.platform, at=at("2026-04-03T00:01")) == 1
    draft = subscription.invoices.get(status="DRAFT")
    events.delete(ctx=world.ctx(at("2026-04-03T01:00")), event=late)
    assert finalize.sweep(platform=world.platform, at=at("2026-04-03T09:00")) == 1
    gone = api.get(f"/v1/invoices/{draft.public_id}").ok()
    assert (gone["status"], gone["invoice_number"]) == ("VOID", None)
    world.used("20", when=at("2026-03-06"), stored=at("2026-04-03T10:00"))
    supplements.sweep(platform=world.platform, at=at("2026-04-03T10:10"))
    assert finalize.sweep(platform=world.platform, at=at("2026-04-04")) == 1
    assert subscription.invoices.get(invoice_number="INV-00002").status == "FINAL"
