"""A schedule agreed and billed through the API alone: its draft, its preview and its final invoice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from billing.calc import parts
from billing.tests.world import World
from catalog.models import Pricing, PricingItemConfig, PricingPlanVersion
from kit.money import total
from kit.testing import ApiClient

Line = tuple[str, str]


def go(api: ApiClient, now: str) -> None:
    """Move the clock forward; whatever is due happens."""
    api.post("/v1/test-clock/advance", {"to": f"{now}T00:00:00Z"}).ok()


def begin(api: ApiClient) -> None:
    """It is 1 March 2026."""
    api.post("/v1/test-clock", {"now": "2026-03-01T00:00:00Z"}).ok()


def terms(
    world: World, version: PricingPlanVersion, *schedules: dict[str, Any], **extra: Any
) -> dict[str, Any]:
    """The body of ``/init`` for schedules from 1 March 2026 that say this much."""
    base = {"pricing_plan_version_id": version.public_id, "start_at": "2026-03-01T00:00:00Z"}
    subscription = {
        "reference": "agreed",
        "customer_reference": world.customer.reference,
        "billing_entity_reference": world.entity.reference,
        **extra,
    }
    return {
        "pricing_plan_subscription": subscription,
        "pricing_plan_schedules": [base | each for each in schedules],
    }


def agree(
    api: ApiClient, world: World, version: PricingPlanVersion, *schedules: dict[str, Any], **extra: Any
) -> None:
    """An ACTIVE subscription, agreed on 1 March 2026."""
    begin(api)
    api.post("/v1/pricing-plan-subscriptions/init", terms(world, version, *schedules, **extra)).ok()


def rules(version: PricingPlanVersion) -> list[str]:
    """The ids of its rules, in order."""
    configs = PricingItemConfig.objects.filter(version=version).order_by("pricing_item__position", "position")
    return list(configs.values_list("public_id", flat=True))


def pricing(version: PricingPlanVersion) -> str:
    return Pricing.objects.get(version=version).public_id


def lines(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [line for period in body["periods"] for group in period["groups"] for line in group["lines"]]


def shown(body: dict[str, Any]) -> list[Line]:
    """Type and net amount of every line."""
    return [(line["type"], line["amount_excluding_tax"]["quantity"]) for line in lines(body)]


def invoice(api: ApiClient, start: str = "2026-03-01") -> dict[str, Any]:
    """The invoice whose period starts then, with its lines; not the one that only bills ahead."""
    listed: list[dict[str, Any]] = api.get("/v1/invoices?include_periods=true&include_lines=true").ok()[
        "data"
    ]
    return next(each for each in listed if start in each["start_at"] and each["end_at"] != each["start_at"])


def opening(api: ApiClient) -> dict[str, Any]:
    """The invoice that only bills ahead."""
    query = "include_periods=true&include_lines=true"
    listed: list[dict[str, Any]] = api.get(f"/v1/invoices?{query}").ok()["data"]
    return next(each for each in listed if each["end_at"] == each["start_at"])


def preview(api: ApiClient, start: str = "2026-03-01") -> dict[str, Any]:
    body = {"pricing_plan_subscription_id": "agreed", "start_at": f"{start}T00:00:00Z"}
    found: dict[str, Any] = api.post("/v1/invoices/preview", body).ok()["invoice"]
    return found


def billed(api: ApiClient, *, final: str = "2026-04-03") -> list[Line]:
    """The lines of March, on whose draft, preview and final invoice everything agrees."""
    draft, ahead = invoice(api), preview(api)
    go(api, final)
    last = invoice(api)
    assert (draft["status"], last["status"]) == ("DRAFT", "FINAL")
    for name in ("tax_summary", "tax_categories"):
        assert draft[name] == ahead[name] == last[name]
    assert [line["id"] for line in lines(draft)] == [line["id"] for line in lines(last)]
    assert shown(draft) == shown(ahead) == shown(last)
    require_parts(last)
    return shown(last)


def require_parts(body: dict[str, Any]) -> None:
    """Every line is explained by parts that add up to it, to the last digit."""
    for line in lines(body):
        told = parts.of(line["steps"], line_type=line["type"])
        amounts = [Decimal(each["amount"]) for each in told]
        assert total(amounts) == Decimal(line["details"]["amount"]["quantity"]), line
