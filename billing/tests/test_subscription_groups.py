"""Subscription groups: volumes that count together, invoices that stay apart."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import close_old_connections

from billing.models import SubscriptionGroupMember
from billing.services.invoices import finalize
from billing.tests.calculated import calculated, require_same
from billing.tests.selling import START, Selling, bands, flat, lines, told
from kit.testing import ApiClient

GROUPS = "/v1/pricing-plan-subscription-groups"
TIERS = bands("TIERED", ("100", "1"), (None, "0.5"))
Json = dict[str, Any]


class Family(Selling):
    """A parent with two brands, each with a customer and a subscription of its own."""

    def brand(self, name: str, version: str, **fields: Any) -> Json:
        address = {"registered_address": {"country": "NL"}}
        body = {"reference": name, "type": "ORGANIZATION", "status": "ACTIVE"}
        self.api.post("/v1/customers", {**body, "organization": {"legal_name": name, **address}}).ok()
        terms = {"reference": name, "customer_reference": name, "billing_entity_reference": "us"}
        schedule = {"pricing_plan_version_id": version, "start_at": START}
        sent = {
            "pricing_plan_subscription": {**terms, "billing_currency": "EUR", **fields},
            "pricing_plan_schedules": [schedule],
        }
        made: Json = self.api.post("/v1/pricing-plan-subscriptions/init", sent).ok()
        return made["pricing_plan_subscription"]

    def use(self, name: str, number: str, **fields: Any) -> None:
        event = {
            "reference": f"e-{next(self.numbers)}",
            "meter_reference": "jobs",
            "customer_reference": name,
            "meter_values": [{"reference": "units", "number": number}],
            **fields,
        }
        self.api.post("/v1/events/ingest", event).ok()

    def of(self, name: str, place: int = 0) -> Json:
        return [each for each in self.invoices() if each["customer_reference"] == name][place]

    def group(self, *names: str) -> Json:
        body = {"reference": "family", "name": "Family", "pricing_plan_subscription_ids": list(names)}
        made: Json = self.api.post(GROUPS, body).ok()
        return made


@pytest.fixture
def family(api: ApiClient) -> Family:
    family = Family(api)
    family.open(properties={})
    version = family.plan([TIERS])
    family.activate(version).ok()
    for name in ("north", "south"):
        family.brand(name, version)
    return family


def test_a_group_is_made_read_changed_and_lists_its_members(family: Family, stranger: ApiClient) -> None:
    api = family.api
    made = family.group("north")
    assert made["object_type"] == "PRICING_PLAN_SUBSCRIPTION_GROUP"
    north = api.get("/v1/pricing-plan-subscriptions?reference=north").ok()["data"][0]
    assert made["pricing_plan_subscription_ids"] == [north["id"]]
    assert north["pricing_plan_subscription_group_id"] == made["id"]
    listed = api.get(f"/v1/pricing-plan-subscriptions?pricing_plan_subscription_group_id={made['id']}").ok()
    assert [each["reference"] for each in listed["data"]] == ["north"]
    changed = api.patch(f"{GROUPS}/{made['id']}", {"owner_customer_id": "south", "name": "All"}).ok()
    assert (changed["name"], changed["pricing_plan_subscription_ids"]) == ("All", [north["id"]])
    owned = api.get(f"{GROUPS}?owner_customer_id=south&expand[]=owner_customer").ok()["data"]
    assert [each["owner_customer"]["reference"] for each in owned] == ["south"]
    assert api.post(GROUPS, {"reference": "family"}).status == 409
    assert stranger.get(f"{GROUPS}/{made['id']}").status == 404
    assert stranger.get(GROUPS).ok()["data"] == []


def test_what_cannot_join_is_named(family: Family) -> None:
    api = family.api
    family.group("north")
    twice = api.post(GROUPS, {"reference": "other", "pricing_plan_subscription_ids": ["north"]})
    assert (twice.status, twice.body["field"]) == (400, "pricing_plan_subscription_ids")
    unknown = api.post(GROUPS, {"reference": "other", "pricing_plan_subscription_ids": ["east"]})
    assert (unknown.status, unknown.body["code"]) == (400, "RESOURCES_NOT_FOUND")
    south = api.get("/v1/pricing-plan-subscriptions?reference=south").ok()["data"][0]
    api.post(f"/v1/pricing-plan-subscriptions/{south['id']}/void").ok()
    ended = api.post(GROUPS, {"reference": "other", "pricing_plan_subscription_ids": ["south"]})
    assert (ended.status, ended.body["field"]) == (400, "pricing_plan_subscription_ids")
    path = f"/v1/pricing-plan-subscriptions/{south['id']}"
    moved = api.patch(path, {"pricing_plan_subscription_group_id": "family"})
    assert (moved.status, moved.body["field"]) == (400, "pricing_plan_subscription_group_id")
    assert len(api.get(GROUPS).ok()["data"]) == 1


def test_the_volume_of_all_picks_the_bands_of_each_at_once_and_for_good(family: Family) -> None:
    """200 units: half at 1.00, half at 0.50, whoever used them."""
    family.use("north", "50")
    assert told(family.of("north")) == [("50", "50.00")]
    family.group("north", "south")
    family.use("south", "150")
    assert told(family.of("north")) == [("50", "37.50")]
    assert told(family.of("south")) == [("150", "112.50")]
    (line,) = lines(family.of("north"))
    asked = {"meter_value": {"number": "50"}, "combined_meter_value": {"number": "150"}}
    require_same(family.api, [line], pricing_item_id=line["pricing_item_id"], **asked)
    # Tiers per year: 80 of 290 units so far, less 50 of 110 before, each at its share of the bands.
    yearly = TIERS | {"pricing_period": {"type": "YEAR", "value": 1}}
    asked = {"meter_value": {"number": "30"}, "combined_meter_value": {"number": "150"}}
    before = {"earlier_meter_value": {"number": "50"}, "earlier_combined_meter_value": {"number": "60"}}
    assert calculated(family.api, config=yearly, **asked, **before)["amount"]["quantity"] == "6.07"
    # What is not told was not used: zero would be the least of it. 30 of 180 so far, less 50 of 50 before.
    least = {"config": yearly, "calculation_type": "MIN", "earlier_meter_value": {"number": "50"}}
    assert calculated(family.api, **least, **asked)["amount"]["quantity"] == "-26.67"
    family.api.post("/v1/test-clock/advance", {"to": "2026-06-02T12:00:00Z"}).ok()
    assert [family.of(name)["status"] for name in ("north", "south")] == ["FINAL", "FINAL"]
    assert [told(family.of(name)) for name in ("north", "south")] == [
        [("50", "37.50")],
        [("150", "112.50")],
    ]


def test_who_leaves_before_a_period_ends_is_out_of_it_and_earlier_periods_stay_pooled(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = family.group("north", "south")
    family.use("north", "50")
    family.use("south", "150")
    monkeypatch.setattr(finalize, "PAGE", 1)
    pages, write = [], finalize._finalize
    monkeypatch.setattr(finalize, "_finalize", lambda ctx, keys: pages.append(len(keys)) or write(ctx, keys))
    family.api.post("/v1/test-clock/advance", {"to": "2026-06-02T12:00:00Z"}).ok()
    assert max(pages) == 2, "a page takes the whole group, so that its usage is read once"
    family.api.patch(f"{GROUPS}/{group['id']}", {"pricing_plan_subscription_ids": ["north"]}).ok()
    family.use("south", "120", timestamp="2026-06-02T11:00:00Z")
    assert told(family.of("south", 1)) == [("120", "110.00")]
    family.use("north", "50", timestamp="2026-05-20T00:00:00Z")
    late = family.of("north", 1)
    assert told(late)[0] == ("100", "32.50"), "of 250 units 100 are north's: 40 at 1.00 and 60 at 0.50"
    assert family.api.delete(f"{GROUPS}/{group['id']}").body["code"] == "COULD_NOT_DELETE_RESOURCE"


def test_a_subscription_is_made_in_its_group_and_taken_out_of_it(family: Family) -> None:
    api = family.api
    group = family.group("south")
    version = family.plan([flat("1")])
    family.activate(version).ok()
    made = family.brand("west", version, pricing_plan_subscription_group_id="family")
    assert made["pricing_plan_subscription_group_id"] == group["id"]
    assert len(api.get(f"{GROUPS}/{group['id']}").ok()["pricing_plan_subscription_ids"]) == 2
    path = f"/v1/pricing-plan-subscriptions/{made['id']}"
    taken = api.patch(path, {"pricing_plan_subscription_group_id": None}).ok()
    assert taken["pricing_plan_subscription_group_id"] is None
    assert len(api.get(f"{GROUPS}/{group['id']}").ok()["pricing_plan_subscription_ids"]) == 1


def test_a_group_that_pooled_nothing_can_go(family: Family) -> None:
    draft = {"reference": "later", "customer_id": "north", "billing_entity_id": "us"}
    family.api.post("/v1/pricing-plan-subscriptions", draft).ok()
    group = family.group("later")
    assert family.api.delete(f"{GROUPS}/{group['id']}").ok()["id"] == group["id"]
    assert family.api.get(GROUPS).ok()["data"] == []


def test_the_queries_do_not_grow_with_the_members(family: Family, django_assert_max_num_queries: Any) -> None:
    family.group("north", "south")
    family.use("north", "50")
    family.use("south", "60")
    path = f"/v1/invoices/{family.of('north')['id']}"
    with django_assert_max_num_queries(15):
        family.api.get(path).ok()


@pytest.mark.django_db(transaction=True)
def test_two_groups_that_want_one_subscription_at_once_do_not_both_get_it(family: Family) -> None:
    def join(reference: str) -> int:
        try:
            body = {"reference": reference, "pricing_plan_subscription_ids": ["north"]}
            return ApiClient(family.api.key).post(GROUPS, body).status
        finally:
            close_old_connections()

    with ThreadPoolExecutor(4) as threads:
        statuses = sorted(threads.map(join, ["a", "b", "c", "d"]))
    assert statuses == [201, 400, 400, 400]
    assert SubscriptionGroupMember.objects.filter(left_at=None).count() == 1
