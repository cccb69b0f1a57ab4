"""One plain English sentence for each detail line: which part of the quantity, times what."""

from __future__ import annotations

from catalog.rating.details import Detail, DetailKind
from catalog.rating.types import BlockPrice, Percentage, Place, UnitPrice
from kit.money import plain


def of(line: Detail, currency: str | None) -> str:
    """``Above 100 up to 1000: 100 × 0.08 EUR``."""
    if line.kind is DetailKind.PASS_THROUGH:
        return f"The metered amount, {plain(line.quantity)} {currency}"
    if line.kind is DetailKind.NOT_BELOW_ZERO or line.place is None:
        return "A charge does not fall below zero"
    return span(line.place) + _sum(line, line.place, currency)


def span(place: Place) -> str:
    """Where the band lies (``Above 100 up to 1000: ``); nothing for a band without bounds."""
    upper = place.band.upper_bound
    if not place.lower_bound:
        return "" if upper is None else f"Up to {plain(upper)}: "
    if upper is None:
        return f"Above {plain(place.lower_bound)}: "
    return f"Above {plain(place.lower_bound)} up to {plain(upper)}: "


def events(count: str) -> str:
    """``1 event``, ``3 events``."""
    return "1 event" if count == "1" else f"{count} events"


def _sum(line: Detail, place: Place, currency: str | None) -> str:
    price = place.band.price
    times = plain(line.times) if line.times is not None else ""
    if line.kind is DetailKind.FIXED_AMOUNT:
        return f"{times} × {plain(place.band.fixed_amount or line.amount)} {currency} fixed"
    if line.kind is DetailKind.BUNDLES:
        return _bundles(line, times, currency)
    if isinstance(price, UnitPrice):
        return f"{plain(line.quantity)} × {plain(price.amount)} {currency}"
    if isinstance(price, BlockPrice):
        blocks = f"{plain(line.quantity)} in blocks of {plain(price.size)}"
        return f"{blocks}: {times} × {plain(price.amount)} {currency}"
    if isinstance(price, Percentage):
        return _percentage(line, price, times, currency)
    return f"{plain(line.amount)} {currency}"


def _bundles(line: Detail, times: str, currency: str | None) -> str:
    price = line.place.band.price if line.place else None
    each = price.amount if isinstance(price, UnitPrice | BlockPrice) else line.amount
    return f"{plain(line.quantity)} bought ahead: {times} × {plain(each)} {currency}"


def _percentage(line: Detail, price: Percentage, times: str, currency: str | None) -> str:
    if line.kind is DetailKind.MINIMUM_AMOUNT and price.floor is not None:
        return f"{events(times)} at the minimum of {plain(price.floor)} {currency}"
    if line.kind is DetailKind.MAXIMUM_AMOUNT and price.cap is not None:
        return f"{events(times)} at the maximum of {plain(price.cap)} {currency}"
    return f"{plain(price.percent)}% of {plain(line.quantity)} {currency}"
