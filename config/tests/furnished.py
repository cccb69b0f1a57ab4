"""A platform with something of every kind, and its ids: what generated requests are sent to."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from accounts.models import Platform
from billing.tests.world import World, at, fee, per_minute
from catalog.models import Product
from config.tests.rows import our_models
from kit.testing import ApiClient
from metering.models import Event

OBJECTS = {"events": "METER_DATA", "meter-data": "METER_DATA"}


def furnish(platform: Platform, api: ApiClient) -> dict[str, list[str]]:
    """Fill the platform; object type -> ids, of ACTIVE and of DRAFT things."""
    world = World(platform)
    version = world.plan(per_minute("0.10"), fee("10"))
    subscription = world.subscribe(version, start=at("2026-03-01"))
    made = [
        ("contacts", {"reference": "ada", "customer_id": world.customer.public_id}),
        ("features", {"reference": "sso", "type": "SWITCH"}),
        ("customers", {"reference": "draft", "type": "ORGANIZATION"}),
        ("pricing-plan-subscriptions", _drafted(world)),
        ("pricing-plan-subscription-groups", {"reference": "family"}),
        ("meter-values", {"reference": "draft", "name": "Draft", "type": "NUMBER"}),
        ("webhooks", {"name": "Hook", "reference": "hook", "url": "http://127.0.0.1:9/"}),
        ("events/ingest", _event(world)),
        ("pricing-plan-versions", _draft(version)),
    ]
    answers = {path: api.post(f"/v1/{path}", body).ok() for path, body in made}
    draft = answers["pricing-plan-versions"]["id"]
    group = {"pricing_plan_version_id": draft, "name": "Support", "product_type": "ADDON"}
    api.post("/v1/pricing-groups", group).ok()
    api.patch(f"/v1/webhooks/{answers['webhooks']['id']}", {"active": False}).ok()
    assert subscription.invoices.exists()
    return _ids(platform)


def object_of(path: str) -> str | None:
    """What ``{id}`` of an API path names: of ``/v1/product-categories/{id}`` a PRODUCT_CATEGORY."""
    if "/{id}" not in path:
        return None
    name = path.split("/{id}")[0].rsplit("/", 1)[1]
    singular = f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")
    return OBJECTS.get(name, singular.upper().replace("-", "_"))


def _event(world: World) -> dict[str, Any]:
    return {
        "reference": "job-1",
        "customer_id": world.customer.public_id,
        "meter_id": world.meter.public_id,
        "timestamp": "2026-03-05T10:00:00Z",
        "meter_values": [{"reference": "minutes", "number": "120"}],
    }


def _drafted(world: World) -> dict[str, Any]:
    parties = {"customer_id": world.customer.public_id, "billing_entity_id": world.entity.public_id}
    return {"reference": "draft", **parties}


def _draft(version: Any) -> dict[str, Any]:
    products = list(Product.objects.filter(platform=version.platform).values_list("public_id", flat=True))
    categories = [
        {"product_category_id": "services", "pricings": [{"name": "Support", "product_ids": products}]}
    ]
    return {"pricing_plan_id": version.pricing_plan.public_id, "pricing_categories": categories}


def _ids(platform: Platform) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for model in our_models():
        kind = getattr(model, "object_type", None)
        if isinstance(kind, str) and hasattr(model, "platform"):
            found[kind] += [row.public_id for row in model._base_manager.filter(platform=platform)]
    found["METER_DATA"] = [event.public_id for event in Event.objects.filter(platform=platform)]
    return found
