"""References of meter properties by key, kept per process for one ``configuration_version`` of the platform.

Events and rollups carry keys; whatever shows them or rates them needs the references.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from accounts.models import Platform
from metering.models import MeterProperty

MAX_PLATFORMS = 1000


@dataclass(slots=True)
class _Shelf:
    version: int
    names: dict[int, str] = field(default_factory=dict)


_shelves: dict[int, _Shelf] = {}


def of(platform: Platform, keys: Iterable[int]) -> Mapping[int, str]:
    """key -> reference, for these and perhaps more. One query for keys that are new, else none."""
    shelf = _shelves.get(platform.pk)
    if shelf is None or shelf.version != platform.configuration_version:
        if len(_shelves) >= MAX_PLATFORMS:
            _shelves.clear()
        shelf = _shelves[platform.pk] = _Shelf(platform.configuration_version)
    missing = {key for key in keys if key not in shelf.names}
    if missing:
        rows = MeterProperty.objects.filter(platform=platform, pk__in=missing)
        shelf.names.update(rows.values_list("pk", "reference"))
    return shelf.names
