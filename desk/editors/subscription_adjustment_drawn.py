"""A discount or a markup as the subscription editor draws it: its fields, and what they say as a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.forms.boundfield import BoundField

from desk.components import format
from desk.editors import coupon_words
from desk.editors.subscription_adjustment import AMOUNT, NAMES, Row
from desk.editors.subscription_adjustment_kinds import DISCOUNT, Kind
from desk.editors.subscription_terms_told import more
from kit.money import plain

FOLDED = NAMES[4:]  # when, and on which condition


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row as it is drawn. What is ``folded`` opens where one of it is wrong."""

    kind: Kind
    index: int
    by_name: Mapping[str, BoundField]
    what: str
    when: str

    @property
    def number(self) -> int:
        return self.index + 1

    @property
    def key(self) -> str:
        """``discount-0``, as its elements are called."""
        return f"{self.kind.column}-{self.index}"

    @property
    def target(self) -> BoundField:
        """What it is of: its choices follow the plans of the phases."""
        return self.by_name["on"]

    @property
    def target_label(self) -> str:
        """``Off``."""
        return str(self.kind.fields["on"].label).capitalize()

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
            label = str(self.kind.fields[name].label or field.label)
            yield name, (label[:1].upper() + label[1:], field)


def what(kind: Kind, row: Row, of: str, currency: str) -> str:
    """``10% off Platform fee``, ``5% more on Minutes``; nothing while there is no number."""
    if row["value"] is None:
        return ""
    body: dict[str, Any] = {"type": "PERCENTAGE", "percentage": plain(row["value"])}
    if row["unit"] == AMOUNT:
        body = {"type": "AMOUNT", "amount": _money(row["value"], currency)}
    if kind is not DISCOUNT:
        return " on ".join(filter(None, (more(body), of)))
    return f"{coupon_words.discount(body)} {of[:1].lower() + of[1:] if not row['on'] else of}"


def when(kind: Kind, row: Row, currency: str, zone: ZoneInfo) -> str:
    """``in phase 2, from 1 Dec 2026 to 28 Feb 2027, if the charges are at least €500.00``."""
    if row["value"] is None:
        return "Enter how much it is, or remove it"
    said = [f"in phase {row['phase']}" if row.get("phase") else "", _days(row, zone)]
    if row.get("if") and row["bound"] is not None:
        amount = {"amount": _money(row["bound"], currency)}
        said.append(coupon_words.condition({"condition": {"comparator": row["if"], "value": amount}}))
    always = "in every period, whatever the charges are" if "if" in kind.fields else "in every period"
    return ", ".join(filter(None, said)) or always


def _days(row: Row, zone: ZoneInfo) -> str:
    ends = (("from", row["from"]), ("to", row["until"]))
    return " ".join(f"{word} {format.day(day, zone)}" for word, day in ends if day)


def _money(quantity: Decimal, currency: str) -> dict[str, Any]:
    return {"quantity": plain(quantity), "currency": currency}
