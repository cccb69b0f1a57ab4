"""What metering asks of the apps above it, which fill these ports when they are ready.

Metering knows a customer as a number. Whose number it is, and which price an event meets, is
billing's to say. Until billing answers there are no customers and nothing matches.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from accounts.models import Platform


@dataclass(frozen=True, slots=True)
class Named:
    """A customer or subscription: key, public id, reference."""

    pk: int
    public_id: str
    reference: str | None


class Directory(Protocol):
    """Finds customers and subscriptions. All keywords are public ids or references, as events name them."""

    def customers(self, platform_id: int, names: Iterable[str]) -> Mapping[str, Named]:
        """name (an id or a reference) -> the customer that accepts events; one that does not is absent."""
        ...

    def subscriptions(self, platform_id: int, names: Iterable[str]) -> Mapping[str, Named]:
        """name (an id or a reference) -> the subscription."""
        ...

    def customers_by_key(self, platform_id: int, keys: Iterable[int]) -> Mapping[int, Named]:
        """pk -> the customer, for answers."""
        ...

    def subscriptions_by_key(self, platform_id: int, keys: Iterable[int]) -> Mapping[int, Named]:
        """pk -> the subscription, for answers."""
        ...


class FateKind(StrEnum):
    """What became of an event. DUPLICATE and DELETED are metering's own; the others the matcher's."""

    MATCHED = "MATCHED"
    NOT_MATCHED = "NOT_MATCHED"
    LATE = "LATE"
    DUPLICATE = "DUPLICATE"
    DELETED = "DELETED"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event as the matcher sees it. ``properties`` by reference; ``currency`` of its amount, if any."""

    id: int
    customer_id: int
    meter_id: int
    subscription_id: int | None
    timestamp: datetime
    stored_at: datetime
    properties: Mapping[str, str]
    currency: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """One price that an event meets, by public ids: a link of the event trace."""

    meter_value_calculation_ids: tuple[str, ...]
    product_item_ids: tuple[str, ...]
    pricing_plan_subscription_id: str
    pricing_item_config_id: str | None
    invoice_id: str | None


@dataclass(frozen=True, slots=True)
class Fate:
    """``variant`` says why nothing matched; ``links`` where the event is billed."""

    kind: FateKind
    variant: str | None = None
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Met:
    """Whose prices an event meets (a subscription, by key), or the reason (a fate's variant) why none do."""

    subscription_id: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Closed:
    """A period that was billed: what the subscription uses in ``[start, end)`` is late after ``cutoff``."""

    customer_id: int
    subscription_id: int
    start: datetime
    end: datetime
    cutoff: datetime


class Matcher(Protocol):
    """Tells from the configuration as it is now which price each event meets."""

    def fates(self, platform: Platform, events: Sequence[Occurrence]) -> list[Fate]:
        """One fate per event, in order; a fixed number of queries whatever the number of events."""
        ...

    def met(self, platform: Platform, events: Sequence[Occurrence]) -> list[Met]:
        """What each event meets, whatever has been billed: no query for customers that are known."""
        ...

    def closed(
        self, platform: Platform, customers: Iterable[int], since: datetime, until: datetime
    ) -> Sequence[Closed]:
        """The billed periods of these customers around ``[since, until]``: one query for known customers."""
        ...

    def turns(self, platform: Platform, customers: Iterable[int]) -> Mapping[int, Sequence[datetime]]:
        """Customer pk -> the instants at which the price may change that events meet, each once, in order.

        Events alike but for their timestamps that lie between two of them meet the same price, or none.
        """
        ...


class Forecaster(Protocol):
    """Tells what invoices come to."""

    def costs(self, platform: Platform, invoice_ids: Collection[str]) -> Mapping[str, dict[str, Any] | None]:
        """public id -> the API's CostPredictionDetails of the invoice as it is now; None when it cannot be
        drawn up. A fixed number of queries whatever the number of invoices."""
        ...


class Nobody:
    """The directory, matcher and forecaster of an installation without billing."""

    def customers(self, platform_id: int, names: Iterable[str]) -> Mapping[str, Named]:
        return {}

    def subscriptions(self, platform_id: int, names: Iterable[str]) -> Mapping[str, Named]:
        return {}

    def customers_by_key(self, platform_id: int, keys: Iterable[int]) -> Mapping[int, Named]:
        return {}

    def subscriptions_by_key(self, platform_id: int, keys: Iterable[int]) -> Mapping[int, Named]:
        return {}

    def fates(self, platform: Platform, events: Sequence[Occurrence]) -> list[Fate]:
        return [Fate(FateKind.NOT_MATCHED, variant="NO_PRICES") for _ in events]

    def met(self, platform: Platform, events: Sequence[Occurrence]) -> list[Met]:
        return [Met(None, "NO_PRICES") for _ in events]

    def closed(
        self, platform: Platform, customers: Iterable[int], since: datetime, until: datetime
    ) -> Sequence[Closed]:
        return ()

    def turns(self, platform: Platform, customers: Iterable[int]) -> Mapping[int, Sequence[datetime]]:
        return {}

    def costs(self, platform: Platform, invoice_ids: Collection[str]) -> Mapping[str, dict[str, Any] | None]:
        return {}


_filled: dict[str, Any] = dict.fromkeys(("directory", "matcher", "forecaster"), Nobody())


def fill(*, directory: Directory, matcher: Matcher, forecaster: Forecaster) -> None:
    """Connect the ports; billing does so in its ``AppConfig.ready``."""
    _filled.update(directory=directory, matcher=matcher, forecaster=forecaster)


def directory() -> Directory:
    """Who finds customers and subscriptions."""
    found: Directory = _filled["directory"]
    return found


def matcher() -> Matcher:
    """Who tells the fate of events."""
    found: Matcher = _filled["matcher"]
    return found


def forecaster() -> Forecaster:
    """Who tells what invoices come to."""
    found: Forecaster = _filled["forecaster"]
    return found
