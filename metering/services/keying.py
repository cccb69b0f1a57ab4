"""Which properties the rollups of a meter tell apart, and whose values are counted.

A property enters when a price rule or a UNIQUE calculation first needs it, and then the meter's
rollups are made again from its events. None ever leaves: a finer key answers every coarser question.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from accounts.context import Context
from accounts.services import configuration
from kit import persistence
from metering.models import Meter, MeterProperty
from metering.services import locks, rebuild


@transaction.atomic
def ensure_keyed(*, ctx: Context, meter: Meter, properties: Iterable[MeterProperty]) -> bool:
    """Let usage be told apart by these properties from now on; whether anything had to be rebuilt.

    Call it before a plan version whose rules ask for them becomes ACTIVE.
    """
    return _ensure(ctx, meter, "keyed_properties", properties)


@transaction.atomic
def ensure_counted(*, ctx: Context, meter: Meter, properties: Iterable[MeterProperty]) -> bool:
    """Let the distinct values of these properties be counted; whether anything had to be rebuilt."""
    return _ensure(ctx, meter, "counted_properties", properties)


def _ensure(ctx: Context, meter: Meter, name: str, properties: Iterable[MeterProperty]) -> bool:
    wanted = {row.pk for row in properties}
    if wanted <= set(getattr(meter, name)):
        return False
    locks.alone(platform_id=ctx.platform.pk)
    locked: Meter = persistence.lock(meter)
    missing = sorted(wanted - set(getattr(locked, name)))
    if not missing:
        return False
    setattr(locked, name, [*getattr(locked, name), *missing])
    persistence.store(locked, [name])
    setattr(meter, name, getattr(locked, name))
    rebuild.meter(platform_id=ctx.platform.pk, meter_id=locked.pk)
    configuration.bump(platform=ctx.platform)
    return True
