"""Numbers of a price as people type them (``desk.forms.numbers``); exact, or a message in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from desk.components import format
from desk.forms import numbers
from kit.errors import InvalidField

PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")


def number(text: str, *, name: str) -> Decimal:
    """The number in ``text``; InvalidField says, with ``name``, what it must be."""
    try:
        value = numbers.exact(text, field="number")
    except InvalidField as error:
        if "decimals" in error.message:
            raise InvalidField(f"{name} can have up to 12 decimals", field="number") from error
        raise InvalidField(f"{name} must be a number, such as 0.012", field="number") from error
    if value < 0:
        raise InvalidField(f"{name} must be a number of 0 or more", field="number")
    return value


def written(text: str) -> str:
    """The number as it was written, decimals included, in plain digits: what a price keeps."""
    found = numbers.SHAPE.fullmatch(numbers.plain(text))
    if found is None or found.group(2):
        return str(number(text, name="It").__format__("f"))
    digits = found.group(1).lstrip("0") or "0"
    return f"0{digits}" if digits.startswith(".") else digits


def grouped(value: Decimal) -> str:
    """``10,000``."""
    return format.number(value)


def aligned(texts: Sequence[str]) -> list[str]:
    """The prices of a column with as many decimals as the longest has, so that they line up."""
    places = max((len(text.partition(".")[2]) for text in texts if PLAIN.fullmatch(text)), default=0)
    return [_padded(text, places) if PLAIN.fullmatch(text) else text for text in texts]


def _padded(text: str, places: int) -> str:
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.ljust(places, '0')}" if places else text
