"""The plan versions that a customer can be subscribed to, as a field offers them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.models import Platform
from billing.models import Customer
from catalog.models import PricingPlanVersion, Status


def versions_for(platform: Platform, customer: Customer) -> list[PricingPlanVersion]:
    """The versions that the customer may subscribe to: by plan, the newest first."""
    rows = PricingPlanVersion.objects.for_platform(platform).filter(status=Status.ACTIVE)
    found = rows.select_related("pricing_plan").order_by("pricing_plan__name", "pricing_plan_id", "-version")
    return [row for row in found if row.pricing_plan.customer_public_id in (None, customer.public_id)]


def version_words(version: PricingPlanVersion) -> str:
    """``Growth v2, EUR``."""
    plan = version.pricing_plan
    priced = dict.fromkeys(filter(None, [version.default_pricing_currency, *version.pricing_currencies]))
    return f"{plan.name or plan.reference} v{version.version}, {', '.join(priced)}"


def version_choices(versions: Sequence[PricingPlanVersion]) -> list[Any]:
    """The newest version of each plan; older ones apart, because they were replaced for a reason."""
    seen: set[int] = set()
    newest: list[Any] = []
    older: list[Any] = []
    for version in versions:
        group = older if version.pricing_plan_id in seen else newest
        group.append((version.public_id, version_words(version)))
        seen.add(version.pricing_plan_id)
    grouped: list[Any] = [("", "Choose a plan"), *newest]
    return [*grouped, ("Older versions: new customers get the newest", older)] if older else grouped
