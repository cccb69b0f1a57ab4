"""The subscription editor's form: plan, dates, terms, phases. Phases touch by construction."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from accounts.models import Platform
from billing.calc.schedule import resolve
from billing.models import BillingEntity, Customer, ScheduleType
from billing.selectors import parties
from catalog.models import PricingPlanVersion
from desk.components import format
from desk.editors import (
    subscription_targets,
)
from desk.editors.subscription_changes import ChangesForm
from desk.editors.subscription_commitment import CommitmentForm
from desk.editors.subscription_coupon import CouponedForm
from desk.editors.subscription_discount import DiscountForm
from desk.editors.subscription_overrides import Changes
from desk.editors.subscription_versions import version_choices, versions_for
from desk.editors.subscription_words import PERIODS, TERMS, term_of
from desk.forms.base import DayField, ReferenceField
from desk.services.subscription_drafts import Phase, Terms

MOST_PHASES = 12
NO_TIME = datetime.min.time()


class SubscriptionForm(CouponedForm, DiscountForm, CommitmentForm, ChangesForm):
    """``phases`` beyond the first are ``phases_<n>_start`` and ``phases_<n>_version``."""

    version = forms.ChoiceField(label="Plan and version")
    name = forms.CharField(max_length=500, required=False)
    reference = ReferenceField(follows="name", required=False, help_text="")
    purchase_order_number = forms.CharField(label="PO number", max_length=200, required=False)
    start = DayField(label="Starts")
    trial_days = forms.IntegerField(label="Trial days", required=False, min_value=0, max_value=3650)
    billing_time = forms.ChoiceField(choices=[("EXACT", "Exact"), ("CALENDAR", "Calendar")])
    billing_entity = forms.ChoiceField(label="Billing entity")
    period = forms.ChoiceField(label="Billing period", choices=PERIODS)
    currency = forms.ChoiceField(label="Currency")
    term = forms.ChoiceField(label="Payment due", choices=TERMS)
    end = DayField(label="Last day", required=False)
    api_names = {
        "billing_currency": "currency",
        "pricing_currency": "currency",
        "billing_entity_id": "billing_entity",
        "pricing_plan_version_id": "version",
        "billing_period": "period",
        "start_at": "start",
        "end_at": "end",
        "customer_id": "version",
        "coupon_ids": "coupon",
        "promotion_codes": "coupon",
    }

    def __init__(
        self, *args: Any, platform: Platform, customer: Customer, count: int = 1, **kwargs: Any
    ) -> None:
        self.platform, self.customer, self.count = platform, customer, max(1, min(count, MOST_PHASES))
        self.versions = {row.public_id: row for row in versions_for(platform, customer)}
        self.entities = {row.public_id: row for row in parties.active_billing_entities(platform)}
        super().__init__(*args, **kwargs)
        choices = version_choices([*self.versions.values()])
        self.fields["version"].choices = choices  # type: ignore[attr-defined]
        self.fields["currency"].choices = [(code, code) for code in self._currencies(platform)]  # type: ignore[attr-defined]
        self.fields["billing_entity"].choices = [  # type: ignore[attr-defined]
            (key, row.legal_name or row.reference) for key, row in self.entities.items()
        ]
        for number in range(1, self.count):
            self._add_phase(number, choices)
        self.offer_changes(self.chosen)
        sold = [item for items in self.agreed.values() for item in items]
        self.fields["discount_on"].choices = subscription_targets.discounted(sold)  # type: ignore[attr-defined]
        self.fields["commitment_on"].choices = subscription_targets.committed(sold)  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[PricingPlanVersion]:
        """The versions of all phases, each once."""
        names = ["version", *(f"phases_{number}_version" for number in range(1, self.count))]
        keys = dict.fromkeys(str(self[name].value() or "") for name in names)
        return [self.versions[key] for key in keys if key in self.versions]

    def _currencies(self, platform: Platform) -> list[str]:
        found = {platform.default_currency: None}
        for version in self.versions.values():
            codes = [version.default_pricing_currency, *version.pricing_currencies]
            found |= {code: None for code in codes if code}
        return [*found]

    def _add_phase(self, number: int, choices: list[Any]) -> None:
        start = DayField(label=f"Phase {number + 1} starts")
        version = forms.ChoiceField(label=f"Plan and version of phase {number + 1}", choices=choices)
        for name, field in (("start", start), ("version", version)):
            field.widget.attrs.setdefault("class", "input")
            field.error_messages["required"] = f"Enter {str(field.label).lower()}"
            self.fields[f"phases_{number}_{name}"] = field

    @property
    def phases(self) -> list[dict[str, Any]]:
        """The fields of each further phase."""
        return [
            {
                "number": number + 1,
                "start": self[f"phases_{number}_start"],
                "version": self[f"phases_{number}_version"],
            }
            for number in range(1, self.count)
        ]

    @property
    def entity(self) -> BillingEntity | None:
        """The chosen entity."""
        return self.entities.get(str(self["billing_entity"].value() or ""))

    @property
    def zone(self) -> ZoneInfo:
        """Whose midnight begins the days."""
        return self.entity.zone if self.entity else ZoneInfo("UTC")

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
        return values

    def _days(self, values: dict[str, Any]) -> list[tuple[str, date]]:
        """(field, first day) of every phase that has one."""
        names = ["start", *(f"phases_{number}_start" for number in range(1, self.count))]
        return [(name, values[name]) for name in names if values.get(name)]

    def terms(self) -> Terms:
        """What a valid form says. Days begin at midnight of the billing entity."""
        values = self.cleaned_data
        kind, count = values["period"].split("-")
        fields = {
            "name": values["name"],
            "reference": values["reference"] or None,
            "purchase_order_number": values["purchase_order_number"],
            "billing_time": values["billing_time"],
            "billing_entity": self.entities[values["billing_entity"]],
            "billing_currency": values["currency"],
            "billing_period": {"type": kind, "value": int(count)},
            "due_date_configuration": term_of(values["term"]),
        }
        return Terms(fields, tuple(self._phases(values)))

    def _phases(self, values: dict[str, Any]) -> list[Phase]:
        firsts = [(self.midnight(day), name) for name, day in self._days(values)]
        kinds = [ScheduleType.DEFAULT.value] * len(firsts)
        trial = timedelta(days=values["trial_days"] or 0)
        if trial:
            firsts.insert(1, (self.midnight(values["start"] + trial), "start"))
            kinds.insert(0, ScheduleType.TRIAL.value)
        last = values["end"] and self.midnight(values["end"] + timedelta(days=1))
        ends = [*(start for start, _ in firsts[1:]), last]
        return [
            self._phase(
                start,
                end,
                self.versions[values[name.removesuffix("start") + "version"]],
                kind,
                # What follows a trial is billed from its own first day.
                realigns=bool(trial) and place == 1 and values["billing_time"] == "EXACT",
            )
            for place, ((start, name), end, kind) in enumerate(zip(firsts, ends, kinds, strict=True))
        ]

    def _phase(
        self, start: datetime, end: datetime | None, version: PricingPlanVersion, kind: str, *, realigns: bool
    ) -> Phase:
        free = kind == ScheduleType.TRIAL
        discount = None if free else self.discount_of(self.agreed[version.pk], start, end, self.zone)
        commitment = None if free else self.commitment_of(self.agreed[version.pk])
        coupons = () if free else self.given
        changes = self.changes_of(version, start, end, self.zone)
        if free:  # what is chosen is granted in a trial too; nothing of it is billed
            changes = Changes(
                choices=changes.choices, volumes=[], overrides=[], prices={}, seats=changes.seats
            )
        return Phase(start, end, version, kind, realigns, discount, coupons, changes, commitment)

    def midnight(self, day: date) -> datetime:
        """The instant at which the day begins for the billing entity."""
        return resolve(day, NO_TIME, self.zone)
