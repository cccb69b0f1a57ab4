"""What an invoice number looks like; the sequence itself is counted where the invoice is stored."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kit.errors import InvalidField


class PrefixPart(StrEnum):
    """A part of the prefix taken from the invoice date."""

    YEAR = "YEAR"
    MONTH = "MONTH"


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """`INV-2026-00042`: prefix, date parts and padded sequence, joined by the separator.

    With `reset_month` (1 to 12) the sequence starts again in that month each year; the YEAR part,
    then the year in which that numbering year began, is needed to keep numbers unique. Raises
    InvalidField when the parts do not fit together.
    """

    prefix: str = "INV"
    parts: tuple[PrefixPart, ...] = ()
    separator: str = "-"
    minimum_digits: int = 5
    first_number: int = 1
    increment: int = 1
    reset_month: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.minimum_digits <= 20:
            raise InvalidField("a number has 1 to 20 digits", field="minimum_digits")
        if self.first_number < 0 or self.increment < 1:
            raise InvalidField("numbers start at 0 or above and go up", field="increment")
        if len(set(self.parts)) != len(self.parts):
            raise InvalidField("each part of the date stands in a number once", field="parts")
        if self.reset_month is None:
            return
        if not 1 <= self.reset_month <= 12:
            raise InvalidField("a month is a number from 1 to 12", field="reset_month")
        if PrefixPart.YEAR not in self.parts:
            raise InvalidField("numbers that restart each year contain the YEAR", field="parts")


def sequence_key(format: NumberFormat, on: date) -> str:
    """Which sequence an invoice of this local date counts in: the numbering year, or one for ever."""
    return "" if format.reset_month is None else f"{_numbering_year(format, on):04d}"


def nth_number(format: NumberFormat, count: int) -> int:
    """The number of the invoice issued after `count` others of the same sequence."""
    return format.first_number + format.increment * count


def render(format: NumberFormat, number: int, *, on: date) -> str:
    """The invoice number as printed; `on` is the local date of the invoice."""
    values = {
        PrefixPart.YEAR: f"{_numbering_year(format, on):04d}",
        PrefixPart.MONTH: f"{on.month:02d}",
    }
    pieces = [format.prefix, *(values[part] for part in format.parts), f"{number:0{format.minimum_digits}d}"]
    return format.separator.join(piece for piece in pieces if piece)


def repeated(format: NumberFormat, given: Iterable[str], taken: Mapping[str, int]) -> str | None:
    """A number among `given` that `format` would give once more, or None.

    `taken` says how many numbers of each sequence (by `sequence_key`) are given; the next ones of `format`
    go on from there.
    """
    shape = _shape(format)
    for number in given:
        found = shape.fullmatch(number)
        if found is None:
            continue
        key = found["year"] if format.reset_month is not None else ""
        value, following = int(found["count"]), nth_number(format, taken.get(key, 0))
        is_ahead = value >= following and (value - following) % format.increment == 0
        if is_ahead and found["count"] == f"{value:0{format.minimum_digits}d}":
            return number
    return None


def _shape(format: NumberFormat) -> re.Pattern[str]:
    """What every number of `format` looks like, of any date and count."""
    values = {PrefixPart.YEAR: r"(?P<year>\d{4})", PrefixPart.MONTH: r"\d{2}"}
    pieces = [re.escape(format.prefix), *(values[part] for part in format.parts), r"(?P<count>\d+)"]
    return re.compile(re.escape(format.separator).join(piece for piece in pieces if piece), re.ASCII)


def _numbering_year(format: NumberFormat, on: date) -> int:
    begins_later = format.reset_month is not None and on.month < format.reset_month
    return on.year - 1 if begins_later else on.year
