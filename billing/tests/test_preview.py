"""What is to come is computed as drafts are, and stored nowhere."""

from __future__ import annotations

from decimal import Decimal

from accounts.models import Platform
from billing.models import Invoice, PricingPlanSubscription
from billing.services.previews import imagined, preview
from billing.tests.world import World, at, fee, flat, per_minute, tiers, usage
from catalog.models import PricingItemConfig, ProductItem
from catalog.rating.usage import Usage
from kit.testing import ApiClient


def frozen(world: World, when: str) -> None:
    Platform.objects.filter(pk=world.platform.pk).update(test_now=at(when))


def previewed(api: ApiClient, subscription: PricingPlanSubscription, **fields: object) -> dict:
    body = {"pricing_plan_subscription_id": subscription.public_id, **fields}
    return api.post("/v1/invoices/preview", body).ok()


def test_the_next_invoices_of_a_subscription(world: World, api: ApiClient) -> None:
    frozen(world, "2026-03-10")
    subscription = world.subscribe(
        world.plan(per_minute("0.10"), fee("49", advance=True)), start=at("2026-03-01")
    )
    world.used("100", when=at("2026-03-05"))
    stored = Invoice.objects.count()
    body = previewed(api, subscription, invoices_per_schedule=3)
    (info,) = body["invoice_infos"]
    assert [each["start_at"][:10] for each in info["invoices"]] == ["2026-03-01", "2026-04-01", "2026-05-01"]
    assert [each["tax_summary"]["base_amount"]["quantity"] for each in info["invoices"]] == [
        "59.00",
        "49.00",
        "49.00",
    ]
    assert body["first_invoice"]["tax_summary"]["base_amount"]["quantity"] == "49.00"
    assert body["invoice"]["id"] is None
    assert Invoice.objects.count() == stored


def test_a_preview_is_what_the_draft_then_shows(world: World, api: ApiClient) -> None:
    frozen(world, "2026-03-10")
    subscription = world.subscribe(world.plan(per_minute("0.10")), start=at("2026-03-01"))
    world.used("100", when=at("2026-03-05"))
    draft = api.get(f"/v1/invoices/{subscription.invoices.get().public_id}").ok()
    coming = previewed(api, subscription)["invoice"]
    assert coming["tax_summary"] == draft["tax_summary"]
    assert coming["due_date"] == draft["due_date"]


def test_a_subscription_that_is_still_a_draft_can_be_previewed(world: World, api: ApiClient) -> None:
    frozen(world, "2026-03-10")
    version = world.plan(fee("10"))
    subscription = world.agree(
        [(version, at("2026-04-01"), None)], now=at("2026-03-10"), status="DRAFT", activated_at=None
    )
    assert previewed(api, subscription)["invoice"]["tax_summary"]["base_amount"]["quantity"] == "10.00"


def test_a_later_period_of_a_draft_has_what_the_periods_before_leave(world: World, api: ApiClient) -> None:
    """100 are free for the whole schedule: April takes 70 of them, so of May's 50 there are 30."""
    frozen(world, "2026-03-10")
    free = {"number": "100", "reset_type": "SCHEDULE"}
    version = world.plan(usage(flat("1", default_included_volume=free)))
    subscription = world.agree(
        [(version, at("2026-04-01"), None)], now=at("2026-03-10"), status="DRAFT", activated_at=None
    )
    world.used("70", when=at("2026-04-05"))
    world.used("50", when=at("2026-05-05"))
    body = {"pricing_plan_subscription_id": subscription.public_id, "start_at": "2026-05-01T00:00:00Z"}
    found = api.post("/v1/invoices/preview", body).ok()["invoice"]
    assert found["tax_summary"]["base_amount"]["quantity"] == "20.00"


def test_templates_and_bad_customizations_are_refused(world: World, api: ApiClient) -> None:
    subscription = world.subscribe(world.plan(fee("10")), start=at("2026-03-01"))
    template, custom = "template_pricing_plan_subscription_id", "pricing_plan_schedule_customizations"
    for name, field in ((template, template), (custom, f"{custom}.0")):
        body = {"pricing_plan_subscription_id": subscription.public_id, name: ["x"]}
        answer = api.post("/v1/invoices/preview", body)
        assert (answer.status, answer.body["field"]) == (400, field)
    answer = api.post("/v1/invoices/preview", {})
    assert (answer.status, answer.body["field"]) == (400, "pricing_plan_subscription_id")


def test_assumed_usage_counts_in_place_of_what_was_metered(world: World) -> None:
    version = world.plan(per_minute("0.10"), fee("49"))
    subscription = world.subscribe(version, start=at("2026-03-01"))
    world.used("100", when=at("2026-03-05"))
    item = ProductItem.objects.get(name="Minutes")
    coming = preview.subscription(
        ctx=world.ctx(at("2026-03-10")),
        subscription=subscription,
        start_at=at("2026-03-01"),
        invoices_per_schedule=2,
        assumed={item.public_id: Decimal("12500")},
    )
    ((_, drafts),) = coming.by_schedule
    assert [draft.complete.totals.excluding_tax for draft in drafts] == [Decimal("1299"), Decimal("1299")]


def test_what_is_assumed_of_a_period_is_shared_by_the_phases_in_it(world: World) -> None:
    version = world.plan(per_minute("0.10"))
    parts = [(version, at("2026-03-01"), at("2026-03-11")), (version, at("2026-03-11"), None)]
    coming = preview.subscription(
        ctx=world.ctx(at("2026-02-10")),
        subscription=world.agree(parts, now=at("2026-02-10")),
        start_at=at("2026-03-01"),
        invoices_per_schedule=1,
        assumed={ProductItem.objects.get(name="Minutes").public_id: Decimal("1000")},
    )
    charges = [line.charge for line in coming.by_schedule[0][1][0].complete.lines]
    assert [each.rated.usage.quantity for each in charges] == [323, 677]  # 10 and 21 of 31 days


def test_imagined_invoices_are_those_that_a_subscriber_with_the_same_usage_would_get(
    world: World, django_assert_num_queries
) -> None:
    version = world.plan(usage(tiers(("1000", "0"), (None, "0.012"))), fee("499", advance=True), fee("20"))
    subscription = world.subscribe(version, start=at("2026-03-01"), end=at("2026-05-01"))
    metered = ProductItem.objects.get(model_type="USAGE_BASED")
    real = preview.subscription(
        ctx=world.ctx(at("2026-03-01")),
        subscription=subscription,
        start_at=at("2026-03-01"),
        invoices_per_schedule=5,
        assumed={metered.public_id: Decimal("12500")},
    )
    drafts = [real.opening, *(draft for _, several in real.by_schedule for draft in several)]
    rules = PricingItemConfig.objects.filter(version=version)
    terms = imagined.Terms(
        version=version,
        currency="EUR",
        period=subscription.billing_period,
        start=at("2026-03-01"),
        zone=subscription.billing_entity.zone,
        count=2,
        usages={rule.public_id: Usage.one_event(Decimal("12500")) for rule in rules},
    )
    found = imagined.invoices(terms)
    net = [each.complete.totals.excluding_tax for each in drafts if each]
    assert [each.content.totals.excluding_tax for each in found] == net
    assert [each.content.totals.tax for each in found] == [0] * len(net)
    assert imagined.total_of(found) == sum(net) == Decimal("1314.00")
    with django_assert_num_queries(0):
        imagined.invoices(terms)
