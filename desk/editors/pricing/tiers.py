"""What the buttons of the tier table do: each gives another sheet and the input to go on in."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from desk.editors.pricing import typed
from desk.editors.pricing.build import next_bound
from desk.editors.pricing.sheet import BANDED, MOST_ROWS, Row, Sheet
from kit.errors import InvalidField
from kit.money import plain


def add(sheet: Sheet, after: int) -> tuple[Sheet, str]:
    """A tier below row ``after``: its bound twice the previous, its price copied."""
    rows = list(sheet.tiers)
    after = max(0, min(after, len(rows) - 1))
    is_last = after == len(rows) - 1
    if len(rows) >= MOST_ROWS:
        return sheet, f"up_to-{after + 1}"
    copied = rows[after]
    if is_last:
        if not copied.up_to:
            low = _bound(rows[after - 1].up_to) if after else Decimal(0)
            rows[after] = replace(copied, up_to=plain(low * 2 if low else next_bound(low)))
        rows.append(copied.above)
        focus = after + 1 if not copied.up_to else after + 2
    else:
        low = _bound(copied.up_to)
        rows.insert(after + 1, replace(copied.above, up_to=plain(low * 2 if low else next_bound(low))))
        focus = after + 2
    return replace(sheet, rows=tuple(rows)), f"up_to-{focus}"


def grown(sheet: Sheet) -> Sheet:
    """A limit on the last tier opens a tier above it, at the same price."""
    last = sheet.tiers[-1]
    low = max((_bound(row.up_to) for row in sheet.tiers[:-1]), default=Decimal(0))
    if sheet.model not in BANDED or len(sheet.tiers) >= MOST_ROWS or _bound(last.up_to) <= low:
        return sheet
    return replace(sheet, rows=(*sheet.tiers, last.above))


def remove(sheet: Sheet, index: int) -> tuple[Sheet, str]:
    """Without row ``index``; the tier that becomes last has no limit."""
    rows = [row for place, row in enumerate(sheet.tiers) if place != index] or [Row()]
    rows[-1] = replace(rows[-1], up_to="")
    return replace(sheet, rows=tuple(rows)), f"up_to-{min(index + 1, len(rows))}"


def set_bound(sheet: Sheet, index: int, value: str) -> tuple[Sheet, str]:
    """Row ``index`` ends at ``value``; empty takes the limit away."""
    rows = list(sheet.tiers)
    if 0 <= index < len(rows):
        rows[index] = replace(rows[index], up_to=value)
    return replace(sheet, rows=tuple(rows)), f"up_to-{index + 1}"


def free_first(sheet: Sheet, size: Decimal = Decimal(1000)) -> tuple[Sheet, str]:
    """A first tier at no charge."""
    rows = list(sheet.tiers)
    first = _bound(rows[0].up_to)
    size = min(size, first / 2) if first else size
    return replace(sheet, rows=(Row(plain(size), "0"), *rows)), "up_to-1"


def _bound(text: str) -> Decimal:
    try:
        return typed.number(text, name="Up to") if text else Decimal(0)
    except InvalidField:
        return Decimal(0)
