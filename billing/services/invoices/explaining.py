"""From a line of an invoice down to the events it counts.

A line is rated again as it was billed (a final invoice as of its cutoff), which tells the usage keys it
was made from; metering then finds the events under these keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import Platform
from billing.calc.charge import Charge
from billing.models import Invoice
from billing.selectors import invoices as selectors
from billing.selectors.usage import MeteredRows, checksum, question
from billing.services.invoices import drafting
from billing.services.usage import counting
from kit.errors import NotFound
from kit.money import EXACT
from kit.period import parse_instant
from metering import aggregation
from metering.services import behind
from metering.services.behind import Behind, Hour, One

Metered = Sequence[tuple[MeteredRows, Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Explained:
    """A usage line with the events behind it, product item by product item.

    ``quantity`` is what they come to by now, or by the cutoff; ``total`` is the plain sum of their numbers.
    ``checksum`` is that of the usage as it was read.
    """

    platform: Platform
    charge: Charge
    behind: tuple[tuple[Behind, Sequence[Hour]], ...]
    calculation: str
    quantity: Decimal
    total: Decimal
    checksum: str

    @property
    def events(self) -> int:
        """How many there are."""
        return sum(hour.count for _, hours in self.behind for hour in hours)

    def page(self, *, offset: int, limit: int) -> list[One]:
        """Some of the events: those of the first product item newest first, then those of the next."""
        found: list[One] = []
        for each, hours in self.behind:
            left = limit - len(found)
            if left:
                found += behind.page(
                    platform=self.platform, behind=each, hours=hours, offset=offset, limit=left
                )
            offset = max(offset - sum(hour.count for hour in hours), 0)
        return found

    def days(self) -> dict[date, tuple[int, Decimal]]:
        """Day in the issuer's zone -> (units counted, sum of the numbers), of days with events."""
        found: dict[date, tuple[int, Decimal]] = {}
        for hour in (hour for _, hours in self.behind for hour in hours):
            units, total = found.get(hour.day, (0, aggregation.ZERO))
            found[hour.day] = units + hour.units, EXACT.add(total, hour.total)
        return dict(sorted(found.items()))


def line(*, platform: Platform, invoice: Invoice, data: Mapping[str, Any]) -> Explained:
    """Explain a line of the invoice's content (``data``, as ``freezing.content`` gives it).

    Raises NotFound for a line that counts no events, or whose prices cannot be read any more.
    """
    billed = _billed(platform, invoice, data)
    cutoff = invoice.usage_cutoff
    [draft] = drafting.contents(platform=platform, invoices=[billed], cutoff=cutoff)
    charge = next((each.charge for each in draft.complete.lines if _is(each.charge, data)), None)
    metered = list(counting.behind(charge)) if charge else []
    if charge is None or not metered:
        raise NotFound("There are no events behind this line.")
    return _counted(platform, charge, metered, cutoff, zone=str(invoice.billing_entity.zone))


def _counted(
    platform: Platform, charge: Charge, metered: Metered, cutoff: datetime | None, *, zone: str
) -> Explained:
    quantity = total = aggregation.ZERO
    parts = []
    for rows, positions in metered:
        found = _behind(rows, positions, cutoff)
        state = aggregation.merge(row.state for row in found.rows)
        quantity, total = EXACT.add(quantity, rows.over(positions).quantity), EXACT.add(total, state.sum)
        parts.append((found, behind.hours(platform=platform, behind=found, zone=zone)))
    calculation = metered[0][0].measure.calculation_type
    return Explained(platform, charge, tuple(parts), calculation, quantity, total, checksum(metered))


def _billed(platform: Platform, invoice: Invoice, data: Mapping[str, Any]) -> Invoice:
    """The invoice whose period the line bills: its own, or an earlier one's for late usage."""
    late = data.get("late_usage")
    if not late:
        return invoice
    earlier = selectors.rows(platform).filter(public_id=late["invoice_id"]).first()
    if earlier is None:
        raise NotFound("The invoice whose late usage this is does not exist any more.")
    return earlier


def _is(charge: Charge, data: Mapping[str, Any]) -> bool:
    return (
        charge.is_usage
        and charge.item.pricing_item_id == data["pricing_item_id"]
        and charge.rule.config_id == data["pricing_item_config_id"]
        and charge.span.start == parse_instant(data["start_at"])
        and charge.values == _values(data)
    )


def _values(data: Mapping[str, Any]) -> tuple[str | None, ...] | None:
    """The property values of a split line."""
    split = (data.get("details") or {}).get("split_pricing")
    return None if not split else tuple(each["value"] for each in split["meter_properties"])


def _behind(rows: MeteredRows, positions: Sequence[int], cutoff: datetime | None) -> Behind:
    wanted = rows.wanted
    asked = question(wanted, wanted.span)
    return Behind(asked, tuple(rows.rows[each] for each in positions), wanted.won, cutoff)
