"""A price in one plain sentence: "the first 1,000 calls are free, then €0.012 each up to 10,000"."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from catalog.rating.parsing import config as rating_config
from catalog.rating.types import BlockPrice, BlockRounding, Config, Percentage, Place, PricingType, UnitPrice
from desk.components import format
from desk.editors.pricing import credits, unit_words
from desk.editors.pricing.built import Terms
from desk.editors.pricing.bundles import TOP_UP
from desk.editors.pricing.kinds import CHARGE
from kit.errors import InvalidRequest
from kit.money import plain

MODEL_WORDS = {
    "FLAT": "Flat",
    "TIERED": "Progressive",
    "TOP_TIERED": "Top-tier",
    "STAIR_STEP": "Stairstep",
    "PACKAGE": "Package",
    "PERCENTAGE": "Percentage",
    "FIXED": "Fixed",
    "PASS_THROUGH": "Pass-through",
    "NONE": "Not billed",
}

ON_DEMAND = "each time it is charged"


def sentence(body: dict[str, Any], terms: Terms, *, when: str = "") -> str:
    """What the price comes to, in words; empty where it does not parse."""
    try:
        parsed = rating_config.parse(body)
    except InvalidRequest:
        return ""
    if credits.has(parsed):
        return credits.sentence(parsed, terms)
    if parsed.pricing_type is PricingType.NONE:
        return f"nothing is {terms.kind.charged}, and no line is shown."
    return terms.kind.opening + _whole(parsed, terms, _when(body, when))


def short(body: dict[str, Any], terms: Terms, *, when: str = "") -> str:
    """A few words for a list: ``Progressive, 4 tiers`` or ``Flat €0.0100 per call``."""
    try:
        parsed = rating_config.parse(body)
    except InvalidRequest:
        return "Cannot be read"
    if credits.has(parsed):
        return credits.short(parsed, terms)
    if parsed.pricing_type is PricingType.NONE:
        return MODEL_WORDS["NONE"]
    return _short(parsed, terms, body, when) + terms.kind.mark


def _short(parsed: Config, terms: Terms, body: dict[str, Any], when: str) -> str:
    kind = parsed.pricing_type
    if kind is PricingType.PASS_THROUGH:
        return MODEL_WORDS[kind.value]
    if kind is PricingType.FIXED or _is_fee(parsed, terms):
        return f"{_each(parsed, terms)} {_when(body, when) or 'a period'}"
    if len(parsed.bands) > 1 or kind in (PricingType.TIERED, PricingType.TOP_TIERED, PricingType.STAIR_STEP):
        count = len(parsed.bands)
        steps = all(place.band.price is None for place in parsed.places)
        name = MODEL_WORDS["STAIR_STEP" if steps else kind.value.removesuffix(TOP_UP)]
        return f"{name}, {count} tier{'' if count == 1 else 's'}"
    return _single(parsed, terms, body["bands"][0])


def _each(parsed: Config, terms: Terms) -> str:
    """A fee, of each seat where it is one: ``€15.00 per seat``."""
    fee = money(_fee(parsed.places[0]), terms)
    per_unit = terms.seats and parsed.pricing_type is not PricingType.FIXED
    return f"{fee} per {terms.unit}" if per_unit else fee


def _is_fee(parsed: Config, terms: Terms) -> bool:
    """Whether one amount says it all: a fee, or one price for every seat."""
    bands = parsed.bands
    return not terms.metered and not (
        terms.seats and (len(bands) > 1 or isinstance(bands[0].price, BlockPrice))
    )


def _when(body: dict[str, Any], when: str) -> str:
    return ON_DEMAND if body.get("on_demand") else when


def _single(parsed: Config, terms: Terms, band: dict[str, Any]) -> str:
    price = parsed.bands[0].price
    if isinstance(price, BlockPrice):
        size = f"{format.number(price.size)} {terms.units}"
        return f"Package, {money(price.amount, terms)} per {size}"
    if isinstance(price, Percentage):
        fee = parsed.bands[0].fixed_amount
        return f"{plain(price.percent)}%{f' + {money(fee, terms)} per event' if fee else ''}"
    written = Decimal((band.get("amount") or {}).get("quantity") or 0)
    return f"Flat {format.unit_price(written, terms.currency)} per {terms.unit}"


def _whole(parsed: Config, terms: Terms, when: str) -> str:
    kind = parsed.pricing_type
    free = _free(parsed, terms)
    if kind is PricingType.PASS_THROUGH:
        return f"the metered amount is {terms.kind.charged} as it is."
    if _is_fee(parsed, terms):
        return f"{_each(parsed, terms)} {when or 'a period'}."
    if terms.seats:
        return f"{_by_quantity(parsed, terms, free, when).removesuffix('.')}, {when or 'a period'}."
    return _by_quantity(parsed, terms, free, when)


def _by_quantity(parsed: Config, terms: Terms, free: str, when: str) -> str:
    """The words for a price of usage, or of seats in tiers or packages."""
    kind = parsed.pricing_type
    if kind is PricingType.FIXED:
        return f"{money(_fee(parsed.places[0]), terms)} {when or 'a period'}, whatever the usage."
    if all(place.band.price is None for place in parsed.places):
        return _stairs(parsed, terms)
    if len(parsed.places) == 1:
        return free + _one(parsed, terms)
    if kind is PricingType.TOP_TIERED:
        return free + _top_tier(parsed, terms)
    return free + _progressive(parsed, terms)


def _free(parsed: Config, terms: Terms) -> str:
    if not parsed.included_volume:
        return ""
    free = _quantity(parsed.included_volume, terms)
    if terms.kind is not CHARGE:
        return f"the first {free} {terms.kind.are_free}, then "
    return f"{free} are included, then "


def _one(parsed: Config, terms: Terms) -> str:
    band = parsed.bands[0]
    price, limits = band.price, unit_words.one(band, terms.units)
    often = " for every event" if parsed.pricing_type is PricingType.FLAT else ""
    fee = f", plus {money(band.fixed_amount, terms)}{often}" if band.fixed_amount else ""
    if isinstance(price, BlockPrice):
        rounding = (
            "a started package counts whole"
            if price.rounding is BlockRounding.UP
            else f"{terms.kind.charged} pro rata"
        )
        each = f"{money(price.amount, terms)} for every {_quantity(price.size, terms)}{fee}"
        return f"{each}; {rounding}{limits}."
    if isinstance(price, Percentage):
        given = [("at least", price.floor), ("at most", price.cap)]
        bounds = [f", {word} {money(value, terms)} per event" for word, value in given if value is not None]
        return f"{plain(price.percent)}% of the amount{fee}{''.join(bounds)}."
    amount = price.amount if isinstance(price, UnitPrice) else Decimal(0)
    return f"every {terms.unit} {terms.kind.costs} {money(amount, terms)}{fee}{limits}."


def _progressive(parsed: Config, terms: Terms) -> str:
    kind, parts = terms.kind, list[str]()
    for place in parsed.places:
        top = place.band.upper_bound
        price = _price(place, terms)
        each = _each_word(parts, place)
        if place.order == 1:
            first = f"the first {_quantity(top or Decimal(0), terms)}"
            said = kind.are_free if price == kind.free else f"{kind.cost} {price}{each}"
            parts.append(f"{first} {said}")
        elif top is None:
            parts.append(f"{price} beyond")
        else:
            parts.append(f"{price}{each} up to {_bound(top, terms)}")
    return _joined(parts, parsed, terms)


def _top_tier(parsed: Config, terms: Terms) -> str:
    kind, parts = terms.kind, list[str]()
    for place in parsed.places:
        top = place.band.upper_bound
        where = (
            f"up to {_quantity(top, terms)}"
            if top is not None
            else f"above {_bound(place.lower_bound, terms)}"
        )
        price = _price(place, terms)
        each = _each_word(parts, place)
        said = kind.are_free if price == kind.free else f"{kind.cost} {price}{each}"
        parts.append(f"{where}, all {said}")
    return _joined(parts, parsed, terms)


def _stairs(parsed: Config, terms: Terms) -> str:
    parts = []
    for place in parsed.places:
        top = place.band.upper_bound
        where = (
            f"up to {_quantity(top, terms)}"
            if top is not None
            else f"above {_bound(place.lower_bound, terms)}"
        )
        parts.append(f"{where} {money(_fee(place), terms)}")
    how = f"only the step reached is {terms.kind.charged}"
    if parsed.pricing_type is PricingType.STAIR_STEP:
        how = "the amounts of every step reached are added up"
    return f"{'; '.join(parts)}: {how}."


def _joined(parts: list[str], parsed: Config, terms: Terms) -> str:
    text = ", then ".join([parts[0], ", ".join(parts[1:-1])] if len(parts) > 2 else parts[:1])
    text += f" and {parts[-1]}" if len(parts) > 2 else f", then {parts[-1]}"
    fees = [place for place in parsed.places if place.band.fixed_amount]
    if fees:
        named = ", ".join(f"{money(_fee(place), terms)} for tier {place.order}" for place in fees)
        text += f"; plus a flat fee of {named}"
    return f"{text}{unit_words.tiers(parsed.places, terms.units)}."


def _each_word(parts: list[str], place: Place) -> str:
    """`` each``, once, behind the price of a unit."""
    said = any("each" in part for part in parts) or isinstance(place.band.price, BlockPrice)
    return "" if said or not _own(place) else " each"


def _own(place: Place) -> Decimal:
    """What is charged for a unit, a block or a hundred of money."""
    price = place.band.price
    if isinstance(price, Percentage):
        return price.percent
    return price.amount if isinstance(price, UnitPrice | BlockPrice) else Decimal(0)


def _price(place: Place, terms: Terms) -> str:
    price = place.band.price
    if isinstance(price, Percentage):
        return f"{plain(price.percent)}%"
    amount = _own(place)
    size = f" per {_quantity(price.size, terms)}" if isinstance(price, BlockPrice) else ""
    return f"{money(amount, terms)}{size}" if amount else terms.kind.free


def _fee(place: Place) -> Decimal:
    price = place.band.price
    own = price.amount if isinstance(price, UnitPrice | BlockPrice) else Decimal(0)
    return place.band.fixed_amount if place.band.fixed_amount is not None else own


def money(amount: Decimal, terms: Terms) -> str:
    """A price with the decimals that it needs."""
    return format.unit_price(Decimal(plain(amount)), terms.currency)


def _bound(value: Decimal, terms: Terms) -> str:
    return format.money(value, terms.currency) if terms.is_money else format.number(value)


def _quantity(value: Decimal, terms: Terms) -> str:
    return _bound(value, terms) if terms.is_money else f"{format.number(value)} {terms.units}"
