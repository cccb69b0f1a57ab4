"""Reading untrusted JSON one field at a time; every fault is a kit error that names its dotted field.

Absent and null are one. Unknown fields are ignored. Nothing is expanded or recursed into on trust.
"""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from kit.errors import InvalidField, MissingField
from kit.money import parse_decimal

MAX_TEXT = 1024
MAX_INTEGER = 2**31 - 1

Choice = TypeVar("Choice", bound=StrEnum)


class Fields:
    """A JSON object at ``path`` (``bands.0.amount``), "" for the outermost."""

    def __init__(self, data: object, path: str) -> None:
        if not isinstance(data, dict):
            raise InvalidField("must be an object", field=path or None)
        self._data = data
        self.path = path

    def at(self, name: str) -> str:
        """The dotted path of one of the object's fields."""
        return f"{self.path}.{name}" if self.path else name

    def raw(self, name: str) -> object:
        """The value as it came; None when absent."""
        return self._data.get(name)

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self.raw(name) is not None

    def child(self, name: str) -> Fields | None:
        """A nested object."""
        return Fields(self.raw(name), self.at(name)) if self.has(name) else None

    def children(self, name: str, *, at_most: int) -> list[Fields]:
        """A list of objects; empty when absent."""
        items = self._list(name, at_most)
        return [Fields(item, f"{self.at(name)}.{index}") for index, item in enumerate(items)]

    def texts(self, name: str, *, at_most: int) -> tuple[str, ...]:
        """A list of strings; empty when absent."""
        items = self._list(name, at_most)
        return tuple(_text(item, f"{self.at(name)}.{index}") for index, item in enumerate(items))

    def text(self, name: str) -> str | None:
        """A string without control characters."""
        return _text(self.raw(name), self.at(name)) if self.has(name) else None

    def flag(self, name: str) -> bool:
        """A boolean; false when absent."""
        value = self.raw(name)
        if value is not None and not isinstance(value, bool):
            raise InvalidField("must be true or false", field=self.at(name))
        return bool(value)

    def integer(self, name: str) -> int | None:
        """A whole number from 0 to 2147483647."""
        value = self.raw(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_INTEGER:
            raise InvalidField(f"must be a whole number from 0 to {MAX_INTEGER}", field=self.at(name))
        return value

    def choice(self, name: str, choices: type[Choice]) -> Choice | None:
        """One of the names of an enumeration."""
        value = self.text(name)
        if value is None:
            return None
        if value not in choices.__members__:
            raise InvalidField(f"must be one of {', '.join(choices.__members__)}", field=self.at(name))
        return choices[value]

    def number(self, name: str) -> Decimal | None:
        """A decimal that is not negative: finite, at most 26 digits before and 12 after the point."""
        if not self.has(name):
            return None
        value = parse_decimal(self.raw(name), field=self.at(name))
        if value < 0:
            raise InvalidField("must not be negative", field=self.at(name))
        return value

    def required_number(self, name: str) -> Decimal:
        """As ``number``, but it must be there."""
        value = self.number(name)
        if value is None:
            raise MissingField(field=self.at(name))
        return value

    def _list(self, name: str, at_most: int) -> list[object]:
        value = self.raw(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise InvalidField("must be a list", field=self.at(name))
        if len(value) > at_most:
            raise InvalidField(f"holds more than {at_most} entries", field=self.at(name))
        return value


def _text(value: object, field: str) -> str:
    if not isinstance(value, str):
        raise InvalidField("must be a string", field=field)
    if len(value) > MAX_TEXT:
        raise InvalidField(f"is longer than {MAX_TEXT} characters", field=field)
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in value):
        raise InvalidField("holds a control character", field=field)
    return value
