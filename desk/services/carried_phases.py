"""What the API gave a phase and its editor leaves alone, where the phase gets another plan version."""

from __future__ import annotations

from typing import Any

from accounts.models import Platform
from billing.models import PricingPlanSchedule
from billing.services.subscriptions.carried_terms import Carrier
from billing.services.terms.own_prices import CATEGORIES, OVERRIDES
from desk.services.phases import Phase
from kit.errors import InvalidField

# The columns that the editor has fields for, with the part of its changes that says them.
ASKED = {
    "enabled_pricings": "choices",
    "included_volumes": "volumes",
    "seats_values": "seats",
    OVERRIDES: "overrides",
}
NEVER_ASKED = ("entitlements",)


def carried(platform: Platform, row: PricingPlanSchedule, phase: Phase) -> dict[str, Any]:
    """Those columns in the words of the phase's version, as ``services.schedules`` takes them.

    Raises InvalidField for what has no counterpart there: nothing that was agreed is dropped silently.
    """
    names = {*NEVER_ASKED, *phase.leaves}
    names |= {column for column, part in ASKED.items() if getattr(phase.changes, part) is None}
    found = Carrier(platform).onto(row, phase.version, start=row.start_at, end=row.end_at)
    for problem in found.lost:
        if problem.field.partition(".")[0] in names:
            message = f"This phase has terms of its own: {problem.message}"
            raise InvalidField(message, field="pricing_plan_version_id")
    fields = {name: value for name, value in found.values.items() if name in names}
    if OVERRIDES in names and row.own_version_id is not None:
        fields |= {OVERRIDES: found.own.overrides, CATEGORIES: found.own.categories}
    return fields
