"""Figures, money and dates as operators read them. Exact decimals in, text out.

Signs are real minus signs; unit prices keep the decimals they were written with; the end of a
period is shown as its last day, although the API's end is exclusive.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date, format_time

from kit import formats
from kit.formats import MINUS
from kit.money import fixed, plain, unrounded

LOCALE = "en"
MOMENT = timedelta(microseconds=1)
ENDLESS = re.compile(r"(\.(?=\d{13})0*\d{6})\d+")
SHORT = ((Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "m"), (Decimal(10) ** 3, "k"))


def number(value: Decimal | int) -> str:
    """``12,500`` or ``0.25``: all digits, grouped."""
    return _grouped(plain(Decimal(value)))


def short(value: Decimal | int) -> str:
    """``12.5k``, for chart axes and chips only."""
    value = Decimal(value)
    for size, unit in SHORT:
        if abs(value) >= size:
            return _grouped(plain((value / size).quantize(Decimal("0.1")))) + unit
    return number(value)


def money(quantity: Decimal, currency: str) -> str:
    """``€2,151.00`` or ``−€218.30``, in the currency's minor unit."""
    return _priced(fixed(quantity, currency), currency)


def money_with_code(quantity: Decimal, currency: str) -> str:
    """``€3,219.96 EUR``: where it matters, or where currencies mix. ``KWD 1.000`` says it already."""
    return f"{money(quantity, currency)} {code(currency)}".strip()


def code(currency: str) -> str:
    """What stands behind an amount: ``EUR``, or nothing where its code stands before it already."""
    return "" if symbol(currency) == currency else currency


def unit_price(quantity: Decimal, currency: str) -> str:
    """``€0.0120``: at least the minor unit's decimals, and all that the price has."""
    return _priced(unrounded(quantity, currency), currency)


def readable(text: str) -> str:
    """``€0.333333…`` for a fraction that does not end: its first six digits that are not zeros in front.

    What has at most the twelve decimals of a price is left as it is.
    """
    return ENDLESS.sub(r"\1…", text)


def symbol(currency: str) -> str:
    """The sign that stands before an amount, such as ``€``."""
    return formats.symbol(currency, formats.locale_of(None))


def day(value: date | datetime, zone: tzinfo) -> str:
    """``2 Sep 2026``, the day that it is in ``zone``."""
    return _day(_local_day(value, zone))


def clock_time(value: datetime, zone: tzinfo) -> str:
    """``09:10``."""
    return str(format_time(value.astimezone(zone), "HH:mm", locale=LOCALE))


def instant(value: datetime, zone: tzinfo) -> str:
    """``2 Sep 2026, 09:10``."""
    return f"{day(value, zone)}, {clock_time(value, zone)}"


def span(start: datetime, end: datetime, zone: tzinfo) -> str:
    """``1 to 31 Aug 2026`` for the half-open ``[start, end)``."""
    since = _local_day(start, zone)
    until = max(since, _local_day(end - MOMENT, zone))
    if since == until:
        return day(since, zone)
    pattern = "d" if (since.year, since.month) == (until.year, until.month) else "d MMM"
    pattern = pattern if since.year == until.year else "d MMM y"
    return f"{format_date(since, pattern, locale=LOCALE)} to {day(until, zone)}"


def first(start: datetime, zone: tzinfo) -> str:
    """The day that something begins on; with its time where that is within the day."""
    return day(start, zone) if _is_midnight(start, zone) else instant(start, zone)


def last(end: datetime, zone: tzinfo) -> str:
    """The last day included, where ``end`` is not; with its time where that is within the day."""
    return day(end - MOMENT, zone) if _is_midnight(end, zone) else instant(end, zone)


def ago(value: datetime, at: datetime, zone: tzinfo) -> str:
    """``12 min ago`` under a day, the instant otherwise."""
    seconds = int((at - value).total_seconds())
    if not 0 <= seconds < 86_400:
        return instant(value, zone)
    if seconds < 60:
        return "just now"
    return f"{seconds // 60} min ago" if seconds < 3600 else f"{seconds // 3600} h ago"


def duration(value: timedelta) -> str:
    """``2 days``, ``13 h`` or ``5 min``: the largest whole unit."""
    seconds = int(value.total_seconds())
    for size, unit in ((86_400, "day"), (3600, "h"), (60, "min")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if unit == 'day' and count != 1 else ''}"
    return f"{max(seconds, 0)} s"


def length(value: timedelta) -> str:
    """``1 day 2 h 30 min``: all of it, to the second."""
    left, said = max(int(value.total_seconds()), 0), []
    for size, unit in ((86_400, "day"), (3600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        if count:
            said.append(f"{count} {unit}{'s' if unit == 'day' and count != 1 else ''}")
    return " ".join(said) or "0 h"


def _is_midnight(value: datetime, zone: tzinfo) -> bool:
    return value.astimezone(zone).time() == time.min


@lru_cache(1024)
def _day(value: date) -> str:
    return str(format_date(value, "d MMM y", locale=LOCALE))


def _local_day(value: date | datetime, zone: tzinfo) -> date:
    return value.astimezone(zone).date() if isinstance(value, datetime) else value


def _grouped(text: str) -> str:
    sign, digits = (MINUS, text[1:]) if text.startswith("-") else ("", text)
    whole, _, decimals = digits.partition(".")
    return f"{sign}{int(whole):,}" + (f".{decimals}" if decimals else "")


def _priced(text: str, currency: str) -> str:
    sign, digits = (MINUS, text[1:]) if text.startswith("-") else ("", text)
    return f"{sign}{formats.mark(currency, formats.locale_of(None))}{_grouped(digits)}"
