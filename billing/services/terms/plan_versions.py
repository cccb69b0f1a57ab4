"""Which plan version a schedule gets: named by id, or selected from its plan."""

from __future__ import annotations

from typing import Any

from accounts.models import Platform
from catalog.models import PricingPlan, PricingPlanVersion, Status
from kit.errors import MissingField, NotUsable

LATEST, VERSION = "LATEST", "VERSION"


def choose(
    *,
    platform: Platform,
    version: PricingPlanVersion | None,
    plan: PricingPlan | None,
    selector: dict[str, Any] | None,
) -> PricingPlanVersion:
    """The ACTIVE version that is named by itself, or by a selector (LATEST unless it says VERSION).

    Raises MissingField when nothing is named, NotUsable (RESOURCE_NOT_FOUND) when the version is not
    ACTIVE or the plan has none.
    """
    if version is not None:
        return require_active(version, field="pricing_plan_version_id")
    wanted = selector or {}
    plan = wanted.get("plan") or plan
    if plan is None:
        raise MissingField(field="pricing_plan_version_id")
    rows = PricingPlanVersion.objects.for_platform(platform).filter(pricing_plan=plan)
    if wanted.get("type") == VERSION:
        return _numbered(rows, wanted.get("version"))
    latest: PricingPlanVersion | None = rows.filter(status=Status.ACTIVE).order_by("-version").first()
    if latest is None:
        raise NotUsable(
            f"The pricing plan {plan.reference} has no ACTIVE version",
            field="pricing_plan_version_selector",
            resource_type=plan.object_type,
            resource_id=plan.public_id,
        )
    return latest


def _numbered(rows: Any, number: int | None) -> PricingPlanVersion:
    field = "pricing_plan_version_selector.version"
    if number is None:
        raise MissingField(field=field)
    found = rows.filter(version=number).first()
    if found is None:
        raise NotUsable(f"The pricing plan has no version {number}", field=field)
    return require_active(found, field=field)


def require_active(version: PricingPlanVersion, *, field: str) -> PricingPlanVersion:
    """The version; raises NotUsable unless it is ACTIVE."""
    if version.status != Status.ACTIVE:
        raise NotUsable(
            f"The pricing plan version is {version.status}; only an ACTIVE one can be scheduled",
            field=field,
            resource_type=version.object_type,
            resource_id=version.public_id,
        )
    return version
