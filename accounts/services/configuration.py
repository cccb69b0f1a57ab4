"""The platform's configuration counter: every cache of meters, prices or customers follows it."""

from __future__ import annotations

from django.db.models import BigIntegerField, Func, Value

from accounts.models import Platform

SEQUENCE = "accounts_configuration_version"


def bump(*, platform: Platform) -> None:
    """Move the counter in the caller's transaction. Call it last: it holds the platform's row.

    A number is never given twice, not even one that was rolled back: what was read and cached in a
    transaction that is undone (a dry run) is never taken for what holds later.
    """
    following = Func(Value(SEQUENCE), function="nextval", output_field=BigIntegerField())
    Platform.objects.filter(pk=platform.pk).update(configuration_version=following)
