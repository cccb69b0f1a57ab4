"""The phases of a subscription as its editor asks for them. They touch by construction.

The first one has the plan and the start of the subscription, a trial before it where there are trial days.
Further ones are ``phases_<n>_start`` and ``phases_<n>_version``. Each may have a billing period of its own,
``phases_<n>_period``; ``phases_<n>_anew`` says that its periods are counted from its own first day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django import forms

from billing.calc.schedule import resolve
from billing.models import ScheduleType
from catalog.models import PricingPlanVersion
from desk.components import format
from desk.editors.subscription_adjustment import Span
from desk.editors.subscription_adjustment_list import Adjustments
from desk.editors.subscription_adjustments import AdjustedForm
from desk.editors.subscription_changes import ChangesForm
from desk.editors.subscription_commitment import CommitmentForm
from desk.editors.subscription_coupon import CouponedForm, words_of
from desk.editors.subscription_overrides import Changes
from desk.editors.subscription_words import json_period
from desk.forms.base import DayField, dress
from desk.services.phases import Phase

MOST_PHASES = 12
NO_TIME = datetime.min.time()
ANEW, ON = "ANEW", "ON"
KEPT = {
    "choices": "add-ons with dates",
    "volumes": "included volumes",
    "prices": "prices of its own",
    "seats": "seats",
    "discount": "discounts",
    "markup": "markups",
    "commitment": "minimum commitments",
    "coupons": "coupons",
}
AFTER_TRIAL = [(ANEW, "Its first paid day"), (ON, "The start of the trial")]
COLUMNS = frozenset(("discount", "markup", "commitment", "coupons"))


def own_version(number: int) -> str:
    """The field of the plan and version of phase ``number``, the first being 0."""
    return f"phases_{number}_version" if number else "version"


class PhasesForm(CouponedForm, AdjustedForm, CommitmentForm, ChangesForm):
    """Start, end, trial, and what follows when."""

    start = DayField(help_text="The first day it is billed for.", label="Starts")
    trial_days = forms.IntegerField(
        help_text="Leave it empty for no trial.",
        label="Trial days",
        required=False,
        min_value=0,
        max_value=3650,
    )
    after_trial = forms.ChoiceField(
        help_text="Where the first paid period begins.",
        label="After it, billed from",
        choices=AFTER_TRIAL,
        required=False,
    )
    end = DayField(help_text="Leave it empty for no end.", label="Last day", required=False)
    count = 1
    versions: Mapping[str, PricingPlanVersion]

    def ask_phases(self, versions: Sequence[Any], periods: Sequence[tuple[str, str]]) -> None:
        """Ask for the further phases, with these choices of a version and of a period of their own."""
        own = [("", "As the subscription"), *periods]
        for number in range(self.count):
            name = f"Phase {number + 1}"
            period = forms.ChoiceField(
                label=f"{name} billed", choices=own, required=False, help_text="How often."
            )
            self._ask(f"phases_{number}_period", period)
            if number:
                self._ask(
                    f"phases_{number}_start",
                    DayField(label=f"{name} starts", help_text="The phase before ends then."),
                )
                version = forms.ChoiceField(
                    label=f"Plan and version of phase {number + 1}",
                    choices=versions,
                    help_text="What it is priced by.",
                )
                self._ask(f"phases_{number}_version", version)
                anew = forms.BooleanField(
                    label=f"{name} is billed from its first day on",
                    required=False,
                    help_text="Otherwise billing periods go on as they were.",
                )
                self._ask(f"phases_{number}_anew", anew)

    def _ask(self, name: str, field: forms.Field) -> None:
        dress(field, name)
        self.fields[name] = field

    @property
    def chosen(self) -> list[PricingPlanVersion]:
        """The versions of all phases, each once."""
        names = map(own_version, range(self.count))
        keys = dict.fromkeys(str(self[name].value() or "") for name in names)
        return [self.versions[key] for key in keys if key in self.versions]

    @property
    def carries_adjustments(self) -> bool:
        """Whether a phase that has some gets another version: they are of what stands for it there."""
        spans = [span for several in self.adjustments for span in several.stored_spans]
        names = {own_version(span.number) for span in spans if span.stored}
        return any(name in self.fields and self[name].value() != self.initial.get(name) for name in names)

    @property
    def phases(self) -> list[dict[str, Any]]:
        """The fields of each further phase."""
        names = ("start", "version", "period", "anew")
        return [
            {"number": number + 1, **{name: self[f"phases_{number}_{name}"] for name in names}}
            for number in range(1, self.count)
        ]

    @property
    def kept_words(self) -> list[str]:
        """What the fields cannot say of the draft, in words."""
        return [words for name, words in KEPT.items() if name in self.kept]

    @property
    def changes_count(self) -> int:
        """Discounts, markups, commitment, coupons too, and one for each thing that the fields cannot say."""
        least = [] if "commitment" in self.kept else self.said("commitment").split()
        given = [] if "coupons" in self.kept else words_of(self.said("coupon"))
        return super().changes_count + len([*self.adjustments_said, *least, *given, *self.kept_words])

    @property
    def first_period(self) -> Any:
        """The field of the first one's own period, where it is of use: beside others, or once it is set."""
        field = self["phases_0_period"]
        return field if self.count > 1 or field.value() else None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        days = self._days(values)
        for (_, first), (later, second) in pairwise(days):
            if second <= first:
                after, before = (format.day(day, self.zone) for day in (first, second))
                label = self.fields[later].label
                said = f"{label} on {before}, which is not after {after}, when the one before it starts"
                self.add_error(later, said)
        end = values.get("end")
        if end and days and end < days[-1][1]:
            last, since = (format.day(day, self.zone) for day in (end, days[-1][1]))
            said = f"The last day, {last}, is before the last phase starts, {since}"
            self.add_error("end", said)
        if not self.errors:
            billed = [*enumerate(self._billed())]
            for several in self.adjustments:
                several.check_places([self._span(several, number, *span) for number, span in billed])
        return values

    def _days(self, values: Mapping[str, Any]) -> list[tuple[str, date]]:
        """(field, first day) of every phase that has one."""
        names = ["start", *(f"phases_{number}_start" for number in range(1, self.count))]
        return [(name, values[name]) for name in names if values.get(name)]

    def midnight(self, day: date) -> datetime:
        """The instant at which the day begins for the billing entity."""
        return resolve(day, NO_TIME, self.zone)

    def phases_said(self) -> tuple[Phase, ...]:
        """What a valid form says of each phase, and of the trial before them."""
        billed = self._billed()
        start, paid = self.midnight(self.cleaned_data["start"]), billed[0][0]
        trial = [self._trial(start, paid)] if self.cleaned_data["trial_days"] else []
        return (*trial, *(self._phase(number, *span) for number, span in enumerate(billed)))

    def _billed(self) -> list[tuple[datetime, datetime | None]]:
        """From when until when each phase is, without the trial before them."""
        values = self.cleaned_data
        starts = [self.midnight(day) for _, day in self._days(values)]
        starts[0] = self.midnight(values["start"] + timedelta(days=values["trial_days"] or 0))
        last = values["end"] and self.midnight(values["end"] + timedelta(days=1))
        return list(zip(starts, [*starts[1:], last], strict=True))

    def _span(self, several: Adjustments, number: int, start: datetime, end: datetime | None) -> Span:
        """The phase as its discounts, or its markups, see it."""
        agreed = self.agreed[self.versions[self.cleaned_data[own_version(number)]].pk]
        return several.span(number, agreed, start, end, self.zone)

    def _trial(self, start: datetime, end: datetime) -> Phase:
        """What is chosen is granted in it too; nothing of it is billed."""
        version = self.versions[self.cleaned_data["version"]]
        asked = self.changes_of(version, start, end, self.zone)
        changes = Changes(choices=asked.choices, seats=asked.seats)
        return Phase(start, end, version, ScheduleType.TRIAL, changes=changes, leaves=COLUMNS)

    def _phase(self, number: int, start: datetime, end: datetime | None) -> Phase:
        values = self.cleaned_data
        version = self.versions[values[own_version(number)]]
        period, agreed = values.get(f"phases_{number}_period"), self.agreed[version.pk]
        spans = [(several, self._span(several, number, start, end)) for several in self.adjustments]
        said = {several.kind.column: several.said_of(span) for several, span in spans}
        same = {several.kind.column for several, span in spans if several.are_as_stored(span)}
        return Phase(
            start,
            end,
            version,
            realigns=self._realigns(number),
            period=json_period(period) if period else None,
            discount=said["discount"],
            markup=said["markup"],
            commitment=self.commitment_of(agreed),
            coupons=self.given,
            changes=self.changes_of(version, start, end, self.zone),
            leaves=COLUMNS & self.kept | same,
        )

    def _realigns(self, number: int) -> bool | None:
        """Only where bills follow the start; calendar periods stay as they are."""
        values = self.cleaned_data
        if values["billing_time"] != "EXACT":
            return None
        if number:
            return bool(values.get(f"phases_{number}_anew"))
        return values.get("after_trial") != ON if values["trial_days"] else None
