"""Which subscription and which rule an event meets, and why it meets none."""

from __future__ import annotations

import itertools
import random

import pytest

from accounts.services import configuration
from billing.models import Customer, Invoice, PricingPlanSubscription
from billing.services.customers.directory import Directory
from billing.services.usage.matching import Matcher
from billing.tests.world import at, flat, per_minute, usage, where
from metering.models import Event
from metering.ports import FateKind, Occurrence
from metering.selectors import event_lists, events

numbers = itertools.count(1)


@pytest.fixture
def fate(world):
    """The fate of one event at an instant."""

    def telling(when="2026-04-05", **fields):
        return fates(world, occurrence(world, when, **fields))[0]

    return telling


def fates(world, *events):
    world.platform.refresh_from_db()
    return Matcher().fates(world.platform, events)


def occurrence(world, when="2026-04-05", **fields):
    values = {
        "id": next(numbers),
        "customer_id": world.customer.pk,
        "meter_id": world.meter.pk,
        "subscription_id": None,
        "timestamp": at(when),
        "stored_at": at(when),
        "properties": {},
        "currency": None,
    }
    return Occurrence(**values | fields)


def changed(world):
    configuration.bump(platform=world.platform)


def test_an_event_meets_its_rule_and_the_draft_of_its_period(world, fate):
    subscription = world.subscribe(world.plan(per_minute("0.10")), start=at("2026-04-01"))
    found = fate()
    link = found.links[0]
    assert found.kind == FateKind.MATCHED
    assert link.pricing_plan_subscription_id == subscription.public_id
    assert link.pricing_item_config_id.startswith("pico_")
    assert link.product_item_ids[0].startswith("proi_")
    assert link.meter_value_calculation_ids[0].startswith("bmet_")
    assert link.invoice_id == Invoice.objects.get().public_id


def test_the_first_rule_that_matches_takes_the_event(world, fate):
    fast = flat("0.20", conditions=where("model", "fast"))
    world.subscribe(world.plan(usage(fast, flat("0.10"))), start=at("2026-04-01"))
    one, other = fate(properties={"model": "fast"}), fate(properties={"model": "slow"})
    assert one.links[0].pricing_item_config_id != other.links[0].pricing_item_config_id


@pytest.mark.parametrize(
    ("when", "kind"), [("2026-03-31T23:59:59", "NOT_MATCHED"), ("2026-04-01", "MATCHED")]
)
def test_b09_the_start_is_included(world, fate, when, kind):
    world.subscribe(world.plan(per_minute("0.10")), start=at("2026-04-01"))
    assert fate(when).kind == kind


def test_b09_the_end_is_not_included(world, fate):
    version = world.plan(per_minute("0.10"))
    world.subscribe(version, start=at("2026-04-01"), end=at("2026-05-01"))
    assert fate("2026-04-30T23:59:59").kind == FateKind.MATCHED
    assert fate("2026-05-01").variant == "NO_ACTIVE_SUBSCRIPTION"


def test_each_reason_has_a_name(world, fate):
    assert fate().variant == "NO_ACTIVE_SUBSCRIPTION"
    only_fast = flat("0.20", conditions=where("model", "fast"))
    world.subscribe(world.plan(usage(only_fast)), start=at("2026-04-01"))
    changed(world)
    assert fate(properties={"model": "slow"}).variant == "NO_MATCHING_RULE"
    assert fate(meter_id=10**6).variant == "NO_PRODUCT_ITEM"
    Customer.objects.update(status="ARCHIVED")
    changed(world)
    assert fate("2026-03-05").variant == "CUSTOMER_NOT_ACTIVE"
    assert fate(properties={"model": "fast"}).kind == FateKind.MATCHED
    assert fate(customer_id=10**6).variant == "CUSTOMER_NOT_ACTIVE"


def test_the_subscription_that_started_last_takes_what_names_none(world, fate):
    version = world.plan(per_minute("0.10"))
    first = world.subscribe(version, start=at("2026-01-01"))
    second = world.subscribe(version, start=at("2026-04-03"))
    assert fate("2026-04-02").links[0].pricing_plan_subscription_id == first.public_id
    assert fate("2026-04-05").links[0].pricing_plan_subscription_id == second.public_id
    pinned = fate("2026-04-05", subscription_id=first.pk)
    assert pinned.links[0].pricing_plan_subscription_id == first.public_id


def test_without_a_fallback_several_subscriptions_take_nothing(world, fate):
    version = world.plan(per_minute("0.10"))
    for start in ("2026-01-01", "2026-02-01"):
        world.subscribe(version, start=at(start))
    Customer.objects.update(selector_fallback="NONE")
    changed(world)
    assert fate().variant == "SEVERAL_SUBSCRIPTIONS"


def test_fixing_the_configuration_matches_by_itself(world, fate):
    assert fate().kind == FateKind.NOT_MATCHED
    world.subscribe(world.plan(per_minute("0.10")), start=at("2026-04-01"))
    changed(world)
    assert fate().kind == FateKind.MATCHED


def test_what_is_stored_after_the_cutoff_is_late(world, fate):
    world.subscribe(world.plan(per_minute("0.10")), start=at("2026-03-01"))
    from billing.services.invoices import finalize

    invoice = Invoice.objects.get()
    finalize.invoice(ctx=world.ctx(at("2026-04-02")), instance=invoice)
    assert fate("2026-03-05", stored_at=at("2026-03-05")).kind == FateKind.MATCHED
    assert fate("2026-03-05", stored_at=at("2026-04-03")).kind == FateKind.LATE
    for month, arrived in (("02", "02"), ("02", "04"), ("03", "03"), ("03", "04"), ("04", "04")):
        world.used("1", when=at(f"2026-{month}-05"), stored=at(f"2026-{arrived}-06"), model="fast")
    Event.objects.filter(pk=Event.objects.latest("pk").pk).update(deleted_at=at("2026-04-07"))
    one_by_one = events.with_fates(world.platform, Event.objects.order_by("-pk"))
    for kind in (FateKind.MATCHED, FateKind.LATE, FateKind.NOT_MATCHED, FateKind.DELETED):
        found = [each.event.pk for each in one_by_one if each.fate.kind == kind]
        assert found and event_lists.keys_of(world.platform, Event.objects.all(), {kind}) == found, kind


def test_a_void_subscription_bills_nothing(world, fate):
    world.subscribe(world.plan(per_minute("0.10")), start=at("2026-04-01"))
    PricingPlanSubscription.objects.update(status="VOID")
    assert fate().variant == "NO_ACTIVE_SUBSCRIPTION"


def test_a_batch_of_many_customers_takes_a_fixed_number_of_queries(world, django_assert_max_num_queries):
    version = world.plan(per_minute("0.10"))
    customers = [world.organization(f"customer-{number}", "NL") for number in range(20)]
    for customer in customers:
        world.subscribe(version, start=at("2026-04-01"), customer=customer)
    events = [occurrence(world, customer_id=random.choice(customers).pk) for _ in range(1000)]
    with django_assert_max_num_queries(14):
        found = fates(world, *events)
    assert {each.kind for each in found} == {FateKind.MATCHED}
    with django_assert_max_num_queries(2):
        fates(world, *events)


def test_the_directory_finds_by_id_and_by_reference(world, stranger):
    customer = world.customer
    names = [customer.public_id, "brightwater", "nobody"]
    found = Directory().customers(world.platform.pk, names)
    assert {name: row.pk for name, row in found.items()} == {
        customer.public_id: customer.pk,
        "brightwater": customer.pk,
    }
    assert Directory().customers(world.platform.pk + 1, names) == {}
    assert (
        Directory().customers_by_key(world.platform.pk, [customer.pk])[customer.pk].reference == "brightwater"
    )


def test_the_directory_knows_no_closed_customer(world):
    Customer.objects.update(status="CLOSED")
    assert Directory().customers(world.platform.pk, ["brightwater"]) == {}
