"""Public identifiers: a prefix, an underscore and 20 base-62 characters, ordered by time.

Inside the database rows are found by bigint; outside only these are shown. 20 base-62
characters hold 119 bits: 48 bits of milliseconds since 1970, then 71 bits that are random
(``new``) or a number of ours (``encode``, which needs no column because it can be decoded).
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from functools import lru_cache

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
TAIL_BITS = 71
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_SQUARE = 62**2
_HALF = 62**10
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_SHAPE = re.compile(r"[a-z]{3,5}_[0-9A-Za-z]{20}")


def new(prefix: str, *, at: datetime) -> str:
    """A fresh public id made at ``at`` (UTC); collisions need 2^35 ids in one millisecond."""
    return encode(prefix, at=at, number=secrets.randbits(TAIL_BITS))


def encode(prefix: str, *, at: datetime, number: int) -> str:
    """The public id of row ``number`` (0 <= number < 2^71) stamped ``at``."""
    high, low = divmod((milliseconds(at) << TAIL_BITS) | number, _HALF)
    return f"{prefix}_{_ten_digits(high)}{_digits(low)}"


def _digits(value: int) -> str:
    """Ten digits, taken two at a time."""
    value, fifth = divmod(value, _SQUARE)
    value, fourth = divmod(value, _SQUARE)
    value, third = divmod(value, _SQUARE)
    first, second = divmod(value, _SQUARE)
    return _PAIRS[first] + _PAIRS[second] + _PAIRS[third] + _PAIRS[fourth] + _PAIRS[fifth]


# The upper half stays the same for minutes, so a batch of events computes it once.
_ten_digits = lru_cache(maxsize=1024)(_digits)


def decode(public_id: str, *, prefix: str) -> tuple[int, int] | None:
    """(milliseconds since 1970, number) of an encoded id, or None when it is not one of ours."""
    if not looks_like(public_id, prefix=prefix):
        return None
    value = 0
    for character in public_id[len(prefix) + 1 :]:
        value = value * 62 + _VALUE[character]
    return value >> TAIL_BITS, value & ((1 << TAIL_BITS) - 1)


def looks_like(text: str, *, prefix: str) -> bool:
    """Whether ``text`` has the shape of a public id with this prefix."""
    return text.startswith(f"{prefix}_") and _SHAPE.fullmatch(text) is not None


def milliseconds(at: datetime) -> int:
    """Whole milliseconds since 1970 of an aware instant, computed without floating point."""
    delta = at - datetime(1970, 1, 1, tzinfo=UTC)
    return delta.days * 86_400_000 + delta.seconds * 1_000 + delta.microseconds // 1_000
