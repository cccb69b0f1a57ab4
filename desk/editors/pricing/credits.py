"""A price in credits in words: the API stores it, and nothing bills it before there are wallets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.rating.types import Config, CreditsPrice, Place
from desk.components import format
from desk.editors.pricing.built import Terms

WAITS = "Credits cannot be billed yet: enter a price in money"
# As rating words it, for what stands in the way of an activation.
REFUSED = "a price in credits does not rate yet"


def has(config: Config) -> bool:
    """Whether any band is priced in credits."""
    return any(isinstance(band.price, CreditsPrice) for band in config.bands)


def in_body(body: Mapping[str, Any]) -> bool:
    """The same of a rule as it is stored."""
    return any(band.get("credits") for band in body.get("bands") or ())


def sentence(config: Config, terms: Terms) -> str:
    """``turns usage into credits: 1 credit for every 30 seconds. Credits cannot be billed yet: …``."""
    several = len(config.bands) > 1
    said = [f"{_where(place, terms)}{_band(place, terms)}" for place in config.places]
    opening = "in tiers, " if several else ""
    return f"turns usage into credits: {opening}{'; '.join(said)}. {WAITS}."


def short(config: Config, terms: Terms) -> str:
    """``1 credit for every 30 seconds``, or in how many tiers."""
    if len(config.bands) > 1:
        return f"Credits, {len(config.bands)} tiers"
    return _band(config.places[0], terms)


def words(price: CreditsPrice, terms: Terms) -> str:
    """``1 credit for every second``, or for every 30 of them."""
    credits = f"{format.number(price.quantity)} credit{'' if price.quantity == 1 else 's'}"
    size = terms.unit if price.size is None else f"{format.number(price.size)} {terms.units}"
    return f"{credits} for every {size}"


def _band(place: Place, terms: Terms) -> str:
    price = place.band.price
    return words(price, terms) if isinstance(price, CreditsPrice) else "no credits"


def _where(place: Place, terms: Terms) -> str:
    top = place.band.upper_bound
    if top is not None:
        return f"up to {format.number(top)} {terms.units} "
    return f"above {format.number(place.lower_bound)} " if place.order > 1 else ""
