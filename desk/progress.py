"""How far a platform has come with the steps of Get started, from its data: one condition for each step."""

from __future__ import annotations

from datetime import timedelta
from functools import cache as once

from django.contrib.postgres.fields import ArrayField
from django.core.cache import cache
from django.db.models import BooleanField, Model, QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import Membership, Platform, User
from billing.models import BillingEntity, Customer, Invoice, PricingPlanSubscription
from catalog.models import PricingPlanVersion, ProductItem
from metering.models import Meter, MeterMeterValue, MeterValueCalculation, UsageRollup

ACTIVE = "AND named.status = 'ACTIVE'"
REMEMBERED = timedelta(hours=1)


def of(platform: Platform) -> list[bool]:
    """Which steps are done. One query."""
    rows = Platform.objects.filter(pk=platform.pk).annotate(steps=_steps("accounts_platform.id"))
    return _ticked(rows.values_list("steps", flat=True).get())


def counted(rows: QuerySet[Membership]) -> QuerySet[Membership]:
    """The memberships with the ``steps`` of their platforms, for ``words``."""
    return rows.annotate(steps=_steps("accounts_membership.platform_id"))


def words(membership: Membership) -> str:
    """``6 of 9`` as long as some are left, of a membership that was counted."""
    steps = getattr(membership, "steps", None)
    done = _ticked(steps) if steps else []
    return "" if all(done) else f"{sum(done)} of {len(done)}"


def is_over(user: User, chosen: str | None) -> bool:
    """Whether all steps were done on the platform that the user chose: it is not asked again for an hour."""
    return bool(cache.get(_key(user, chosen)))


def note(user: User, chosen: str | None, membership: Membership) -> None:
    """Remember that nothing is left to count, where that is so."""
    if hasattr(membership, "steps") and not words(membership):
        cache.set(_key(user, chosen), True, REMEMBERED.total_seconds())


def _key(user: User, chosen: str | None) -> str:
    return f"steps:{user.pk}:{chosen or ''}"


def _ticked(steps: list[bool]) -> list[bool]:
    """A draft is there to see once usage is on it."""
    return [*steps[:-1], steps[-1] and steps[-2]]


@once
def _steps(platform: str) -> RawSQL:
    """What is there, step by step. Written by hand: every page asks, and nine compiled queries take 3 ms."""
    found = [
        _exists(BillingEntity, platform, ACTIVE),
        _of_meters(MeterMeterValue, platform, ACTIVE),
        _exists(MeterValueCalculation, platform),
        _exists(ProductItem, platform, ACTIVE),
        _exists(PricingPlanVersion, platform, ACTIVE),
        _exists(Customer, platform, ACTIVE),
        _exists(PricingPlanSubscription, platform, ACTIVE),
        _of_meters(UsageRollup, platform),
        _exists(Invoice, platform),
    ]
    return RawSQL(f"ARRAY[{', '.join(found)}]", (), ArrayField(BooleanField()))  # noqa: S611 - only our names


def _exists(model: type[Model], platform: str, condition: str = "") -> str:
    table = model._meta.db_table
    return f"EXISTS (SELECT FROM {table} named WHERE named.platform_id = {platform} {condition})"


def _of_meters(model: type[Model], platform: str, condition: str = "") -> str:
    # Usage has no index by platform: it is found meter by meter.
    rows = f"{Meter._meta.db_table} named JOIN {model._meta.db_table} t ON t.meter_id = named.id"
    return f"EXISTS (SELECT FROM {rows} WHERE named.platform_id = {platform} {condition})"
