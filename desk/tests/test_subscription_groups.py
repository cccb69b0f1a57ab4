"""Customers > Subscription groups: listed, made, changed, deleted."""

from __future__ import annotations

import pytest
from django.urls import reverse

from billing.models import PricingPlanSubscriptionGroup, SubscriptionGroupMember
from billing.tests.world import World, at, tiers, usage

LIST = "/desk/customers/subscription-groups/"
NEW = LIST + "new/"
MOST_QUERIES = 12


@pytest.fixture
def world(platform) -> World:
    world = World(platform)
    version = world.plan(usage(tiers(("100", "1"), (None, "0.5"))))
    world.subscription = world.subscribe(version, start=at("2026-03-01"))
    return world


@pytest.fixture
def group(desk, world) -> PricingPlanSubscriptionGroup:
    sent = {"name": "Brands", "reference": "brands", "members": world.subscription.public_id}
    response = desk.post(NEW, {**sent, "owner": world.customer.reference})
    group = PricingPlanSubscriptionGroup.objects.get()
    assert response.headers["Location"].startswith(f"{LIST}{group.public_id}/")
    return group


def members() -> list[int]:
    return list(SubscriptionGroupMember.objects.filter(left_at=None).values_list("subscription", flat=True))


def test_a_group_is_made_shown_and_emptied(desk, world, group, django_assert_max_num_queries):
    assert (group.owner_customer, members()) == (world.customer, [world.subscription.pk])
    page = f"{LIST}{group.public_id}/"
    with django_assert_max_num_queries(MOST_QUERIES):
        assert b"Brands" in desk.get(LIST).content
    with django_assert_max_num_queries(MOST_QUERIES):
        assert world.customer.name.encode() in desk.get(page).content
    home = reverse("desk:subscription", args=[world.customer.public_id, world.subscription.public_id])
    assert f'<a href="{page}">Brands</a>' in desk.get(home).content.decode()
    with django_assert_max_num_queries(MOST_QUERIES):
        assert b" checked" in desk.get(f"{page}edit/").content
    desk.post(f"{page}edit/", {"name": "All brands", "reference": "brands"})
    assert members() == []
    assert b"Nobody shares anything yet" in desk.get(page).content


def test_members_are_named_by_reference_too_and_faults_are_told_at_their_field(desk, world):
    unknown = desk.post(NEW, {"name": "Brands", "reference": "brands", "others": "nobody"})
    assert (unknown.status_code, members()) == (422, [])
    assert b"could not be found" in unknown.content
    wrong = desk.post(NEW, {"name": "Brands", "reference": "brands", "owner": "nobody"})
    assert wrong.status_code == 422 and b'href="#id_owner"' in wrong.content
    desk.post(NEW, {"name": "Brands", "reference": "brands", "others": world.subscription.public_id})
    assert members() == [world.subscription.pk]


def test_a_group_that_pooled_something_is_kept_and_another_can_go(desk, group):
    refused = desk.post(f"{LIST}{group.public_id}/delete/", {})
    assert refused.status_code == 422 and b"in use" in refused.content
    desk.post(NEW, {"name": "Empty", "reference": "empty"})
    empty = PricingPlanSubscriptionGroup.objects.get(reference="empty")
    assert desk.post(f"{LIST}{empty.public_id}/delete/", {}).status_code in (302, 303)
    assert not PricingPlanSubscriptionGroup.objects.filter(reference="empty").exists()


def test_the_form_can_be_copied_as_curl(desk, world):
    sent = {"name": "Brands", "reference": "brands", "others": world.subscription.public_id}
    copied = desk.post(NEW, {**sent, "as_curl": "1"}).content.decode()
    assert "/v1/pricing-plan-subscription-groups" in copied and world.subscription.public_id in copied


def test_an_empty_list_teaches_what_a_group_is_for(desk):
    assert b"share their tiers" in desk.get(LIST).content
