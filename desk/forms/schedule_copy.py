"""The form that goes on with a copy of a phase, at prices that are indexed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms

from billing.calc.schedule import resolve
from catalog.rating.indexing import Indexing, RoundingMode
from desk.forms.base import DayField, DeskForm, ExactDecimalField
from kit.errors import TallydeskError
from kit.money import plain
from kit.period import format_instant

TO_DECIMALS = RoundingMode.DECIMALS.value


class ScheduleCopyForm(DeskForm):
    """``agreed`` tells what prices were shown: others are shown first."""

    start = DayField(help_text="The phase before it ends then.", label="Starts")
    end = DayField(help_text="Leave it empty for no end.", label="Last day", required=False)
    percentage = ExactDecimalField(
        label="Price change", required=False, help_text="In percent: 2.5 raises, -10 lowers."
    )
    rounding = forms.ChoiceField(
        help_text="What is kept of a changed price.",
        label="Rounded to",
        required=False,
        choices=[
            (RoundingMode.PRESERVE_SCALE.value, "Their own decimals"),
            (TO_DECIMALS, "A fixed number"),
        ],
    )
    decimals = forms.IntegerField(
        help_text="Only for a fixed number.", label="Decimals", required=False, min_value=0, max_value=12
    )
    agreed = forms.CharField(required=False, widget=forms.HiddenInput)
    rows = (("start", "end"), ("percentage", "rounding", "decimals"))
    api_names: ClassVar[dict[str, str]] = {"start_at": "start", "end_at": "end"}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        try:
            self.indexing_of(values)
        except TallydeskError as error:
            name = "decimals" if error.field == "number_of_decimals" else "percentage"
            words = "Enter how many decimals" if name == "decimals" else f"It {error.message}"
            self.add_error(name, words)
        start, end = values.get("start"), values.get("end")
        if start and end and end < start:
            self.add_error("end", "The last day is before the start")
        return values

    def indexing_of(self, values: dict[str, Any]) -> Indexing | None:
        """How every price changes; None where none does. Raises what ``Indexing`` raises."""
        percentage: Decimal | None = values.get("percentage")
        if not percentage:
            return None
        mode = RoundingMode(values.get("rounding") or RoundingMode.PRESERVE_SCALE)
        return Indexing(percentage, mode, values.get("decimals") if mode is RoundingMode.DECIMALS else None)

    @property
    def indexing(self) -> Indexing | None:
        """That of a valid form."""
        return self.indexing_of(self.cleaned_data)

    def dates(self, zone: ZoneInfo) -> dict[str, datetime | None]:
        """``start_at`` and ``end_at`` (not included) of a valid form; days begin where they are billed."""
        end: date | None = self.cleaned_data["end"]
        start = resolve(self.cleaned_data["start"], time.min, zone)
        return {
            "start_at": start,
            "end_at": resolve(end + timedelta(days=1), time.min, zone) if end else None,
        }

    def body(self, zone: ZoneInfo) -> dict[str, Any]:
        """The request of the API that says the same."""
        dates = {name: at and format_instant(at) for name, at in self.dates(zone).items()}
        indexing = self.indexing
        if indexing is None:
            return dates
        settings: dict[str, Any] = {
            "percentage": plain(indexing.percentage),
            "rounding_mode": indexing.mode.value,
            "number_of_decimals": indexing.decimals,
        }
        kept = {name: value for name, value in settings.items() if value is not None}
        return {**dates, "indexing_settings": kept}
