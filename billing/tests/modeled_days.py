"""Days and cents of the model: spans of days from 1 May 2026, their shares, and rounding half up."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

CENT = Decimal("0.01")
Span = tuple[int, int]


def both(one: Span, other: Span) -> Span | None:
    start, end = max(one[0], other[0]), min(one[1], other[1])
    return (start, end) if start < end else None


def within(day: int, span: Span) -> bool:
    return span[0] <= day < span[1]


def share(span: Span, whole: Span) -> Fraction:
    return Fraction(span[1] - span[0], whole[1] - whole[0])


def months_later(day: int, count: int) -> int:
    """The same day of the month some months later, or its last one."""
    months = [0, 31, 61, 92, 123, 153]
    lengths = [31, 30, 31, 31, 30, 31]
    place = max(at for at, start in enumerate(months) if start <= day)
    return months[place + count] + min(day - months[place], lengths[place + count] - 1)


def cents(exact: Fraction) -> Decimal:
    """Half up, away from zero."""
    sign = -1 if exact < 0 else 1
    doubled = abs(exact) * 200
    return sign * Decimal((doubled.numerator // doubled.denominator + 1) // 2) * CENT
