"""What one customer gets that the plan does not say: add-ons, included volumes, and prices of its own.

The fields carry the ids of the chosen versions' prices, so each phase finds those of its own version:
``on_<pricing>`` (with ``from_`` and ``until_``), ``volume_<rule>``, ``reset_<rule>``, ``seats_<rule>`` and
``price_<rule>_<band>_<kind>``. Left empty, a field means that it is as in the plan. What is stored and these
fields cannot say is named in ``kept``, and stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from accounts.models import Platform
from billing.models import PricingPlanSchedule
from billing.selectors import agreed_prices
from billing.selectors.item_terms import ItemTerms
from catalog.models import PricingPlanVersion
from catalog.rating.parsing import config as rating_config
from desk.editors import subscription_offer as offer
from desk.editors import subscription_seats as seats
from desk.editors.price_parts import changed
from desk.editors.subscription_asked import Asked, drawn
from desk.editors.subscription_choices import ALWAYS, conflict
from desk.editors.subscription_dated import within
from desk.editors.subscription_offer import Offer, Rule
from desk.editors.subscription_overrides import Changes, named, overrides
from desk.editors.subscription_words import PERIODS, period_of
from desk.forms.base import DayField, DeskForm, ExactDecimalField, dress
from kit.errors import InvalidRequest
from kit.period import Period

CHOICES, VOLUMES, PRICES, SEATS = "choices", "volumes", "prices", "seats"
RESETS = [("", "As in the plan"), ("PERIOD", "Each period"), ("SCHEDULE", "Once a phase"), ("NEVER", "Once")]
Json = dict[str, Any]


class ChangesForm(DeskForm):
    """The fields of every version that is chosen, made by ``offer_changes``."""

    platform: Platform
    offers: Sequence[Offer] = ()

    def offer_changes(self, versions: Sequence[PricingPlanVersion]) -> None:
        """Ask for the changes to these versions."""
        kept, period = self.kept, self.billed_each
        currency = str(self["currency"].value() or "")
        self.offers = offer.of_versions(self.platform, versions, currency=currency, period=period)
        for each in self.offers:
            if CHOICES not in kept:
                self._ask_choices(each)
            for rule in each.rules:
                if VOLUMES not in kept and rule.volume is not None:
                    self._ask_volume(rule)
                if PRICES not in kept:
                    self._ask_prices(rule)
                if SEATS not in kept and rule.seats is not None:
                    for name, field in seats.fields(rule.key, rule.label, rule.seats).items():
                        self._ask(name, field)

    @property
    def billed_each(self) -> Period:
        """The chosen billing period; a month where none is."""
        asked = str(self["period"].value() or "")
        known = dict(self.fields["period"].choices)  # type: ignore[attr-defined]
        return period_of(asked if asked in known else PERIODS[0][0])

    @cached_property
    def kept(self) -> frozenset[str]:
        """What these fields cannot say of the stored draft."""
        return frozenset(self.initial.get("kept") or ())

    def _ask(self, name: str, field: forms.Field) -> None:
        dress(field, name)
        self.fields[name] = field

    def _ask_choices(self, offered: Offer) -> None:
        for choice in offered.choices:
            self._ask(f"on_{choice.key}", forms.BooleanField(label=choice.name, required=False))
            self._ask(f"from_{choice.key}", DayField(label=f"{choice.name}: first day", required=False))
            self._ask(f"until_{choice.key}", DayField(label=f"{choice.name}: last day", required=False))

    def _ask_volume(self, rule: Rule) -> None:
        label = f"Included {rule.label}"
        plan = f"Plan: {rule.volume}"
        self._ask(f"volume_{rule.key}", ExactDecimalField(label=label, required=False, help_text=plan))
        full = forms.ChoiceField(label=f"{rule.label}: full again", choices=RESETS, required=False)
        self._ask(f"reset_{rule.key}", full)

    def _ask_prices(self, rule: Rule) -> None:
        for part in rule.parts:
            label = f"{rule.label}: {part.label}"
            field = ExactDecimalField(label=label, required=False, help_text=f"Plan: {part.was}")
            self._ask(f"price_{rule.key}_{part.key}", field)

    def clean(self) -> Json:
        values = super().clean() or {}
        for each in self.offers:
            for group in each.groups:
                said = conflict(group, self.on)
                if said and CHOICES not in self.kept:
                    self.add_error(f"on_{group.choices[0].key}", said)
            for choice in each.choices:
                first, last = (values.get(f"{name}_{choice.key}") for name in ("from", "until"))
                if first and last and last < first:
                    self.add_error(f"until_{choice.key}", "The last day is before the first")
            for rule in each.rules:
                self._check(rule, values)
        return values

    def _check(self, rule: Rule, values: Json) -> None:
        name = f"volume_{rule.key}"
        if (values.get(name) or 0) < 0:
            self.add_error(name, f"{self.fields[name].label} must not be negative")
        for field, message in seats.problems(rule.key, values):
            self.add_error(field, message)
        prices = self._prices(rule, values)
        try:
            rating_config.parse(changed(rule.terms.body, prices))
        except InvalidRequest as error:
            self.add_error(f"price_{rule.key}_{next(iter(prices), rule.parts[0].key)}", error.message)

    @property
    def on(self) -> frozenset[str]:
        """The pricings that are chosen, valid or not."""
        asked = [
            choice.key for each in self.offers for choice in each.choices if f"on_{choice.key}" in self.fields
        ]
        return frozenset(key for key in asked if self[f"on_{key}"].value() not in (None, "", False, "false"))

    def _prices(self, rule: Rule, values: Json) -> dict[str, Decimal]:
        """The prices that are not the plan's, by the key of their part."""
        typed = {part.key: values.get(f"price_{rule.key}_{part.key}") for part in rule.parts}
        was = {part.key: Decimal(part.value) for part in rule.parts}
        return {key: value for key, value in typed.items() if value is not None and value != was[key]}

    def _offer(self, version: PricingPlanVersion) -> Offer:
        return next(each for each in self.offers if each.version.pk == version.pk)

    def changes_of(
        self, version: PricingPlanVersion, start: datetime, end: datetime | None, zone: ZoneInfo
    ) -> Changes:
        """What a valid form says of a phase on this version, from ``start`` until ``end``."""
        offered, kept = self._offer(version), self.kept
        changed_rules = [(rule, self._prices(rule, self.cleaned_data)) for rule in offered.rules]
        own = [(rule, prices) for rule, prices in changed_rules if prices]
        return Changes(
            None if CHOICES in kept else list(self._dated_choices(version, start, end, zone)),
            None if VOLUMES in kept else list(self._volumes(offered)),
            None if PRICES in kept else overrides(own),
            None if PRICES in kept else named(own),
            None
            if SEATS in kept
            else [
                each
                for rule in offered.rules
                if rule.seats is not None
                for each in seats.of_phase(
                    rule.key, self.cleaned_data, start, end, zone, currency=rule.seats_currency
                )
            ],
        )

    def _dated_choices(
        self, version: PricingPlanVersion, start: datetime, end: datetime | None, zone: ZoneInfo
    ) -> Iterator[Json]:
        for each in self.choices_of(version):
            key = each["pricing_id"]
            days = self.cleaned_data.get(f"from_{key}"), self.cleaned_data.get(f"until_{key}")
            dates = within(days, start, end, zone)
            if dates is not None:
                yield {**each, **dates}

    def choices_of(self, version: PricingPlanVersion) -> list[Json]:
        """What is chosen of this version, whenever it is on."""
        on = self.on
        return [{"pricing_id": choice.key} for choice in self._offer(version).choices if choice.key in on]

    def _volumes(self, offered: Offer) -> Iterator[Json]:
        for rule in offered.rules:
            number = self.cleaned_data.get(f"volume_{rule.key}")
            if number is None:
                continue
            measure = rule.measure(number)
            reset = self.cleaned_data.get(f"reset_{rule.key}")
            yield {"pricing_item_config_id": rule.key, **measure, **({"reset_type": reset} if reset else {})}

    @property
    def changes_count(self) -> int:
        """How much is not as the plan says: each choice, volume, number of seats, rule with other prices."""
        found = len(self.on)
        for rule in (rule for each in self.offers for rule in each.rules):
            several = [f"seats_{rule.key}", *(f"seats_{rule.key}_{number}" for number in seats.LATER)]
            prices = [f"price_{rule.key}_{part.key}" for part in rule.parts]
            for names in ([f"volume_{rule.key}"], several, prices):
                found += any(self.said(name) for name in names)
        return found

    def said(self, name: str) -> str:
        """What stands in a field, valid or not."""
        return str(self[name].value() or "").strip() if name in self.fields else ""

    @property
    def agreed(self) -> dict[int, tuple[ItemTerms, ...]]:
        """version -> what is billed of it with what is chosen, as invoices will ask for it."""
        return (
            agreed_prices.of_schedules(self.platform, map(self._schedule, self.offers)) if self.offers else {}
        )

    def _schedule(self, offered: Offer) -> PricingPlanSchedule:
        version, kept = offered.version, self.kept
        stored = self.initial.get("kept_choices") or []
        schedule = offer.unsaved(
            self.platform,
            version,
            currency=str(self["currency"].value() or ""),
            period=self.billed_each,
            start_at=ALWAYS.start,
            enabled_pricings=stored if CHOICES in kept else self.choices_of(version),
            own_version_id=(self.initial.get("own") or {}).get(version.pk) if PRICES in kept else None,
        )
        schedule.pk = version.pk
        return schedule

    def asked(self) -> list[Asked]:
        """The fields of each version, as they are drawn."""
        return [drawn(self, each) for each in self.offers]
