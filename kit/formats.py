"""Numbers, money and days as people of a locale write them (CLDR, by Babel).

The decimals of an amount are ISO 4217's (``kit.money.minor_units``), not CLDR's, which prints some
currencies without the decimals they have.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, localcontext
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval
from babel.numbers import NumberPattern, get_currency_symbol, parse_pattern

from kit.money import EXACT, MAX_DECIMALS, minor_units, round_half_up

DEFAULT_LOCALE = "en-GB"
OURS = Locale("en")
NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
DASH = re.compile(r"\s*\N{EN DASH}\s*")
SEPT = re.compile(r"\bSept\b")


@lru_cache(maxsize=256)
def locale_of(name: str | None) -> Locale:
    """The locale of a tag such as ``nl-NL``; of an unknown or absent one, British English."""
    try:
        return Locale.parse(name or DEFAULT_LOCALE, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(DEFAULT_LOCALE, sep="-")


def money(quantity: Decimal, currency: str, locale: Locale) -> str:
    """A rounded amount with its symbol and all decimals of its currency: ``€ 1.234,50``."""
    digits = minor_units(currency)
    return _currency(round_half_up(quantity, currency), currency, locale, digits, digits)


def symbol(currency: str, locale: Locale) -> str:
    """The sign of a currency: ``€``. In the default locale ``¥`` and ``$``, not ``JP¥`` and ``US$``."""
    return str(get_currency_symbol(currency, OURS if locale == locale_of(None) else locale))


def mark(currency: str, locale: Locale) -> str:
    """What stands before an amount: the sign, in English apart from the digits where it is letters."""
    sign = symbol(currency, locale)
    return sign + NO_BREAK if locale.language == "en" and sign[-1:].isalpha() else sign


def price(quantity: Decimal, currency: str, locale: Locale) -> str:
    """An unrounded price with as many decimals as it has, at least those of its currency: ``€ 0,0125``."""
    return _currency(quantity, currency, locale, minor_units(currency), MAX_DECIMALS)


def number(quantity: Decimal, locale: Locale) -> str:
    """A quantity with every decimal it has, at most twelve: ``1,234.5``."""
    pattern = parse_pattern(locale.decimal_formats[None].pattern)
    pattern.frac_prec = (0, MAX_DECIMALS)
    return _applied(pattern, quantity, locale)


def percent(percentage: Decimal, locale: Locale) -> str:
    """A percentage given as percent: ``21%``."""
    pattern = parse_pattern(locale.percent_formats[None].pattern)
    pattern.frac_prec = (0, MAX_DECIMALS)
    return _applied(pattern, EXACT.divide(percentage, Decimal(100)), locale)


def day(instant: datetime, zone: ZoneInfo, locale: Locale) -> str:
    """The local day of an instant: ``1 April 2026``."""
    return written_day(instant.astimezone(zone).date(), locale)


def written_day(when: date, locale: Locale) -> str:
    """A calendar day: ``1 April 2026``."""
    return str(format_date(when, format="long", locale=locale))


def days(first: date, last: date, locale: Locale) -> str:
    """Calendar days from the first to the last: ``1 to 31 Mar 2026`` in English, as Desk says it."""
    said = str(format_interval(first, last, "yMMMMd", locale=locale))
    return SEPT.sub("Sep", DASH.sub(" to ", said)) if locale.language == "en" else said


def _currency(quantity: Decimal, currency: str, locale: Locale, least: int, most: int) -> str:
    pattern: NumberPattern = parse_pattern(locale.currency_formats["standard"].pattern)
    pattern.frac_prec = (least, most)
    return _applied(pattern, quantity, locale).replace("¤", mark(currency, locale))


def _applied(pattern: NumberPattern, value: Decimal, locale: Locale) -> str:
    """Babel quantizes in the current context, whose 28 digits an exact quantity may exceed.

    CLDR writes a hyphen for a minus in most locales; on paper, as on screen, it is a minus.
    """
    with localcontext(EXACT):
        return str(pattern.apply(value, locale)).replace("-", MINUS)
