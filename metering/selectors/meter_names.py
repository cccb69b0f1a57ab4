"""The meters to choose from, kept per process for one ``configuration_version`` of the platform."""

from __future__ import annotations

from accounts.models import Platform
from metering.models import Meter

MAX_PLATFORMS = 1000
Names = list[tuple[str, str]]

_shelves: dict[int, tuple[int, Names]] = {}


def of(platform: Platform) -> Names:
    """(public id, name) of every meter in the order of names. One query where meters may have changed."""
    version, names = _shelves.get(platform.pk, (-1, []))
    if version != platform.configuration_version:
        if len(_shelves) >= MAX_PLATFORMS:
            _shelves.clear()
        rows = Meter.objects.filter(platform=platform).order_by("name", "reference")
        names = [(row.public_id, row.name or row.reference) for row in rows]
        _shelves[platform.pk] = platform.configuration_version, names
    return names
