"""Numbers as people type them: ``1,000``, ``1 000``, ``10k``, ``1.5m``; exact, or a message in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from desk.components import format
from kit.errors import InvalidField
from kit.money import parse_decimal

SCALES = {"": 0, "k": 3, "m": 6}
SHAPE = re.compile(r"(-?[0-9.]+)([km]?)", re.IGNORECASE)
PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")
SPACES = re.compile("[\\s,_'\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]")


def number(text: str, *, name: str) -> Decimal:
    """The number in ``text``; InvalidField says, with ``name``, what it must be."""
    found = SHAPE.fullmatch(SPACES.sub("", text))
    if found is None:
        raise InvalidField(f"{name} must be a number, such as 0.012", field="number")
    digits, scale = found.groups()
    try:
        value = parse_decimal(digits, field="number")
    except InvalidField as error:
        if "decimals" in error.message:
            raise InvalidField(f"{name} can have up to 12 decimals", field="number") from error
        raise InvalidField(f"{name} must be a number, such as 0.012", field="number") from error
    if value < 0:
        raise InvalidField(f"{name} must be a number of 0 or more", field="number")
    return value.scaleb(SCALES[scale.lower()])


def written(text: str) -> str:
    """The number as it was written, decimals included, in plain digits: what a price keeps."""
    found = SHAPE.fullmatch(SPACES.sub("", text))
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
