"""What forms offer to choose from: countries, currencies, time zones; and the fields of an address."""

from __future__ import annotations

from functools import cache
from typing import Any

from babel import Locale
from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from kit.api.fields import COUNTRIES, TIME_ZONES
from kit.money import CURRENCIES

Choices = list[tuple[str, str]]
ENGLISH = Locale("en")
# What most platforms bill in stands first; the rest follows by code.
COMMON_CURRENCIES = ("EUR", "USD", "GBP", "CHF")
SELECTED = mark_safe(" selected")
ADDRESS_PARTS = ("line1", "line2", "postal_code", "city", "state", "country")


@cache
def countries() -> Choices:
    """(code, name), by name."""
    named = [(code, str(ENGLISH.territories.get(code, code))) for code in COUNTRIES]
    return sorted(named, key=lambda pair: pair[1])


@cache
def currencies() -> Choices:
    """(code, code and name), the common ones first."""
    rest = sorted(code for code in CURRENCIES if code not in COMMON_CURRENCIES)
    codes = [*COMMON_CURRENCIES, *rest]
    return [(code, f"{code}, {ENGLISH.currencies.get(code, code)}") for code in codes]


@cache
def zones() -> Choices:
    """Every IANA zone that is a place, and UTC."""
    places = sorted(zone for zone in TIME_ZONES if "/" in zone and not zone.startswith("Etc/"))
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in places)]


def country_name(code: str | None) -> str:
    """``Netherlands`` for NL; the code itself where no name is known; nothing for none."""
    return str(ENGLISH.territories.get(code, code)) if code else ""


class LongSelect(forms.Select):
    """A select whose options are written at once: a template for each of 600 takes half a second."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = {str(each) for each in self.format_value(value)}
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((key, SELECTED if str(key) in chosen else "", label) for key, label in self.choices),
        )
        own = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return format_html("<select{}>{}</select>", flatatt(own), options)


def country_field(**kwargs: Any) -> forms.ChoiceField:
    """A country of the world; the first choice is none."""
    choices = [("", "Choose a country"), *countries()]
    return forms.ChoiceField(choices=choices, widget=LongSelect, **kwargs)


def zone_field(**kwargs: Any) -> forms.ChoiceField:
    """A time zone."""
    first = kwargs.pop("empty", "")
    choices = [*([("", first)] if first else []), *zones()]
    return forms.ChoiceField(choices=choices, widget=LongSelect, **kwargs)


class AddressFields(forms.Form):
    """An address, country first: it decides the tax."""

    country = country_field(help_text="It decides which tax rules apply.")
    line1 = forms.CharField(
        help_text="As on an envelope. Printed on invoices.",
        label="Street and number",
        max_length=200,
        required=False,
    )
    line2 = forms.CharField(
        help_text="Such as a building or a floor.", label="Second line", max_length=200, required=False
    )
    postal_code = forms.CharField(
        help_text="As the country writes it, such as 1012 AB.", max_length=32, required=False
    )
    city = forms.CharField(help_text="Town or city, as on an envelope.", max_length=200, required=False)
    state = forms.CharField(
        help_text="Where addresses of the country name one.",
        label="State or region",
        max_length=100,
        required=False,
    )


def address_of(values: dict[str, Any]) -> dict[str, str]:
    """The API's address of what was typed."""
    return {part: values[part] for part in ADDRESS_PARTS if values.get(part)}


def address_lines(address: dict[str, Any] | None) -> list[str]:
    """As on an envelope."""
    parts = address or {}
    town = " ".join(filter(None, [parts.get("postal_code"), parts.get("city")]))
    lines = [parts.get("line1"), parts.get("line2"), town, parts.get("state")]
    return [line for line in [*lines, country_name(parts.get("country"))] if line]
