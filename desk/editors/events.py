"""The event form: an input for each value and property of the chosen meter."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.forms.boundfield import BoundField

from accounts.models import Platform
from billing.models import Customer, PricingPlanSubscription, SubscriptionStatus
from desk.forms.base import LAST_DAY, DeskForm, ExactDecimalField
from kit.money import plain
from kit.period import format_instant
from metering.models import Meter, PropertyType, Status, ValueType
from metering.selectors import definitions

MOST_CUSTOMERS = 200
IN_FORCE = (SubscriptionStatus.ACTIVE,)


class EventForm(DeskForm):
    """``meter`` decides the inputs ``value_<n>``, ``currency_<n>`` and ``property_<n>``."""

    meter = forms.ChoiceField(help_text="What was measured.", error_messages={"required": "Choose a meter"})
    customer = forms.CharField(
        max_length=256,
        help_text="Reference, ID or name",
        widget=forms.TextInput(attrs={"list": "customers", "autocomplete": "off"}),
        error_messages={"required": "Choose a customer"},
    )
    subscription = forms.ChoiceField(
        help_text="Only where the customer has several. Leave it empty to let it be found.", required=False
    )
    timestamp = forms.DateTimeField(
        help_text="When it happened",
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": 1, "max": f"{LAST_DAY}T23:59"},
            format="%Y-%m-%dT%H:%M:%S",
        ),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        error_messages={"invalid": "Enter a time such as 2026-09-02 10:40"},
    )
    reference = forms.CharField(
        max_length=256,
        help_text="The event's own key: a second one with the same reference is not counted",
        widget=forms.TextInput(attrs={"class": "input mono"}),
    )
    api_names = {
        "customer_id": "customer",
        "customer_reference": "customer",
        "meter_reference": "meter",
        "pricing_plan_subscription_reference": "subscription",
        "pricing_plan_subscription_id": "subscription",
    }

    def __init__(self, *args: Any, platform: Platform, chosen: str, customer: str, **kwargs: Any) -> None:
        self.platform = platform
        self.meters = list(definitions.meters(platform).filter(status=Status.ACTIVE).order_by("name", "pk"))
        self.chosen: Meter | None = next((row for row in self.meters if row.public_id == chosen), None)
        self.buyer = _customer(platform, customer)
        self.subscriptions = _subscriptions(platform, self.buyer)
        own = dict(self.base_fields)
        for index, link in enumerate(self.value_links):
            own |= _value_fields(index, link, platform.default_currency)
        for index, link in enumerate(self.property_links):
            own[f"property_{index}"] = _property_field(link)
        self.base_fields = own  # type: ignore[misc]
        super().__init__(*args, **kwargs)
        choices = [(row.public_id, row.name or row.reference) for row in self.meters]
        self.fields["meter"].choices = [("", "Choose a meter"), *choices]  # type: ignore[attr-defined]
        named = [(row.public_id, row.name or row.reference or row.public_id) for row in self.subscriptions]
        self.fields["subscription"].choices = [("", "The one that matches"), *named]  # type: ignore[attr-defined]

    @property
    def value_links(self) -> list[Any]:
        return list(self.chosen.value_links.all()) if self.chosen else []

    @property
    def property_links(self) -> list[Any]:
        return list(self.chosen.property_links.all()) if self.chosen else []

    def value_rows(self) -> list[list[BoundField]]:
        """The inputs of each value: a number, or an amount and its currency."""
        rows = [[f"value_{at}", f"currency_{at}"] for at in range(len(self.value_links))]
        return [[self[name] for name in row if name in self.fields] for row in rows]

    def property_rows(self) -> list[BoundField]:
        return [self[f"property_{at}"] for at in range(len(self.property_links))]

    def asks_subscription(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.subscriptions) > 1

    def field_of(self, path: str) -> str | None:
        """``meter_values.0.number`` is ``value_0``."""
        kind, _, rest = path.partition(".")
        number = rest.partition(".")[0]
        found = {"meter_values": "value", "meter_properties": "property"}.get(kind)
        name = f"{found}_{self._place(found, number)}" if found and number.isdecimal() else ""
        return name if name in self.fields else super().field_of(path)

    def _place(self, kind: str | None, number: str) -> int:
        """The input behind the ``number``-th value sent: empty ones are not sent."""
        links = self.value_links if kind == "value" else self.property_links
        sent = [at for at in range(len(links)) if self.cleaned_data.get(f"{kind}_{at}") not in (None, "")]
        return sent[int(number)] if int(number) < len(sent) else int(number)

    def clean_customer(self) -> str:
        if self.buyer is None:
            raise forms.ValidationError(f"No customer is called {self.cleaned_data['customer']}")
        return self.buyer.public_id

    def document(self) -> dict[str, Any]:
        """The request that the valid form stands for."""
        values, buyer = self.cleaned_data, self.buyer
        assert self.chosen is not None and buyer is not None
        body: dict[str, Any] = {"reference": values["reference"]}
        if buyer.reference:
            body["customer_reference"] = buyer.reference
        else:
            body["customer_id"] = buyer.public_id
        body["meter_reference"] = self.chosen.reference
        if values.get("subscription"):
            body["pricing_plan_subscription_id"] = values["subscription"]
        body["timestamp"] = format_instant(values["timestamp"])
        found = [_sent(values, at, link) for at, link in enumerate(self.value_links)]
        body["meter_values"] = [each for each in found if each]
        properties = [
            {"reference": link.meter_property.reference, "value": values[f"property_{at}"]}
            for at, link in enumerate(self.property_links)
            if values.get(f"property_{at}")
        ]
        return body | ({"meter_properties": properties} if properties else {})


def customers(platform: Platform) -> list[Customer]:
    """Those to suggest."""
    rows = Customer.objects.filter(platform=platform, status="ACTIVE").order_by("name", "pk")
    return list(rows[:MOST_CUSTOMERS])


def fresh_reference() -> str:
    """A reference that nothing has yet."""
    return str(uuid4())


def _customer(platform: Platform, text: str) -> Customer | None:
    """The customer of this id, reference or whole name."""
    if not text or "\x00" in text:
        return None
    rows = Customer.objects.filter(platform=platform)
    named = rows.filter(public_id=text) | rows.filter(reference=text) | rows.filter(name__iexact=text)
    found = list(named.order_by("pk")[:3])
    exact = [row for row in found if text in (row.public_id, row.reference)]
    return next(iter(exact or found), None)


def _subscriptions(platform: Platform, customer: Customer | None) -> list[PricingPlanSubscription]:
    if customer is None:
        return []
    rows = PricingPlanSubscription.objects.filter(platform=platform, customer=customer, status__in=IN_FORCE)
    return list(rows.order_by("pk")[:50])


def _value_fields(index: int, link: Any, currency: str) -> dict[str, forms.Field]:
    value = link.meter_value
    fields: dict[str, forms.Field] = {
        f"value_{index}": ExactDecimalField(label=value.name, required=link.required),
    }
    if value.type == ValueType.AMOUNT:
        fields[f"currency_{index}"] = forms.CharField(
            label=f"Currency of {value.name}", initial=currency, max_length=3, min_length=3
        )
    return fields


def _property_field(link: Any) -> forms.Field:
    row = link.meter_property
    if row.type == PropertyType.ENUM:
        choices = [
            ("", "None" if not link.required else "Choose"),
            *((word, word) for word in row.enum_values),
        ]
        return forms.ChoiceField(label=row.name, required=link.required, choices=choices)
    return forms.CharField(label=row.name, required=link.required, max_length=256)


def _sent(values: dict[str, Any], index: int, link: Any) -> dict[str, Any] | None:
    number, reference = values.get(f"value_{index}"), link.meter_value.reference
    if number is None:
        return None
    if link.meter_value.type == ValueType.AMOUNT:
        currency = values.get(f"currency_{index}", "").upper()
        return {"reference": reference, "amount": {"quantity": plain(number), "currency": currency}}
    return {"reference": reference, "number": plain(number)}
