"""Items charged on demand, through the API: what there is, a dry run, the invoice, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from billing.models import Invoice
from billing.tests.agreements import agree, billed, go, lines, shown
from billing.tests.calculated import calculated, charged, require_same
from billing.tests.world import Price, World, fee, money
from catalog.models import PricingItem
from kit.testing import ApiClient
from webhooks.models import WebhookEvent

CHARGE = "/v1/invoices/charge-on-demand-pricing-items"
SCHEDULES = "/v1/pricing-plan-schedules"


def asked(amount: str, name: str, model: str = "ONE_OFF") -> Price:
    rule = {"pricing_type": "FIXED", "bands": [{"amount": money(amount)}], "on_demand": True}
    return Price(name, model, (rule,), advance=True)


@pytest.fixture
def version(world: World) -> Any:
    """49 a month by itself; a training for 250 and a report for 30 on demand."""
    return world.plan(fee("49"), asked("250", "Training"), asked("30", "Report", "RECURRING"))


def schedule(api: ApiClient) -> str:
    found = api.get(f"{SCHEDULES}?pricing_plan_subscription_id=agreed").ok()["data"]
    return str(found[0]["id"])


def offered(api: ApiClient, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"{SCHEDULES}/{schedule(api)}/on-demand-pricing-items{query}").ok()
    return found


def ids(body: dict[str, Any]) -> list[str]:
    return [
        item["id"]
        for category in body["pricing_categories"]
        for pricing in category["pricings"]
        for item in pricing["items"]
    ]


def charge(api: ApiClient, *items: str, key: str | None = None, **fields: Any) -> Any:
    body = {
        "pricing_plan_schedule_id": schedule(api),
        "pricing_items": [{"pricing_item_id": each} for each in items],
        **fields,
    }
    return api.post(CHARGE, body, **({"Idempotency-Key": key} if key else {}))


def test_what_is_on_demand_is_listed_tried_charged_and_billed_beside_the_periods(
    api: ApiClient, world: World, version: Any
) -> None:
    agree(api, world, version, {"discount": {"totals": [{"percentage": "10"}]}})
    found = offered(api)
    assert found["pricing_plan_version_id"] == version.public_id
    training, report = ids(found)
    assert ids(offered(api, "?timestamp=2026-02-28T00:00:00Z")) == []
    go(api, "2026-03-10")

    tried = charge(api, training, report, preview=True).ok()
    assert (tried["id"], Invoice.objects.count()) == (None, 1)
    assert shown(tried) == [("REVENUE", "250.00"), ("REVENUE", "30.00"), ("DISCOUNT", "-28.00")]
    terms = {"total_discounts": [{"percentage": "10"}], "commitments": [{"amount": money("999")}]}
    asked = {"pricing_item_id": training, "terms": terms}
    found = calculated(api, **asked, period={"start_at": "2026-03-10T00:00:00Z"})
    assert charged(found) == [(line["details"]["amount"], line["steps"]) for line in lines(tried)[:1]]
    assert [each["amount"] for each in found["adjustments"]] == [money("-25.00")]
    alone = lines(charge(api, training, preview=True).ok())
    require_same(api, alone, **asked, period={"start_at": "2026-03-10T00:00:00Z"})

    made = charge(api, training, report, payment_method_id="pame_1")
    assert (made.status, made.body["status"]) == (201, "DRAFT")
    assert shown(made.body) == shown(tried)
    assert made.body["tax_summary"] == tried["tax_summary"]
    assert (made.body["start_at"], made.body["end_at"]) == ("2026-03-10T00:00:00Z",) * 2
    assert Invoice.objects.get(public_id=made.body["id"]).demand["payment_method_id"] == "pame_1"
    now = charge(api, report, finalize_immediately=True, start_at="2026-03-05T00:00:00Z").ok()
    assert (now["status"], now["invoice_number"] is not None) == ("FINAL", True)
    again = charge(api, report).ok()
    assert again["id"] != made.body["id"]

    go(api, "2026-03-11")
    final = api.get(f"/v1/invoices/{made.body['id']}").ok()
    assert (final["status"], shown(final)) == ("FINAL", shown(tried))
    assert [line["id"] for line in lines(final)] == [line["id"] for line in lines(made.body)]
    assert billed(api) == [("REVENUE", "49.00"), ("DISCOUNT", "-4.90")]
    assert WebhookEvent.objects.filter(type="invoice.finalized").count() == 4


def test_wrong_items_are_refused_by_their_field_and_nothing_is_stored(
    api: ApiClient, world: World, version: Any
) -> None:
    agree(api, world, version, {})
    found = offered(api)
    training, _ = ids(found)
    first = "pricing_items.0.pricing_item_id"
    known = PricingItem.objects.filter(version=version).order_by("position", "pk")[0].public_id
    cases: list[tuple[Any, str, str]] = [
        (charge(api), "pricing_items", "MISSING_FIELD"),
        (charge(api, "prii_nothing"), first, "RESOURCES_NOT_FOUND"),
        (charge(api, known), first, "INVALID_OPERATION"),
        (charge(api, training, training), "pricing_items.1.pricing_item_id", "INVALID_FIELD"),
        (charge(api, training, start_at="2027-01-01T00:00:00Z"), "start_at", "INVALID_FIELD"),
        (charge(api, training, start_at="2026-02-01T00:00:00Z"), first, "INVALID_OPERATION"),
        (charge(api, training, preview="yes"), "preview", "INVALID_FIELD"),
        (
            charge(api, training, pricing_plan_schedule_id="ppsc_none"),
            "pricing_plan_schedule_id",
            "RESOURCES_NOT_FOUND",
        ),
    ]
    for answer, field, code in cases:
        assert (answer.status, answer.body["field"], answer.body["code"]) == (400, field, code)
    path = f"/v1/pricing-plan-subscriptions/{found['pricing_plan_subscription_id']}"
    go(api, "2026-03-02")
    api.post(f"{path}/cancel", {"type": "NOW"}).ok()
    ended = charge(api, training)
    assert (ended.status, ended.body["field"]) == (400, "pricing_plan_schedule_id")
    assert not Invoice.objects.filter(occasion="ON_DEMAND").exists()


def test_b37_a_repeated_request_charges_once(api: ApiClient, world: World, version: Any) -> None:
    agree(api, world, version, {})
    training, _ = ids(offered(api))
    first, second = (charge(api, training, key="charge-1").ok() for _ in range(2))
    assert first["id"] == second["id"]
    assert Invoice.objects.filter(occasion="ON_DEMAND").count() == 1
