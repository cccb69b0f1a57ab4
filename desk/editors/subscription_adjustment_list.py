"""The list of the discounts, or of the markups, in the form of a subscription."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from billing.selectors.item_terms import ItemTerms
from desk.editors import subscription_adjustment as adjustment
from desk.editors import subscription_adjustment_drawn as drawing
from desk.editors import subscription_targets as targets
from desk.editors.subscription_adjustment import EVERY, Span
from desk.editors.subscription_adjustment_kinds import Kind
from desk.editors.subscription_adjustment_rows import in_turn
from desk.editors.subscription_adjustment_sent import count_of
from desk.editors.subscription_alike import alike
from desk.forms.base import dress

if TYPE_CHECKING:
    from desk.editors.subscription_adjustments import AdjustedForm

MOST = 50


class Adjustments:
    """Those of one kind, in the order in which they apply."""

    checked: Sequence[Span] = ()

    def __init__(self, form: AdjustedForm, kind: Kind) -> None:
        self.form, self.kind = form, kind

    def ask(self, phases: int) -> None:
        """Ask for as many as were sent or are stored, of which each is of one of so many phases."""
        for index in range(self.count):
            for name, asked in self.kind.fields.items():
                field, key = deepcopy(asked), self.kind.field(index, name)
                if name == "phase" and phases < 2 and self._sent(key) in ("", "1"):
                    continue
                words = self._name(index)
                field.label = words if name == "value" else f"{words}: {asked.label}"
                if name == "phase":
                    every = [(EVERY, "Every phase")]
                    single = [(str(number), f"Phase {number}") for number in range(1, phases + 1)]
                    field.choices = [*every, *single]  # type: ignore[attr-defined]
                dress(field, key)
                self.form.fields[key] = field
        if f"add_{self.kind.column}" in self.form.data and self.count:
            last = self.form.fields[self.kind.field(self.count - 1, "value")]
            last.widget.attrs |= {"data-focus": "", "autofocus": True}

    def _name(self, index: int) -> str:
        return f"{self.kind.word} {index + 1}"

    def _sent(self, key: str) -> str:
        form = self.form
        return str((form.data if form.is_bound else form.initial).get(key) or "")

    def offer_targets(self, items: Sequence[ItemTerms]) -> None:
        """Let each be of one of these; what a stored one is of stays until it is chosen anew."""
        choices, names = self.kind.targets(items), targets.names_of(items)
        for span in self.stored_spans:
            names = targets.both(names, span.names)
        for index in range(self.count):
            name = self.kind.field(index, "on")
            field, chosen = self.form.fields[name], str(self.form[name].value() or "")
            field.choices = targets.with_chosen(choices, chosen, names)  # type: ignore[attr-defined]

    @property
    def is_kept(self) -> bool:
        """Whether the fields cannot say what is stored, so that it stays."""
        return self.kind.column in (self.form.initial.get("kept") or ())

    @property
    def count(self) -> int:
        """How many rows there are."""
        if self.is_kept:
            return 0
        form, stored = self.form, count_of(self.kind, self.form.initial)
        return min(count_of(self.kind, form.data), max(MOST, stored)) if form.is_bound else stored

    @property
    def counter(self) -> BoundField:
        """The field that counts them."""
        return self.form[self.kind.rows]

    @property
    def can_add(self) -> bool:
        return self.count < MOST

    @property
    def drawn(self) -> list[drawing.Drawn]:
        """The rows as they are drawn."""
        return [self._drawn(index) for index in range(self.count)]

    def _drawn(self, index: int) -> drawing.Drawn:
        keys = {name: self.kind.field(index, name) for name in self.kind.fields}
        asked = {name: self.form[key] for name, key in keys.items() if key in self.form.fields}
        row = {name: self._said_in(key) for name, key in keys.items()}
        choices: Any = self.form.fields[keys["on"]].choices  # type: ignore[attr-defined]
        of = targets.label_of(choices, row["on"] or "")
        currency = self._currency(int(row.get("phase") or 1) - 1)
        what = drawing.what(self.kind, row, of, currency)
        return drawing.Drawn(self.kind, index, asked, what, drawing.when(self.kind, row, currency, self.zone))

    @property
    def zone(self) -> ZoneInfo:
        """Whose midnight begins the days."""
        return self.form.zone

    def _said_in(self, key: str) -> Any:
        """What a field says, typed or stored; None for nothing, or what it does not take."""
        if key not in self.form.fields:
            return None
        try:
            return self.form.fields[key].clean(self.form[key].value())
        except ValidationError:
            return None

    @property
    def said(self) -> list[int]:
        """The rows that have a number, valid or not."""
        names = (self.kind.field(index, "value") for index in range(self.count))
        return [index for index, name in enumerate(names) if str(self.form[name].value() or "").strip()]

    @property
    def blank(self) -> frozenset[str]:
        """The fields of the others, which say nothing."""
        blank = {*range(self.count)} - {*self.said}
        return frozenset(self.kind.field(index, name) for index in blank for name in self.kind.fields)

    @property
    def names_once_stored(self) -> dict[str, str]:
        """field -> what the same one of its row is called once the rows were stored."""
        field, form = self.kind.field, self.form
        rows = [
            {"index": index, **{name: form[field(index, name)].value() for name in ("value", "on")}}
            for index in range(self.count)
        ]
        return {
            field(row["index"], name): field(place, name)
            for place, row in enumerate(in_turn(rows))
            for name in self.kind.fields
        }

    def check(self, values: Mapping[str, Any]) -> None:
        """Refuse what is wrong with a row; what the API took is not refused here."""
        for index, row in enumerate(self.rows(values)):
            if not self._is_stored(row):
                for name, message in self.kind.problems(row):
                    self.form.add_error(self.kind.field(index, name), f"{self._name(index)} {message}")

    def _is_stored(self, row: adjustment.Row) -> bool:
        spans = self.stored_spans
        return row["value"] is not None and any(adjustment.stored_as(row, span) for span in spans)

    def check_places(self, spans: Sequence[Span]) -> None:
        """Refuse one that none of its phases has: outside of their days, or of what they do not sell."""
        self.checked = spans
        for index, row in enumerate(self.rows(self.form.cleaned_data)):
            own = [span for span in spans if adjustment.is_of(row, span.number)]
            if not own or any(adjustment.entry(row, span) or self.are_as_stored(span) for span in own):
                continue
            sold = any(targets.is_sold(row["on"] or "", span.names) for span in own)
            name, words = ("until" if row["until"] else "from", "has no day in its phase")
            if not sold:
                name, words = "on", f"is {self.kind.fields['on'].label} what its phase does not sell"
            self.form.add_error(self.kind.field(index, name), f"{self._name(index)} {words}")

    def span(
        self, number: int, items: Iterable[ItemTerms], start: datetime, end: datetime | None, zone: ZoneInfo
    ) -> Span:
        """Phase ``number`` of these items, with what is stored of it where days still begin when they did."""
        stored = next((s.stored for s in self.stored_spans if (s.number, s.zone) == (number, zone)), None)
        return Span(number, start, end, targets.names_of(items), zone, self._currency(number), stored)

    def _currency(self, number: int) -> str:
        """That of the form; of a phase that is stored in another one than the subscription, that one."""
        own = next((span.currency for span in self.stored_spans if span.number == number), None)
        if own and own != self.form.initial.get("currency"):
            return own
        return str(self.form["currency"].value() or "")

    @property
    def stored_spans(self) -> Sequence[Span]:
        """The phases as they are stored."""
        return self.form.initial.get(f"{self.kind.column}_spans") or ()

    def said_of(self, span: Span) -> Any:
        """What a phase keeps of the rows of a valid form; what is stored where that is the same."""
        if self.are_as_stored(span):
            return span.stored
        return adjustment.said(self.rows(self.form.cleaned_data), span)

    def are_as_stored(self, span: Span) -> bool:
        """Whether the rows say what is stored, also of a version that the phase had: that is carried over."""
        had = next((each.names for each in self.stored_spans if each.number == span.number), {})
        whole = replace(span, names=targets.both(span.names, had))
        would = adjustment.said(self.rows(self.form.cleaned_data), whole)
        return bool(span.stored) and alike(would or {}) == alike(span.stored)

    def rows(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The values of every row."""
        return [
            {name: values.get(self.kind.field(index, name)) for name in self.kind.fields}
            for index in range(self.count)
        ]

    def field_of(self, phase: int, level: str, place: int) -> str | None:
        """The field of the row that is so many-th of its level in the phase."""
        span = self.checked[phase]
        own = [
            index
            for index, row in enumerate(self.rows(self.form.cleaned_data))
            if adjustment.is_of(row, span.number) and level in (adjustment.entry(row, span) or ())
        ]
        return self.kind.field(own[place], "value") if place < len(own) else None
