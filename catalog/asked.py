"""What the price calculator asks of whoever bills: rules, what they price, what a schedule would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from catalog.rating.period_part import PeriodPart
from catalog.rating.rules.measured import MeteredUsage
from catalog.rating.types import Config
from catalog.rating.volume import FRESH, State
from kit.period import Period, PeriodType

Json = dict[str, Any]
MONTH = Period(PeriodType.MONTH, 1)
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class AskedPeriod:
    """What is billed: from ``start`` until ``end`` (by default all of the billing period that holds it).

    Billing periods of this ``length`` are counted from ``anchor`` (by default ``start``) on the calendar of
    ``time_zone``, by default that of the billing entity that issues where none is named.
    """

    start: datetime
    end: datetime | None = None
    anchor: datetime | None = None
    billing_time: str = "EXACT"
    time_zone: str | None = None
    length: Period = MONTH


@dataclass(frozen=True, slots=True)
class Sold:
    """What a stored price is for, by public ids: coupons are limited to it, or give units of it."""

    product_item_ids: tuple[str, ...]
    product_ids: tuple[str, ...]
    product_category_ids: tuple[str, ...]
    meter_value_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskedRule:
    """A rule as it is rated and as it was written, and what earlier periods left of what goes on."""

    config: Config
    body: Mapping[str, Any]
    state: State = FRESH


@dataclass(frozen=True, slots=True)
class Modifiers:
    """All that stands beside a price and its usage in the question.

    ``terms`` and the entries of ``seats`` are as a schedule has them, without ids; ``part`` and ``period``
    say which part of a period it is, at most one of them. ``sold`` is None for a price that is not stored.
    """

    model_type: str | None = None
    is_deduction: bool = False
    part: PeriodPart | None = None
    period: AskedPeriod | None = None
    seats: Sequence[Mapping[str, Any]] = ()
    terms: Mapping[str, Any] = field(default_factory=dict)
    sold: Sold | None = None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Usage that counts for the bands and is billed elsewhere: by other items of the volume group of the
    rules that price it, or by other subscriptions.

    ``own`` is that of the billed period, ``earlier`` that of the pricing period before, None where the price
    is for the billed period; ``so_far`` is both.
    """

    own: MeteredUsage
    earlier: MeteredUsage | None = None
    so_far: MeteredUsage | None = None

    @property
    def whole(self) -> MeteredUsage:
        """All that counts until the end of the billed period."""
        return self.own if self.so_far is None else self.so_far


@dataclass(frozen=True, slots=True)
class Question:
    """Rules in order with their usage by property key, and what decides their bands where that is another.

    ``earlier`` is the usage of the pricing period before, None where the price is for the billed period;
    ``so_far`` that and the own. ``combined`` is what counts besides. ``quantity`` is what a fee is multiplied
    with, or so many seats, of ``currency`` where that is money.
    """

    rules: tuple[AskedRule, ...]
    usage: MeteredUsage
    modifiers: Modifiers
    deciding: MeteredUsage | None = None
    earlier: MeteredUsage | None = None
    so_far: MeteredUsage | None = None
    combined: Elsewhere | None = None
    quantity: Decimal | None = None
    currency: str | None = None
