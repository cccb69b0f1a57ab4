"""Numbers as people write them, however they group: ``1,000``, ``1.000,50``, ``0,012``, ``1 000``, ``10k``.

One rule for every field: a comma groups where it stands before three digits and the number does not begin
with zero (``1,000``); anywhere else it is the decimal sign (``0,012``, ``12,5``). A point is the decimal sign
unless a decimal comma follows it, or it stands twice (``1.000,5``, ``1.000.000``). inputs.js reads alike.
"""

from __future__ import annotations

import re
from decimal import Decimal

from kit.money import parse_decimal

SCALES = {"": 0, "k": 3, "m": 6}
SHAPE = re.compile(r"(-?[0-9.]+)([km]?)", re.IGNORECASE)
SPACES = re.compile("[\\s'\N{RIGHT SINGLE QUOTATION MARK}\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]")
BY_COMMA = re.compile(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d*)?[km]?", re.IGNORECASE | re.ASCII)
BY_POINT = re.compile(r"-?[1-9]\d{0,2}((\.\d{3})+,\d+|(\.\d{3}){2,})[km]?", re.IGNORECASE | re.ASCII)
DECIMAL_COMMA = re.compile(r"-?\d*,\d+[km]?", re.IGNORECASE | re.ASCII)


def plain(text: str) -> str:
    """``text`` in digits with a decimal point; what is no number stays as it is."""
    bare = SPACES.sub("", text)
    if BY_COMMA.fullmatch(bare):
        return bare.replace(",", "")
    if BY_POINT.fullmatch(bare):
        return bare.replace(".", "").replace(",", ".")
    return bare.replace(",", ".") if DECIMAL_COMMA.fullmatch(bare) else bare


def is_comma_decimal(text: str) -> bool:
    """Whether the comma of this number can only be its decimal sign."""
    bare = SPACES.sub("", text)
    return bool(DECIMAL_COMMA.fullmatch(bare)) and not BY_COMMA.fullmatch(bare)


def exact(text: str, *, field: str) -> Decimal:
    """The number in ``text``; InvalidField as ``parse_decimal`` raises it."""
    found = SHAPE.fullmatch(plain(text))
    if found is None:
        return parse_decimal(text, field=field)
    digits, scale = found.groups()
    return parse_decimal(digits, field=field).scaleb(SCALES[scale.lower()])
