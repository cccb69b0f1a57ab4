"""The discounts of a subscription, as its editor asks for them: a list, each of every phase or of one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from billing.selectors.item_terms import ItemTerms
from desk.editors import subscription_discount as discount
from desk.editors import subscription_discount_drawn as drawing
from desk.editors import subscription_targets as targets
from desk.editors.subscription_alike import alike
from desk.editors.subscription_discount import EVERY, NAMES, Span
from desk.editors.subscription_discount_fields import FIELDS, field_name, problems
from desk.editors.subscription_discount_rows import in_turn
from desk.editors.subscription_discount_sent import count_of
from desk.forms.base import DeskForm, dress

MOST_DISCOUNTS = 50


class DiscountsForm(DeskForm):
    """Rows ``discounts_<n>_value`` and so on, of which ``discounts`` counts how many there are."""

    checked: Sequence[Span] = ()
    discounts = forms.CharField(label="Discounts", required=False, widget=forms.HiddenInput)

    @property
    def zone(self) -> ZoneInfo:
        """Whose midnight begins the days."""
        return ZoneInfo("UTC")

    def ask_discounts(self, phases: int) -> None:
        """Ask for as many as were sent or are stored, of which each is of one of so many phases."""
        for index in range(self.discounts_count):
            for name, asked in FIELDS.items():
                field, key = deepcopy(asked), field_name(index, name)
                if name == "phase" and phases < 2 and self._sent(key) in ("", "1"):
                    continue
                words = f"Discount {index + 1}"
                field.label = words if name == "value" else f"{words}: {asked.label}"
                if name == "phase":
                    every = [(EVERY, "Every phase")]
                    single = [(str(number), f"Phase {number}") for number in range(1, phases + 1)]
                    field.choices = [*every, *single]  # type: ignore[attr-defined]
                dress(field, key)
                self.fields[key] = field
        if "add_discount" in self.data and self.discounts_count:
            last = self.fields[field_name(self.discounts_count - 1, "value")]
            last.widget.attrs |= {"data-focus": "", "autofocus": True}

    def _sent(self, key: str) -> str:
        return str((self.data if self.is_bound else self.initial).get(key) or "")

    def offer_targets(self, items: Sequence[ItemTerms]) -> None:
        """Let each be off one of these; what a stored one is off stays until it is chosen anew."""
        choices, names = targets.discounted(items), targets.names_of(items)
        for span in self.stored_spans:
            names = targets.both(names, span.names)
        for index in range(self.discounts_count):
            name = field_name(index, "on")
            field, chosen = self.fields[name], str(self[name].value() or "")
            field.choices = targets.with_chosen(choices, chosen, names)  # type: ignore[attr-defined]

    @property
    def discounts_count(self) -> int:
        """How many rows there are."""
        if "discount" in (self.initial.get("kept") or ()):
            return 0
        stored = count_of(self.initial)
        return min(count_of(self.data), max(MOST_DISCOUNTS, stored)) if self.is_bound else stored

    @property
    def can_add_discount(self) -> bool:
        return self.discounts_count < MOST_DISCOUNTS

    @property
    def drawn_discounts(self) -> list[drawing.Drawn]:
        """The rows as they are drawn."""
        return [self._drawn(index) for index in range(self.discounts_count)]

    def _drawn(self, index: int) -> drawing.Drawn:
        keys = {name: field_name(index, name) for name in NAMES}
        asked = {name: self[key] for name, key in keys.items() if key in self.fields}
        row = {name: self._said_in(key) for name, key in keys.items()}
        choices: Any = self.fields[keys["on"]].choices  # type: ignore[attr-defined]
        off = targets.label_of(choices, row["on"] or "")
        currency = str(self["currency"].value() or "")
        what, when = drawing.what(row, off, currency), drawing.when(row, currency, self.zone)
        return drawing.Drawn(index, asked, what, when)

    def _said_in(self, key: str) -> Any:
        """What a field says, typed or stored; None for nothing, or what it does not take."""
        if key not in self.fields:
            return None
        try:
            return self.fields[key].clean(self[key].value())
        except ValidationError:
            return None

    @property
    def discounts_said(self) -> list[int]:
        """The rows that have a number, valid or not."""
        names = (field_name(index, "value") for index in range(self.discounts_count))
        return [index for index, name in enumerate(names) if str(self[name].value() or "").strip()]

    @property
    def blank_discounts(self) -> frozenset[str]:
        """The fields of the others, which say nothing."""
        blank = {*range(self.discounts_count)} - {*self.discounts_said}
        return frozenset(field_name(index, name) for index in blank for name in NAMES)

    @property
    def names_once_stored(self) -> dict[str, str]:
        """field -> what the same one of its row is called once the rows were stored."""
        rows = [
            {"index": index, **{name: self[field_name(index, name)].value() for name in ("value", "on")}}
            for index in range(self.discounts_count)
        ]
        return {
            field_name(row["index"], name): field_name(place, name)
            for place, row in enumerate(in_turn(rows))
            for name in NAMES
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for index, row in enumerate(self.discount_rows(values)):
            if not self.is_stored(row):
                for name, message in problems(row):
                    self.add_error(field_name(index, name), f"Discount {index + 1} {message}")
        return values

    def is_stored(self, row: discount.Row) -> bool:
        """Whether a phase has it so already; what the API took is not refused here."""
        return row["value"] is not None and any(discount.stored_as(row, span) for span in self.stored_spans)

    def check_places(self, spans: Sequence[Span]) -> None:
        """Refuse one that none of its phases has: outside of their days, or off what they do not sell."""
        self.checked = spans
        for index, row in enumerate(self.discount_rows(self.cleaned_data)):
            own = [span for span in spans if discount.is_of(row, span.number)]
            if not own or any(discount.entry(row, span) or self.are_as_stored(span) for span in own):
                continue
            sold = any(targets.is_sold(row["on"] or "", span.names) for span in own)
            name, words = ("until" if row["until"] else "from", "has no day in its phase")
            if not sold:
                name, words = "on", "is off what its phase does not sell"
            self.add_error(field_name(index, name), f"Discount {index + 1} {words}")

    def discount_span(
        self,
        number: int,
        items: Iterable[ItemTerms],
        start: datetime,
        end: datetime | None,
        zone: ZoneInfo,
    ) -> Span:
        """Phase ``number`` of these items, with what is stored of it where days still begin when they did."""
        stored = next((s.stored for s in self.stored_spans if (s.number, s.zone) == (number, zone)), None)
        currency = str(self["currency"].value() or "")
        return Span(number, start, end, targets.names_of(items), zone, currency, stored)

    @property
    def stored_spans(self) -> Sequence[Span]:
        """The phases as they are stored."""
        return self.initial.get("discount_spans") or ()

    def discount_of(self, span: Span) -> Any:
        """What a phase keeps of the rows of a valid form; what is stored where that is the same."""
        if self.are_as_stored(span):
            return span.stored
        return discount.said(self.discount_rows(self.cleaned_data), span)

    def are_as_stored(self, span: Span) -> bool:
        """Whether the rows say what is stored, also of a version that the phase had: that is carried over."""
        had = next((each.names for each in self.stored_spans if each.number == span.number), {})
        whole = replace(span, names=targets.both(span.names, had))
        would = discount.said(self.discount_rows(self.cleaned_data), whole)
        return bool(span.stored) and alike(would or {}) == alike(span.stored)

    def discount_rows(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The values of every row."""
        return [
            {name: values.get(field_name(index, name)) for name in NAMES}
            for index in range(self.discounts_count)
        ]

    def field_of(self, path: str) -> str | None:
        """Also for ``phases.<n>.discount.<level>.<m>``: the row of the m-th of that level of the phase."""
        found = re.match(r"phases\.(\d+)\.discount\.(\w+)\.(\d+)", path)
        if found is None:
            return super().field_of(path)
        span, level, place = self.checked[int(found[1])], found[2], int(found[3])
        rows = enumerate(self.discount_rows(self.cleaned_data))
        own = [
            index
            for index, row in rows
            if discount.is_of(row, span.number) and level in (discount.entry(row, span) or ())
        ]
        return field_name(own[place], "value") if place < len(own) else None
