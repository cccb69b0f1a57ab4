"""The platform's configuration counter: every cache of meters, prices or customers follows it."""

from __future__ import annotations

from django.db.models import F

from accounts.models import Platform


def bump(*, platform: Platform) -> None:
    """Move the counter in the caller's transaction. Call it last: it holds the platform's row."""
    Platform.objects.filter(pk=platform.pk).update(configuration_version=F("configuration_version") + 1)
