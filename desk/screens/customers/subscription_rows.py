"""A subscription as lists and details show it: its plan, its phase now, its next invoice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing.models import PricingPlanSchedule, PricingPlanSubscription
from billing.selectors import subscriptions, timelines
from desk.components import format
from desk.components.addresses import to
from desk.components.badges import Badge
from kit.period import Period, format_instant

UNITS = {"DAY": ("day", "Daily"), "WEEK": ("week", "Weekly"), "MONTH": ("month", "Monthly")}
UNITS["YEAR"] = ("year", "Yearly")


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """A time that compares, and shows in the platform's zone."""

    at: datetime

    @property
    def html(self) -> SafeString:
        text = format.day(self.at, timezone.get_current_timezone())
        iso = format_instant(self.at)
        return format_html(
            '<time class="num nowrap" datetime="{}" title="{} (UTC)">{}</time>', iso, iso, text
        )


@dataclass(frozen=True)
class SubscriptionRow:
    """``row`` comes from ``selectors.subscriptions``; nothing here asks the database."""

    row: PricingPlanSubscription
    at: datetime

    @cached_property
    def timeline(self) -> list[PricingPlanSchedule]:
        return subscriptions.timeline(self.row)

    @cached_property
    def current(self) -> PricingPlanSchedule | None:
        """The phase in force, or else the one that comes first."""
        for phase in self.timeline:
            if phase.end_at is None or phase.end_at > self.at:
                return phase
        return self.timeline[-1] if self.timeline else None

    @property
    def name(self) -> str:
        return self.row.name or self.plan or "Subscription"

    @property
    def plan(self) -> str:
        """``Growth v2``."""
        phase = self.current
        return (
            f"{phase.pricing_plan.name or phase.pricing_plan.reference} v{phase.pricing_plan_version.version}"
            if phase
            else ""
        )

    @property
    def url(self) -> str:
        return to("subscription", self.row.customer.public_id, self.row.public_id)

    @property
    def starts(self) -> datetime | None:
        return self.timeline[0].start_at if self.timeline else None

    @property
    def phase(self) -> str:
        """``Phase 2 of 3``, or nothing where there is one."""
        if len(self.timeline) < 2 or self.current is None:
            return ""
        return f"Phase {self.timeline.index(self.current) + 1} of {len(self.timeline)}"

    @property
    def next_invoice(self) -> Instant | None:
        draft = subscriptions.next_draft(self.row)
        return Instant(draft.invoice_date) if draft else None

    @property
    def badges(self) -> list[Badge]:
        """Its status, and what is to be known beside it."""
        found = [Badge(self.row.status)]
        if self.row.status == "ACTIVE" and self.starts and self.starts > self.at:
            found.append(Badge("SCHEDULED", "Not started"))
        if self.row.cancel_at:
            found.append(Badge("RETRYING", "Ends soon"))
        if self.row.parked_at:
            found.append(Badge("PARKED"))
        return found


def rows_of(rows: Iterable[Any], *, at: datetime) -> list[SubscriptionRow]:
    """The rows as they are shown."""
    return [SubscriptionRow(row, at) for row in rows]


def period_words(period: Period) -> str:
    """``Monthly``, or ``Every 3 months``."""
    unit, alone = UNITS[period.type.value]
    return alone if period.value == 1 else f"Every {period.value} {unit}s"


def ends(subscription: PricingPlanSubscription) -> datetime | None:
    """When it ends, if that is agreed."""
    return timelines.ends_at(subscription)
