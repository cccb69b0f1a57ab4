"""Figures of one column that line up on the decimal point, whatever places each has."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString

from desk.components import format
from kit.money import plain


def places(value: Decimal | int | None) -> int:
    """The digits after the decimal point."""
    return 0 if value is None else len(plain(Decimal(value)).partition(".")[2])


def most_places(values: Iterable[Decimal | int | None]) -> int:
    """Those of the figure that has most."""
    return max(map(places, values), default=0)


def figure(value: Decimal | int | None, *, most: int = 0, after: str = "") -> SafeString | str:
    """The number with ``after`` (a percent sign), and the room that its missing places of ``most`` take."""
    if value is None:
        return ""
    return aligned(format.number(value) + after, places(value), most)


def aligned(text: str, have: int, most: int) -> SafeString:
    """A figure of ``have`` decimal places, and the room that it lacks beside one of ``most``."""
    if gap := missing(have, most):
        return format_html('<span class="num" data-gap="{}">{}</span>', gap, text)
    return format_html('<span class="num">{}</span>', text)


def missing(have: int, most: int) -> str:
    """What a figure of ``have`` decimal places lacks beside one of ``most``."""
    return ("" if have else ".") + "0" * (most - have) if most > have else ""
