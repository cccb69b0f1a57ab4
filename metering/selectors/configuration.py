"""What ingestion must know of a platform, cached per process and tied to one configuration version.

Nobody asks whether a cached configuration is still the current one: the statement that stores
events acts only if it is, and a request that fails looks again before it says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from accounts.models import Platform
from metering import ports
from metering.models import Meter, PropertyType, Status, ValueType
from metering.selectors import definitions


@dataclass(frozen=True, slots=True)
class KnownValue:
    """A meter value on a meter."""

    pk: int
    public_id: str
    reference: str
    is_amount: bool


@dataclass(frozen=True, slots=True)
class KnownProperty:
    """A meter property on a meter; ``enum_values`` None admits any text."""

    pk: int
    public_id: str
    reference: str
    is_number: bool
    enum_values: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class KnownMeter:
    """A meter with what it carries, each by id and by reference."""

    pk: int
    public_id: str
    reference: str
    status: str
    values: Mapping[str, KnownValue]
    properties: Mapping[str, KnownProperty]
    required_values: tuple[KnownValue, ...]
    required_properties: tuple[KnownProperty, ...]

    @property
    def is_active(self) -> bool:
        return self.status == Status.ACTIVE


@dataclass(slots=True)
class Configuration:
    """One platform at one version; customers and subscriptions are added as events name them."""

    platform: Platform
    meters: Mapping[str, KnownMeter]
    customers: dict[str, ports.Named] = field(default_factory=dict)
    subscriptions: dict[str, ports.Named] = field(default_factory=dict)

    @property
    def version(self) -> int:
        return self.platform.configuration_version

    def at(self, wall: datetime) -> datetime:
        """The platform's instant at this instant of the wall clock."""
        return self.platform.test_now or wall

    def learn(self, customers: Iterable[str], subscriptions: Iterable[str]) -> None:
        """Ask the directory for the names that are not known yet: one call for each kind."""
        unknown = {name for name in customers if name not in self.customers}
        if unknown:
            self.customers.update(ports.directory().customers(self.platform.pk, unknown))
        unpinned = {name for name in subscriptions if name not in self.subscriptions}
        if unpinned:
            self.subscriptions.update(ports.directory().subscriptions(self.platform.pk, unpinned))


_cached: dict[int, Configuration] = {}
MAX_PLATFORMS = 1000
MAX_NAMES = 200_000


def current(platform_id: int) -> Configuration:
    """The configuration as last loaded by this process."""
    found = _cached.get(platform_id)
    return found if found is not None and len(found.customers) < MAX_NAMES else load(platform_id)


def refreshed(stale: Configuration) -> Configuration:
    """The configuration as it is now: the same object when nothing has changed.

    A test clock that has moved changes no names: what is known of them stays.
    """
    now = Platform.objects.get(pk=stale.platform.pk)
    if now.configuration_version != stale.version:
        return load(now.pk)
    if now.test_now == stale.platform.test_now:
        return stale
    moved = _cached[now.pk] = replace(stale, platform=now)
    return moved


def load(platform_id: int) -> Configuration:
    """Read the version first: what is read after it may be newer, and then the version tells."""
    platform = Platform.objects.get(pk=platform_id)
    meters: dict[str, KnownMeter] = {}
    for meter in definitions.meters(platform):
        known = _known(meter)
        meters[known.public_id] = meters[known.reference] = known
    if len(_cached) >= MAX_PLATFORMS:
        _cached.clear()
    found = _cached[platform_id] = Configuration(platform, meters)
    return found


def _known(meter: Meter) -> KnownMeter:
    values = [(_value(link.meter_value), link.required) for link in meter.value_links.all()]
    properties = [(_property(link.meter_property), link.required) for link in meter.property_links.all()]
    return KnownMeter(
        pk=meter.pk,
        public_id=meter.public_id,
        reference=meter.reference,
        status=meter.status,
        values=_by_name([value for value, _ in values]),
        properties=_by_name([each for each, _ in properties]),
        required_values=tuple(value for value, required in values if required),
        required_properties=tuple(each for each, required in properties if required),
    )


def _by_name(rows: list[Any]) -> dict[str, Any]:
    return {row.reference: row for row in rows} | {row.public_id: row for row in rows}


def _value(row: Any) -> KnownValue:
    return KnownValue(row.pk, row.public_id, row.reference, row.type == ValueType.AMOUNT)


def _property(row: Any) -> KnownProperty:
    words = frozenset(row.enum_values) if row.type == PropertyType.ENUM else None
    return KnownProperty(row.pk, row.public_id, row.reference, row.type == PropertyType.NUMBER, words)
