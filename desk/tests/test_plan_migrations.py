"""Subscriptions moved to another version in Desk: dry run, apply, take back."""

from __future__ import annotations

import pytest

from accounts.models import Platform, Role
from billing.models import PricingPlanMigration, PricingPlanSchedule, PricingPlanSubscription
from billing.tests.world import World, at, fee, per_minute
from catalog.models import PricingItem
from desk.screens.products_plans.versions import NOBODY_TO_MOVE

PLANS = "/desk/products-plans/pricing-plans/"
SUBSCRIPTIONS = "/desk/customers/subscriptions/"


@pytest.fixture
def world(platform):
    """At 15 March."""
    Platform.objects.filter(pk=platform.pk).update(test_now=at("2026-03-15"))
    platform.refresh_from_db()
    return World(platform)


@pytest.fixture
def versions(world):
    """Two versions of a plan; one subscription with 100 minutes in February."""
    old = world.plan(per_minute("0.10"), fee("5"))
    world.subscribe(old, start=at("2026-02-01"), now=at("2026-03-15"))
    world.used("100", when=at("2026-02-05"))
    return old, world.successor(old, per_minute("0.08"), fee("9"))


def begun(desk, versions, **typed):
    old, new = versions
    sent = {"from_version": old.public_id, "to_version": new.public_id, "when": "NEXT", **typed}
    return desk.post(f"{PLANS}{old.pricing_plan.public_id}/migrations/new/", sent)


def test_from_the_plan_to_the_dry_run_to_the_new_version_and_back(desk, versions):
    old, new = versions
    plan = f"{PLANS}{old.pricing_plan.public_id}/"
    for status, offered, answer in (("DRAFT", False, 422), ("ACTIVE", True, 200)):
        PricingPlanSubscription.objects.update(status=status)
        shown = desk.get(plan).content.decode()
        assert (f"{plan}migrations/new/" in shown, NOBODY_TO_MOVE in shown) == (offered, not offered)
        assert desk.get(f"{plan}migrations/new/").status_code == answer
    page = begun(desk, versions)
    migration = PricingPlanMigration.objects.get()
    url = f"{PLANS}migrations/{migration.public_id}/"
    assert page.headers["Location"] == url
    shown = desk.get(url).content.decode()
    for words in ("€15.00", "€17.00", "€2.00", "brightwater N.V.", "1 Apr 2026", "The same"):
        assert words in shown, words
    assert "€2.00 EUR" in desk.get(f"{url}apply/").content.decode()
    desk.post(f"{url}apply/", {"at_most": ""})
    assert PricingPlanSchedule.objects.filter(pricing_plan_version=new).count() == 1
    assert "Applied" in desk.get(url).content.decode()
    assert "Version 1 to 2" in desk.get(f"{plan}versions/").content.decode()
    desk.post(f"{url}revert/")
    assert PricingPlanSchedule.objects.get().end_at is None


def test_chosen_subscriptions_go_from_their_list_to_the_dry_run(desk, versions, world):
    old, new = versions
    elsewhere = world.plan(fee("3"))
    world.subscribe(elsewhere, start=at("2026-02-01"), now=at("2026-03-15"))
    chosen = PricingPlanSubscription.objects.order_by("pk")
    keys = [row.public_id for row in chosen]
    asked = {"bulk": "migrate", "selected": keys}
    shown = desk.post(SUBSCRIPTIONS, asked).content.decode()
    assert "Begin with a dry run" in shown and f'value="{new.public_id}"' in shown
    sent = {**asked, "confirmed": "1", "to_version": new.public_id, "when": "NEXT"}
    assert desk.post(SUBSCRIPTIONS, {**sent, "when": "DAY"}).status_code == 422
    past = desk.post(SUBSCRIPTIONS, {**sent, "when": "DAY", "day": "2026-03-01"})
    assert past.status_code == 422 and b'href="#id_day"' in past.content
    told = desk.post(SUBSCRIPTIONS, sent).content.decode()
    migration = PricingPlanMigration.objects.get()
    assert f"{PLANS}migrations/{migration.public_id}/" in told and "on another plan" in told
    assert migration.rows.get().subscription == chosen[0]
    curl = {**sent, "selected": keys[:1], "as_curl": "1"}
    call = desk.post(
        SUBSCRIPTIONS, curl, headers={"HX-Request": "true", "HX-Target": "calls"}
    ).content.decode()
    assert "<html" not in call
    assert keys[0] in call and keys[1] not in call and "/v1/pricing-plan-migrations" in call
    alone = desk.post(SUBSCRIPTIONS, {**sent, "selected": keys[:1]})
    assert alone.headers["Location"].startswith(f"{PLANS}migrations/")
    nobody = desk.post(SUBSCRIPTIONS, {**sent, "selected": keys[1:], "to_version": elsewhere.public_id})
    assert nobody.status_code == 422 and b"None of the chosen subscriptions" in nobody.content


def test_what_is_missing_is_told_at_its_field(desk, versions):
    old, new = versions
    assert begun(desk, versions, when="DAY").status_code == 422
    past = begun(desk, versions, when="DAY", day="2026-03-01")
    assert past.status_code == 422 and b'href="#id_day"' in past.content
    same = begun(desk, versions, from_version=old.public_id, to_version=old.public_id)
    assert same.status_code == 422 and b'href="#id_to_version"' in same.content
    assert not PricingPlanMigration.objects.exists()


def test_what_the_new_version_has_no_place_for_is_in_the_way_or_left_behind(desk, world):
    old = world.plan(per_minute("0.10"), fee("5"))
    world.subscribe(old, start=at("2026-02-01"), now=at("2026-03-15"))
    gone = PricingItem.objects.get(version=old, product_item_links__product_item__model_type="RECURRING")
    promised = {"pricing_items": [{"ids": [gone.public_id], "percentage": "10"}]}
    PricingPlanSchedule.objects.update(discount=promised)
    versions = old, world.successor(old, per_minute("0.09"))
    for decision, state in (("BLOCK", "BLOCKED"), ("DROP", "PREVIEWED")):
        url = begun(desk, versions, without_counterpart=decision).headers["Location"]
        row = PricingPlanMigration.objects.latest("pk").rows.get()
        said = row.problems or row.preview["dropped"]
        page = desk.get(url).content.decode()
        assert row.state == state and len(said) == 1 and said[0]["message"][1:] in page
    assert "Left behind" in page
    sent = {"from_version": old.public_id, "to_version": versions[1].public_id, "when": "NEXT"}
    new = f"{PLANS}{old.pricing_plan.public_id}/migrations/new/"
    copied = desk.post(new, {**sent, "without_counterpart": "DROP", "as_curl": "1"})
    assert b"without_counterpart" in copied.content


def test_a_reader_may_look_and_not_touch(desk, member, versions):
    begun(desk, versions)
    url = f"{PLANS}migrations/{PricingPlanMigration.objects.get().public_id}/"
    reader = member(Role.READ_ONLY)
    shown = reader.get(url)
    assert (
        shown.status_code == 200 and b"Ask an administrator for PRICING_PLAN_SCHEDULE.CREATE" in shown.content
    )
    assert reader.post(f"{url}apply/").status_code == 403
    assert desk.get(f"{PLANS}migrations/ppmi_none/").status_code == 404


def test_the_page_stays_within_its_budget(desk, versions, django_assert_max_num_queries):
    begun(desk, versions)
    url = f"{PLANS}migrations/{PricingPlanMigration.objects.get().public_id}/"
    with django_assert_max_num_queries(12):
        assert desk.get(url).status_code == 200
