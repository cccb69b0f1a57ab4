"""The coupon editor's form: what comes off, of what, how long, how often, and the codes that redeem it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from accounts.models import Platform
from billing.calc.schedule import resolve
from catalog.models import (
    CouponDiscountType,
    CouponDurationType,
)
from desk.editors import coupon_limits
from desk.editors.coupon_limits import MOST_LISTED
from desk.forms.base import DayField, DeskForm, ExactDecimalField, ReferenceField
from kit.errors import TallydeskError
from kit.money import parse_currency, plain
from metering.models import MeterValue, ValueType

KINDS = [
    (CouponDiscountType.PERCENTAGE.value, "Percent"),
    (CouponDiscountType.AMOUNT.value, "Amount"),
    (CouponDiscountType.USAGE.value, "Free units"),
]
DURATIONS = [
    (CouponDurationType.ONE_TIME.value, "Once, on the first invoice it takes something off"),
    (CouponDurationType.PERIOD.value, "For some time"),
    (CouponDurationType.FOREVER.value, "For good"),
]
LENGTHS = [("MONTH", "Months"), ("YEAR", "Years"), ("WEEK", "Weeks"), ("DAY", "Days")]
COMPARATORS = [("GREATER_THAN_OR_EQUALS", "At least"), ("LESS_THAN_OR_EQUALS", "At most")]
MOST_CODES = 50
NO_TIME = datetime.min.time()


class CouponForm(DeskForm):
    """Everything about a coupon; ``promise`` is what stays once it can be redeemed."""

    name = forms.CharField(help_text="As invoices name it.", max_length=1000)
    reference = ReferenceField()
    description = forms.CharField(
        help_text="What someone else should know about it.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    kind = forms.ChoiceField(
        help_text="What a customer gets: a share, a sum, or units for free.",
        label="Takes off",
        choices=KINDS,
        widget=forms.RadioSelect,
    )
    percentage = ExactDecimalField(help_text="Such as 15 for 15% off.", label="Percent", required=False)
    amount = ExactDecimalField(help_text="Such as 25, in the currency below.", label="Amount", required=False)
    currency = forms.CharField(
        help_text="Of the amounts, such as EUR.", max_length=3, required=False, label="Currency"
    )
    units = ExactDecimalField(help_text="How many are free.", label="Units", required=False)
    meter_value = forms.ChoiceField(help_text="What is free, such as minutes.", label="Of", required=False)
    at_least = forms.ChoiceField(
        help_text="Leave the amount empty for no condition.",
        label="Only if the charges are",
        choices=COMPARATORS,
        required=False,
    )
    bound = ExactDecimalField(label="This much", required=False, help_text="Before any discount.")
    limits = forms.MultipleChoiceField(
        label="Only off",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What it takes something off. Choose nothing to take it off everything.",
    )
    duration = forms.ChoiceField(
        help_text="How long a redemption keeps taking off.",
        label="Lasts",
        choices=DURATIONS,
        widget=forms.RadioSelect,
    )
    length = forms.IntegerField(
        help_text="A whole number. Only where it lasts a while.",
        label="How long",
        required=False,
        min_value=1,
        max_value=1000,
    )
    length_unit = forms.ChoiceField(
        help_text="The unit of that number.", label="Counted in", choices=LENGTHS, required=False
    )
    maximum_redemptions = forms.IntegerField(
        help_text="Leave it empty for no limit.", label="Redemptions in all", required=False, min_value=1
    )
    maximum_redemptions_per_customer = forms.IntegerField(
        help_text="Leave it empty for no limit.", label="By one customer", required=False, min_value=1
    )
    first_day = DayField(
        help_text="Leave it empty to start at once.", label="Redeemable from", required=False
    )
    last_day = DayField(
        help_text="Leave it empty for no end.", label="Until, that day included", required=False
    )
    codes = forms.CharField(
        label="Promotion codes",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What customers type, one on each line. Case does not matter.",
    )
    promise = ("kind", "percentage", "amount", "units", "meter_value", "limits", "duration", "length")
    api_names = {
        "discount.type": "kind",
        "discount.percentage": "percentage",
        "discount.amount": "amount",
        "discount.amount.currency": "currency",
        "discount.usage": "units",
        "discount.usage.meter_value_id": "meter_value",
        "discount.condition": "bound",
        "discount": "kind",
        "duration.period": "length",
        "limited_to": "limits",
        "start_at": "first_day",
        "end_at": "last_day",
        "code": "codes",
        "status": "name",
    }

    def __init__(self, *args: Any, platform: Platform, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.platform, self.zone = platform, zone
        values = MeterValue.objects.filter(platform=platform).order_by("name", "pk")[:MOST_LISTED]
        self.values = {row.public_id: row for row in values}
        chosen: Any = self.fields["meter_value"]
        chosen.choices = [
            ("", "Choose"),
            *((key, row.name or row.reference) for key, row in self.values.items()),
        ]
        listed = coupon_limits.rows(platform)
        self.limited = {f"{kind}:{row.public_id}": row for kind, _, row in listed}
        limits: Any = self.fields["limits"]
        limits.choices = coupon_limits.grouped(listed)

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"] or self.platform.default_currency).upper()
        try:
            return parse_currency(code, field="currency")
        except TallydeskError as error:
            raise forms.ValidationError(f"Currency {error.message}") from error

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        needed = {"PERCENTAGE": ["percentage"], "AMOUNT": ["amount"], "USAGE": ["units", "meter_value"]}
        for name in needed.get(values.get("kind", ""), []):
            if not values.get(name) and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])
        if values.get("duration") == CouponDurationType.PERIOD and not values.get("length"):
            self.add_error("length", "Enter how long it lasts")
        lines = values.get("codes", "").split("\n")
        codes = values["codes"] = list(dict.fromkeys(each.strip() for each in lines if each.strip()))
        if any(len(each.split()) > 1 for each in codes):
            self.add_error("codes", "Codes must not contain spaces")
        elif len(codes) > MOST_CODES:
            self.add_error("codes", f"Enter {MOST_CODES} codes at most; add others on the coupon's page")
        return values

    @property
    def own_currency(self) -> str:
        return str(self.cleaned_data["currency"])

    def fields_of_coupon(self) -> dict[str, Any]:
        """A valid form as the service takes it. Days begin at midnight of the platform."""
        values = self.cleaned_data
        return {
            "name": values["name"],
            "reference": values["reference"],
            "description": values["description"] or None,
            "discount": self.discount(),
            "duration": self.lasting(),
            "limited_to": self._limits(lambda row: row),
            "start_at": self._midnight(values["first_day"], 0),
            "end_at": self._midnight(values["last_day"], 1),
            "maximum_redemptions": values["maximum_redemptions"],
            "maximum_redemptions_per_customer": values["maximum_redemptions_per_customer"],
        }

    def body(self) -> dict[str, Any]:
        """The same as the API takes it."""
        sent = self.fields_of_coupon()
        sent["limited_to"] = self._limits(lambda row: row.public_id)
        return {name: value for name, value in sent.items() if value not in (None, {})}

    def entry(self) -> dict[str, Any]:
        """The same as a schedule keeps it."""
        return {
            "id": "",
            "coupon_name": self.cleaned_data["name"],
            "discount": self.discount(),
            "duration": self.lasting(),
            "limited_to": self._limits(lambda row: row.public_id),
        }

    def discount(self) -> dict[str, Any]:
        values, found = self.cleaned_data, {"type": self.cleaned_data["kind"]}
        match CouponDiscountType(values["kind"]):
            case CouponDiscountType.PERCENTAGE:
                found["percentage"] = plain(values["percentage"])
            case CouponDiscountType.AMOUNT:
                found["amount"] = self._money(values["amount"])
            case CouponDiscountType.USAGE:
                found["usage"] = {"meter_value_id": values["meter_value"], **self._units(values)}
        if values.get("bound"):
            bound = {"amount": self._money(values["bound"])}
            found["condition"] = {"comparator": values["at_least"] or COMPARATORS[0][0], "value": bound}
        return found

    def lasting(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values["duration"] != CouponDurationType.PERIOD:
            return {"type": values["duration"]}
        unit = values["length_unit"] or LENGTHS[0][0]
        return {"type": values["duration"], "period": {"type": unit, "value": values["length"]}}

    def names(self) -> list[str]:
        """What it is limited to."""
        return [self.limited[key].name or self.limited[key].reference for key in self.cleaned_data["limits"]]

    def unit(self) -> str:
        """What its units are called."""
        row = self.values.get(self.cleaned_data.get("meter_value", ""))
        return str(row.name or row.reference).lower() if row else "units"

    def _units(self, values: dict[str, Any]) -> dict[str, Any]:
        if self.values[values["meter_value"]].type == ValueType.AMOUNT:
            return {"amount": self._money(values["units"])}
        return {"number": plain(values["units"])}

    def _limits(self, shown: Any) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for key in self.cleaned_data["limits"]:
            found.setdefault(f"{key.partition(':')[0]}_ids", []).append(shown(self.limited[key]))
        return found

    def _money(self, quantity: Decimal) -> dict[str, str]:
        return {"quantity": plain(quantity), "currency": self.own_currency}

    def _midnight(self, day: Any, later: int) -> datetime | None:
        return resolve(day + timedelta(days=later), NO_TIME, self.zone) if day else None
