"""What the company sells, released version by version."""

from __future__ import annotations

from typing import Any

from accounts.context import Context
from billing.sandbox.calendar import Calendar
from billing.sandbox.happenings import Happening
from catalog.api.as_code import importing
from catalog.models import PricingPlanVersion, Status
from catalog.services import pricing_plan_versions

VERSIONS = "pricing_plan_versions"


def happenings(
    calendar: Calendar, catalog: dict[str, Any], releases: list[dict[str, Any]]
) -> list[Happening]:
    """Each release adds its versions to the catalog and closes those that it replaces."""

    def release(entry: dict[str, Any]) -> Happening:
        return Happening(calendar.of(entry), lambda ctx: _release(ctx, catalog, entry))

    return [release(entry) for entry in releases]


def _release(ctx: Context, catalog: dict[str, Any], entry: dict[str, Any]) -> None:
    new = [each for each in catalog[VERSIONS] if _label(each) in entry["versions"]]
    whole = not PricingPlanVersion.objects.for_platform(ctx.platform).exists()
    document = catalog if whole else {"format": catalog["format"]}
    importing.changes(ctx=ctx, document=document | {VERSIONS: new})
    for label in entry.get("closes", ()):
        plan, number = label.split("/")
        rows = PricingPlanVersion.objects.for_platform(ctx.platform)
        old = rows.get(pricing_plan__reference=plan, version=int(number))
        pricing_plan_versions.update(ctx=ctx, instance=old, fields={"status": Status.DEPRECATED})


def _label(version: dict[str, Any]) -> str:
    return f"{version['pricing_plan_id']}/{version['version']}"
