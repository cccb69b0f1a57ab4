"""Events in Desk: lists with their fate, the path in the drawer, sending one, what matches nothing."""

from __future__ import annotations

import json
from html import unescape

import pytest

from billing.tests.world import World, at, per_minute
from catalog.models import PricingPlanVersion
from metering.models import Event
from metering.ports import FateKind
from metering.selectors import event_kinds, event_lists, events

EVENTS = "/desk/usage-metering/events/"
NEW = f"{EVENTS}new/"
UNMATCHED = "/desk/usage-metering/unmatched-events/"
BUDGET = 12
DRAWER = {"HX-Request": "true", "HX-Target": "drawer"}
PANEL = {"HX-Request": "true", "HX-Target": "panel"}


@pytest.fixture
def world(platform):
    """A customer who pays by the minute from April on, on a clock that stands at 10 April, noon."""
    platform.test_now = at("2026-04-10T12:00")
    platform.save(update_fields=["test_now"])
    world = World(platform)
    world.subscribe(world.plan(per_minute("0.10")), start=at("2026-04-01"))
    return world


def typed(world, **changes):
    return {
        "meter": world.meter.public_id,
        "customer": "brightwater",
        "subscription": "",
        "value_0": "12.5",
        "property_0": "accurate",
        "timestamp": "2026-04-10T11:00",
        "reference": "call-1",
        **changes,
    }


def test_an_event_is_sent_and_the_form_stays_with_a_new_reference(desk, world):
    response = desk.post(NEW, typed(world))
    event = Event.objects.get()
    assert (event.reference, str(event.number), event.timestamp) == (
        "call-1",
        "12.500000000000",
        at("2026-04-10T11:00"),
    )
    body = desk.get(response.headers["Location"]).content.decode()
    assert "Event accepted" in body and "Matched" in body and "Send another" in body
    assert 'value="12.5"' in body and 'value="call-1"' not in body


def cost(desk, panel: str) -> str:
    """What the panel asks for when it is there."""
    asked = json.loads(unescape(panel.split('hx-vals="')[1].split('"')[0]))
    return desk.post(f"{NEW}preview/cost/", asked).content.decode()


def test_the_panel_says_what_will_match_and_stores_nothing(desk, world, django_assert_max_num_queries):
    body = desk.post(f"{NEW}preview/panel/", typed(world), headers=PANEL).content.decode()
    assert "This will match" in body and "brightwater N.V." in body and "Minutes" in body
    assert "/preview/cost/" in body and "hx-vals=" in body
    version = PricingPlanVersion.objects.get()
    rule = f'href="/desk/products-plans/pricing-plans/{version.pricing_plan.public_id}/?version=1"'
    assert rule in body and "version 1: all other usage" in body
    assert "€1.25" in cost(desk, body)
    small = desk.post(f"{NEW}preview/panel/", typed(world, value_0="0.01"), headers=PANEL).content.decode()
    with django_assert_max_num_queries(13):  # three of them set up a savepoint that is rolled back
        assert "too little to round up" in cost(desk, small)
    early = body.replace("2026-04-10T", "2026-03-05T")
    assert "on no draft" in cost(desk, early) and "on no draft" in cost(desk, body.replace("call-1", ""))
    assert "on no draft" in desk.post(f"{NEW}preview/cost/", {"document": "{"}).content.decode()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"timestamp": "2026-03-05T10:00"}, "No subscription in force at that time"),
        ({"customer": "nobody"}, "No customer is called nobody"),
        ({"value_0": "many"}, "Not ready yet"),
        ({"timestamp": "2026-04-11T10:00"}, "30 minutes in the future"),
    ],
)
def test_the_panel_says_why_it_will_not_match(desk, world, changes, words):
    body = desk.post(f"{NEW}preview/panel/", typed(world, **changes), headers=PANEL).content.decode()
    assert words in body


def test_a_reference_that_exists_is_told_before_sending(desk, world):
    desk.post(NEW, typed(world))
    body = desk.post(f"{NEW}preview/panel/", typed(world), headers=PANEL).content.decode()
    assert "Duplicate." in body and "not be counted again" in body
    other = desk.post(f"{NEW}preview/panel/", typed(world, value_0="2"), headers=PANEL).content.decode()
    assert "This reference is taken" in other
    response = desk.post(NEW, typed(world, value_0="2"))
    assert response.status_code == 422 and b'href="#id_reference"' in response.content


def test_another_meter_swaps_its_inputs_and_nothing_that_is_typed_in(desk, world):
    body = desk.post(f"{NEW}preview/fields/", typed(world), headers=PANEL).content.decode()
    assert 'id="event-values"' in body and 'name="property_0"' in body
    assert 'name="reference"' not in body and 'name="customer"' not in body


def test_a_customer_of_several_subscriptions_may_be_sent_to_one_of_them(desk, world):
    second = world.subscribe(world.plan(per_minute("0.20")), start=at("2026-04-01"))
    body = desk.post(f"{NEW}preview/panel/", typed(world), headers=PANEL).content.decode()
    assert 'id="event-subscription"' in body and second.reference in body
    desk.post(NEW, typed(world, subscription=second.public_id))
    assert Event.objects.get().subscription_id == second.pk


def test_the_drawer_shows_the_path_to_the_price(desk, world):
    event = world.used("3", when=at("2026-04-05"), model="accurate")
    body = desk.get(f"{EVENTS}?drawer={event.public_id}", headers=DRAWER).content.decode()
    for words in ("Accepted", "Meter found", "Subscription found", "Price found", "all other usage", "Draft"):
        assert words in body, words


def test_the_drawer_shows_where_an_event_stopped(desk, world):
    event = world.used("3", when=at("2026-03-05"))
    body = desk.get(f"{EVENTS}?drawer={event.public_id}", headers=DRAWER).content.decode()
    assert "No subscription found" in body and "Price found: not reached" in body


def test_the_list_filters_by_match_meter_customer_and_reference(desk, world):
    good = world.used("3", when=at("2026-04-05"))
    lost = world.used("3", when=at("2026-03-05"))
    for query, shown, hidden in (
        ("match=NOT_MATCHED", lost, good),
        ("match=MATCHED&match=LATE", good, lost),
        (f"q={good.reference}", good, lost),
        ("timestamp_from=2026-04-01", good, lost),
        (f"meter={world.meter.public_id}&customer=bright&match=MATCHED", good, lost),
    ):
        body = desk.get(f"{EVENTS}?{query}").content.decode()
        assert shown.public_id in body and hidden.public_id not in body, query
    assert "match these filters" in desk.get(f"{EVENTS}?customer=nobody").content.decode()


def test_an_event_is_deleted_while_its_invoice_is_a_draft(desk, world):
    desk.post(NEW, typed(world))
    event = Event.objects.get()
    desk.post(f"{EVENTS}{event.public_id}/delete/")
    event.refresh_from_db()
    assert event.deleted_at == at("2026-04-10T12:00")
    assert "Deleted" in desk.get(f"{EVENTS}?match=DELETED").content.decode()


def test_unmatched_events_are_grouped_by_reason_and_empty_when_mended(desk, world):
    assert "Every event was matched" in desk.get(UNMATCHED).content.decode()
    for day in ("03-03", "03-05", "03-31T23:59", "04-01", "04-05"):
        world.used("3", when=at(f"2026-{day}"))
    body = desk.get(UNMATCHED).content.decode()
    found = event_kinds.kinds(world.platform, events.rows(world.platform))
    assert [(each.reason, each.count) for each in sorted(found, key=lambda each: each.first)] == [
        ("NO_ACTIVE_SUBSCRIPTION", 3),
        (None, 2),
    ], "those of one kind are told apart where the subscription begins"
    one_by_one = events.with_fates(world.platform, Event.objects.order_by("-pk"))
    unmatched = [each.event.pk for each in one_by_one if each.fate.kind == FateKind.NOT_MATCHED]
    assert event_lists.keys_of(world.platform, Event.objects.all(), {FateKind.NOT_MATCHED}) == unmatched
    assert "No subscription in force at that time" in body and "3 Mar 2026" in body and "31 Mar 2026" in body
    assert "customer=cust_" in body


def test_lists_drawers_and_the_form_stay_within_their_budget(desk, world, django_assert_max_num_queries):
    for number in range(8):
        world.used(str(number), when=at("2026-04-05"), model="accurate")
    key = Event.objects.latest("pk").public_id
    desk.get(EVENTS)  # the prices are kept from the first visit on
    for path, headers in (
        (EVENTS, {}),
        (f"{EVENTS}?drawer={key}", DRAWER),
        (UNMATCHED, {}),
    ):
        with django_assert_max_num_queries(BUDGET):
            assert desk.get(path, headers=headers).status_code == 200


def test_every_page_of_events_opens(desk, world):
    event = world.used("3", when=at("2026-04-05"), model="accurate")
    for path in (
        EVENTS,
        f"{EVENTS}?live=1",
        f"{EVENTS}?format=csv",
        f"{EVENTS}?drawer={event.public_id}",
        f"{EVENTS}{event.public_id}/delete/",
        NEW,
        f"{NEW}?from={event.public_id}",
        f"{NEW}?meter={world.meter.public_id}&customer=brightwater",
    ):
        response = desk.get(path)
        assert response.status_code == 200, path
    watched = desk.get(f"{EVENTS}?live=1&match=MATCHED").content.decode()
    assert "Live: looks for new events" in watched and 'href="?match=MATCHED"' in watched
    assert desk.get(f"{NEW}preview/panel/").status_code == 303
    assert desk.get(f"{EVENTS}?drawer=metd_none").status_code == 404
