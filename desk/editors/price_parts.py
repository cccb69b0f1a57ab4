"""The prices within a rule, one by one: what they are called, what they are, and the rule with others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.rating.parsing import config as rating_config
from catalog.rating.types import Config, Place
from desk.components import format
from desk.editors.pricing.built import Terms
from kit.money import plain

Body = Mapping[str, Any]
AMOUNT, PERCENTAGE, FEE = "amount", "percentage", "fixed_amount"
LABELS = {AMOUNT: "Price", PERCENTAGE: "Part", FEE: "Fixed amount"}
KINDS = tuple(LABELS)
# What tells one rule from another, beside what it says.
NAMES = ("id", "original_pricing_item_config_id")


@dataclass(frozen=True, slots=True)
class Part:
    """A price of a rule: ``key`` is ``<band>_<kind>``, ``value`` its digits, ``was`` the same in words."""

    key: str
    label: str
    value: str
    was: str


def parts(body: Body, config: Config, terms: Terms) -> list[Part]:
    """Every price of the rule, band by band."""
    bands = body.get("bands") or ()
    return [
        Part(f"{index}_{kind}", _label(place, kind, terms), value, _said(value, kind, terms))
        for index, (band, place) in enumerate(zip(bands, config.places, strict=False))
        for kind in KINDS
        if (value := _value(band, kind)) is not None
    ]


def changed(body: Body, prices: Mapping[str, Decimal]) -> dict[str, Any]:
    """The rule with these prices (by key) in the place of its own."""
    bands = [
        {**band, **{kind: _put(band, kind, prices[f"{index}_{kind}"]) for kind in _given(index, prices)}}
        for index, band in enumerate(body.get("bands") or ())
    ]
    return {name: value for name, value in body.items() if name not in NAMES} | {"bands": bands}


def differences(plan: Body, own: Body) -> dict[str, str] | None:
    """The prices of ``own`` that are not the plan's, by key; None where more than prices differs."""
    theirs, mine = _all(plan), _all(own)
    if theirs.keys() != mine.keys():
        return None
    found = {key: value for key, value in mine.items() if Decimal(theirs[key]) != Decimal(value)}
    rebuilt = changed(plan, {key: Decimal(value) for key, value in found.items()})
    return found if rating_config.parse(rebuilt) == rating_config.parse(own) else None


def _all(body: Body) -> dict[str, str]:
    bands = body.get("bands") or ()
    return {
        f"{index}_{kind}": value
        for index, band in enumerate(bands)
        for kind in KINDS
        if (value := _value(band, kind)) is not None
    }


def _given(index: int, prices: Mapping[str, Decimal]) -> list[str]:
    return [kind for kind in KINDS if f"{index}_{kind}" in prices]


def _value(band: Body, kind: str) -> str | None:
    value = band.get(kind)
    if isinstance(value, Mapping):
        value = value.get("quantity")
    return None if value is None else str(value)


def _put(band: Body, kind: str, value: Decimal) -> Any:
    return plain(value) if kind == PERCENTAGE else {**band[kind], "quantity": plain(value)}


def _said(value: str, kind: str, terms: Terms) -> str:
    number = Decimal(plain(Decimal(value)))
    return f"{plain(number)}%" if kind == PERCENTAGE else format.unit_price(number, terms.currency)


def _label(place: Place, kind: str, terms: Terms) -> str:
    name = f"{LABELS[kind]} in %" if kind == PERCENTAGE else f"{LABELS[kind]} in {terms.currency}"
    top, bottom = place.band.upper_bound, place.lower_bound
    if top is not None:
        return f"{name}, up to {format.number(top)}"
    return f"{name}, above {format.number(bottom)}" if bottom else name
