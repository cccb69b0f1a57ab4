"""A discount as the subscription editor draws it: its fields, and what they say as a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.forms.boundfield import BoundField

from desk.components import format
from desk.editors import coupon_words
from desk.editors.subscription_discount import AMOUNT, NAMES, Row
from desk.editors.subscription_discount_fields import FIELDS
from kit.money import plain

FOLDED = NAMES[4:]  # when, and on which condition


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row as it is drawn. What is ``folded`` opens where one of it is wrong."""

    index: int
    by_name: Mapping[str, BoundField]
    what: str
    when: str

    @property
    def number(self) -> int:
        return self.index + 1

    @property
    def target(self) -> BoundField:
        """What it is off: its choices follow the plans of the phases."""
        return self.by_name["on"]

    @property
    def fields(self) -> list[tuple[str, BoundField]]:
        """(label, field) of those that are always there; the row's own name stands above them."""
        return [pair for name, pair in self._labeled() if name not in FOLDED]

    @property
    def folded(self) -> list[tuple[str, BoundField]]:
        """The same of its days and its condition."""
        return [pair for name, pair in self._labeled() if name in FOLDED]

    @property
    def is_open(self) -> bool:
        return any(field.errors for _, field in self.folded)

    def _labeled(self) -> Iterator[tuple[str, tuple[str, BoundField]]]:
        for name, field in self.by_name.items():
            label = str(FIELDS[name].label or field.label)
            yield name, (label[:1].upper() + label[1:], field)


def what(row: Row, off: str, currency: str) -> str:
    """``10% off Platform fee``; nothing while there is no number."""
    if row["value"] is None:
        return ""
    body: dict[str, Any] = {"type": "PERCENTAGE", "percentage": plain(row["value"])}
    if row["unit"] == AMOUNT:
        body = {"type": "AMOUNT", "amount": _money(row["value"], currency)}
    return f"{coupon_words.discount(body)} {off[:1].lower() + off[1:] if not row['on'] else off}"


def when(row: Row, currency: str, zone: ZoneInfo) -> str:
    """``in phase 2, from 1 Dec 2026 to 28 Feb 2027, if the charges are at least €500.00``."""
    if row["value"] is None:
        return "Enter how much it is, or remove it"
    said = [f"in phase {row['phase']}" if row.get("phase") else "", _days(row, zone)]
    if row["if"] and row["bound"] is not None:
        amount = {"amount": _money(row["bound"], currency)}
        said.append(coupon_words.condition({"condition": {"comparator": row["if"], "value": amount}}))
    return ", ".join(filter(None, said)) or "in every period, whatever the charges are"


def _days(row: Row, zone: ZoneInfo) -> str:
    ends = (("from", row["from"]), ("to", row["until"]))
    return " ".join(f"{word} {format.day(day, zone)}" for word, day in ends if day)


def _money(quantity: Decimal, currency: str) -> dict[str, Any]:
    return {"quantity": plain(quantity), "currency": currency}
