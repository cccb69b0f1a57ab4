"""Pricings and pricing groups added to a draft one by one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from accounts.context import Context
from accounts.models import AuditEntry, Platform
from catalog.models import PricingCategory, PricingItem, PricingItemConfig
from catalog.selectors import plans
from catalog.services import item_rules, pricings
from catalog.services import trees as price_trees
from catalog.tests import cast, trees
from catalog.tests.trees import flat
from kit.errors import InvalidField
from kit.testing import NOON, ApiClient
from webhooks.models import WebhookEvent


def draft(api: ApiClient) -> dict[str, Any]:
    return api.post("/v1/pricing-plan-versions", {"pricing_plan_id": cast.plan(api)["id"]}).ok()


def shown(api: ApiClient, version: dict[str, Any]) -> list[dict[str, Any]]:
    return api.get(f"/v1/pricing-plan-versions/{version['id']}").ok()["pricing_categories"]


def test_a_pricing_joins_the_category_of_its_product(api: ApiClient) -> None:
    version, item = draft(api), cast.item(api)
    own = {"pricing_plan_version_id": version["id"]}
    made = api.post("/v1/pricings", trees.pricing(item, flat(), **own)).ok()
    assert (made["pricing_plan_version_id"], made["pricing_group_id"]) == (version["id"], None)
    again = api.post("/v1/pricings", {"product_ids": [item["product_id"]], "name": "Second", **own}).ok()
    (category,) = shown(api, version)
    assert [row["id"] for row in category["pricings"]] == [made["id"], again["id"]]
    assert category["pricings"][0] == made
    trees.activate(api, version)


def test_a_pricing_is_changed_and_its_rules_keep_their_ids(api: ApiClient) -> None:
    version, item = draft(api), cast.item(api)
    own = {"pricing_plan_version_id": version["id"]}
    made = api.post("/v1/pricings", trees.pricing(item, flat(), **own)).ok()
    at = f"/v1/pricings/{made['id']}"
    named = api.patch(at, {"name": "Minutes", "display_order": 2}).ok()
    assert named == {**made, "name": "Minutes", "display_order": 2}
    items = made["items"]
    items[0]["configs"][0]["order"] = 7
    changed = api.patch(at, {"items": items}).ok()
    assert changed["items"][0]["configs"][0] == items[0]["configs"][0]
    assert changed["product_ids"] == made["product_ids"]
    assert api.delete(at).ok() == changed
    assert shown(api, version) == []


def told(change: Callable[[], None]) -> tuple[list[Any], set[int]]:
    """What a change stores and tells, and which rows then hold the rules; undone afterwards."""
    with transaction.atomic():
        change()
        event, entry = WebhookEvent.objects.latest("pk"), AuditEntry.objects.latest("pk")
        rows = PricingItemConfig.objects.order_by("position")
        stored = [
            (row.public_id, row.position, row.order, row.pricing_type, row.currency, row.body) for row in rows
        ]
        links = [
            sorted(row.property_links.values_list("meter_property__public_id", flat=True)) for row in rows
        ]
        kept = {row.pk for row in rows}
        transaction.set_rollback(True)
    said = [event.type, event.sequence, event.data, event.previous_data, entry.action, entry.changes]
    return [*said, stored, links], kept


def test_rules_written_in_place_tell_what_a_pricing_written_anew_tells(
    api: ApiClient, platform: Platform
) -> None:
    version, item = draft(api), cast.item(api)
    rules = [flat("0.02", conditions=trees.when("quick"), order=1), flat("0.04", order=2)]
    api.post("/v1/pricings", trees.pricing(item, *rules, pricing_plan_version_id=version["id"])).ok()
    ctx = Context(platform=platform, at=NOON, actor_type="USER", actor="ada@acme.example")
    pricing_item = PricingItem.objects.get()

    def wanted(changes: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
        rows = PricingItemConfig.objects.order_by("position")
        return [{**row.body, "id": row.public_id, **each} for row, each in zip(rows, changes, strict=True)]

    def in_place(*changes: dict[str, Any]) -> None:
        item_rules.replace(ctx=ctx, pricing_item=pricing_item, rules=wanted(changes))

    def anew(*changes: dict[str, Any]) -> None:
        pricing = plans.pricings(platform).get()
        items = price_trees.pricing_node(pricing)["items"]
        items[0]["configs"] = wanted(changes)
        pricings.update(ctx=ctx, instance=pricing, fields={"items": items})

    rows = set(PricingItemConfig.objects.values_list("pk", flat=True))
    other = {"conditions": trees.when("north", "sum-number-region")}
    for changes, stays in (
        (({}, flat("0.03", billing_in_advance=True)), True),
        ((flat("0.01"), flat("0.05")), True),
        (({"order": 2}, {"order": 1}), False),
        ((other, {}), False),
    ):
        said, kept = told(partial(in_place, *changes))
        assert said == told(partial(anew, *changes))[0]
        assert (kept == rows) is stays
    with pytest.raises(InvalidField) as refused:
        in_place({}, flat("-"))
    assert refused.value.field == "items.0.configs.1.bands.0.amount.quantity"


def test_display_order_decides_the_order(api: ApiClient) -> None:
    version, item = draft(api), cast.item(api)
    own = {"pricing_plan_version_id": version["id"], "product_ids": [item["product_id"]]}
    for name, order in (("last", None), ("second", 2), ("first", 1)):
        api.post("/v1/pricings", {**own, "name": name, "display_order": order}).ok()
    assert [row["name"] for row in shown(api, version)[0]["pricings"]] == ["first", "second", "last"]


def test_a_pricing_needs_an_owner(api: ApiClient) -> None:
    item = cast.item(api)
    answer = api.post("/v1/pricings", trees.pricing(item, flat()))
    assert (answer.body["code"], answer.body["field"]) == ("MISSING_FIELD", "pricing_plan_version_id")


def test_entitlements_come_with_a_pricing(api: ApiClient) -> None:
    version, item = draft(api), cast.item(api)
    feature = api.post("/v1/features", {"reference": "minutes-limit", "type": "NUMBER"}).ok()
    grant = {"feature_reference": "minutes-limit", "number": "1000", "overwrite": True}
    body = trees.pricing(item, flat(), entitlements=[grant], pricing_plan_version_id=version["id"])
    (entitlement,) = api.post("/v1/pricings", body).ok()["entitlements"]
    assert (entitlement["feature_id"], entitlement["number"]) == (feature["id"], "1000")
    assert entitlement["override"] is entitlement["overwrite"] is True
    assert api.delete(f"/v1/features/{feature['id']}").body["code"] == "COULD_NOT_DELETE_RESOURCE"
    assert api.patch(f"/v1/features/{feature['id']}", {"type": "AMOUNT"}).body["field"] == "type"


def test_a_group_holds_alternative_pricings(api: ApiClient) -> None:
    version, item = draft(api), cast.item(api)
    own = {"pricing_plan_version_id": version["id"]}
    basic, premium = (trees.pricing(item, flat(), name=name) for name in ("Basic", "Premium"))
    body = {**own, "name": "Support level", "selection_constraint": "EXACTLY_ONE", "pricings": [basic]}
    made = api.post("/v1/pricing-groups", body).ok()
    assert (made["selection_constraint"], len(made["pricings"])) == ("EXACTLY_ONE", 1)
    added = api.post("/v1/pricings", {**premium, "pricing_group_id": made["id"]}).ok()
    assert added["pricing_group_id"] == made["id"]
    (category,) = shown(api, version)
    assert category["pricings"] == []
    assert [row["name"] for row in category["pricing_groups"][0]["pricings"]] == ["Basic", "Premium"]
    at = f"/v1/pricing-groups/{made['id']}"
    assert api.get(at).ok() == category["pricing_groups"][0]
    replaced = api.patch(at, {"pricings": [premium], "selection_constraint": None}).ok()
    assert (replaced["selection_constraint"], len(replaced["pricings"])) == ("ANY", 1)
    api.delete(at).ok()
    assert PricingCategory.objects.count() == 0


def test_an_empty_group_finds_its_category_with_its_first_pricing(api: ApiClient) -> None:
    version, item = draft(api), cast.item(api)
    made = api.post("/v1/pricing-groups", {"pricing_plan_version_id": version["id"]}).ok()
    assert shown(api, version) == []
    api.post("/v1/pricings", trees.pricing(item, flat(), pricing_group_id=made["id"])).ok()
    assert shown(api, version)[0]["pricing_groups"][0]["id"] == made["id"]
    other = api.post("/v1/pricing-groups", {"pricing_plan_version_id": version["id"]}).ok()
    moved = shown(api, version)[0]["pricing_groups"][0]["pricings"][0]["id"]
    api.patch(f"/v1/pricings/{moved}", {"pricing_group_id": other["id"]}).ok()
    found = [[each["id"] for each in row["pricings"]] for row in shown(api, version)[0]["pricing_groups"]]
    assert sorted(found) == [[], [moved]]


def test_a_group_of_another_version_is_refused(api: ApiClient) -> None:
    version, item = draft(api), cast.item(api)
    other = api.post("/v1/pricing-plan-versions", {"pricing_plan_id": version["pricing_plan_id"]}).ok()
    group = api.post("/v1/pricing-groups", {"pricing_plan_version_id": other["id"]}).ok()
    body = trees.pricing(item, flat(), pricing_plan_version_id=version["id"], pricing_group_id=group["id"])
    assert api.post("/v1/pricings", body).body["field"] == "pricing_group_id"
