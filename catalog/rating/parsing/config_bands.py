"""The bands of a config, from JSON: bounds ascend, the last is open, each price is one price.

Per model: FIXED and STAIR_STEP charge a fixed amount, given as ``amount`` or ``fixed_amount``; NONE
and PASS_THROUGH charge by no band at all; the others charge ``amount`` (per unit or block) or a
``percentage``, and ``fixed_amount`` beside it.
"""

from __future__ import annotations

from decimal import Decimal

from catalog.rating.parsing.facts import Facts
from catalog.rating.parsing.reading import Fields
from catalog.rating.types import (
    Band,
    BlockPrice,
    BlockRounding,
    CreditsPrice,
    Percentage,
    Price,
    PricingType,
    UnitPrice,
    ValueType,
)
from kit.errors import InvalidField, MissingField

MAX_BANDS = 200

WITHOUT_BANDS = frozenset({PricingType.NONE, PricingType.PASS_THROUGH})
ONE_BAND = frozenset({PricingType.FLAT, PricingType.FLAT_TOP_UP, PricingType.FIXED})
FIXED_ONLY = frozenset({PricingType.FIXED, PricingType.STAIR_STEP, PricingType.STAIR_STEP_TOP_UP})
PER_EVENT = frozenset({PricingType.FLAT})
BUNDLES = frozenset({PricingType.FLAT_TOP_UP, PricingType.TIERED_TOP_UP})

PRICES = ("amount", "percentage", "credits")
EVENT_LIMITS = ("minimum_amount", "maximum_amount")
UNIT_LIMITS = ("minimum_number", "maximum_number")


def read(parent: Fields, pricing_type: PricingType, facts: Facts) -> tuple[Band, ...]:
    """The ``bands`` of ``parent``, lowest first."""
    entries = parent.children("bands", at_most=MAX_BANDS)
    field = parent.at("bands")
    if pricing_type in WITHOUT_BANDS:
        for entry in entries:
            _refuse(
                entry, (*PRICES, "fixed_amount", "tier_top_bound"), f"a {pricing_type} price has no bands"
            )
        return ()
    if not entries:
        raise MissingField(field=field)
    if pricing_type in ONE_BAND and len(entries) > 1:
        raise InvalidField(f"a {pricing_type} price has exactly one band", field=field)
    bounds = _bounds(entries, facts)
    return tuple(
        _band(entry, bound, pricing_type, facts) for entry, bound in zip(entries, bounds, strict=True)
    )


def _bounds(entries: list[Fields], facts: Facts) -> list[Decimal | None]:
    """The upper bounds: strictly ascending from above zero, the last one open."""
    bounds: list[Decimal | None] = []
    lower = Decimal(0)
    for entry in entries[:-1]:
        bound = facts.positive_measure(entry, "tier_top_bound")
        if bound is None:
            raise MissingField("only the last band is open", field=entry.at("tier_top_bound"))
        if bound <= lower:
            raise InvalidField("must be above the bound of the band before", field=entry.at("tier_top_bound"))
        bounds.append(bound)
        lower = bound
    _refuse(entries[-1], ("tier_top_bound",), "the last band must be open: it has no upper bound")
    return [*bounds, None]


def _band(entry: Fields, bound: Decimal | None, pricing_type: PricingType, facts: Facts) -> Band:
    if pricing_type in FIXED_ONLY:
        return _fixed_band(entry, bound, pricing_type, facts)
    price = _price(entry, facts)
    if pricing_type in BUNDLES:
        _bundle(entry, price)
    fixed_amount = facts.money(entry, "fixed_amount")
    if price is None and fixed_amount is None:
        raise MissingField("a band needs an amount, a percentage or a fixed amount", field=entry.at("amount"))
    if isinstance(price, Percentage) and price.per_event and pricing_type not in PER_EVENT:
        given = next(name for name in EVENT_LIMITS if entry.has(name))
        raise InvalidField("a minimum or maximum per event needs a FLAT price", field=entry.at(given))
    minimum, maximum = _unit_limits(entry, price, facts)
    return Band(bound, price, fixed_amount, minimum, maximum)


def _bundle(entry: Fields, price: Price | None) -> None:
    """A bundle is bought whole, for one amount."""
    _refuse(entry, UNIT_LIMITS, "a bundle is bought whole, its units are not bounded")
    if isinstance(price, Percentage):
        raise InvalidField("a bundle has an amount", field=entry.at("percentage"))
    if isinstance(price, BlockPrice) and price.rounding is BlockRounding.NONE:
        raise InvalidField("a bundle is bought whole", field=entry.at("block_rounding"))
    if price is None:
        raise MissingField(field=entry.at("amount"))


def _fixed_band(entry: Fields, bound: Decimal | None, pricing_type: PricingType, facts: Facts) -> Band:
    """A band that charges one amount however many units are in it."""
    others = ("percentage", "block_size", *EVENT_LIMITS, *UNIT_LIMITS)
    _refuse(entry, others, f"a {pricing_type} price has one amount for each band, nothing per unit")
    if entry.has("amount") and entry.has("fixed_amount"):
        raise InvalidField("give amount or fixed_amount, not both", field=entry.at("fixed_amount"))
    credits_price = _credits(entry, facts)
    amount = facts.money(entry, "amount" if entry.has("amount") else "fixed_amount")
    if amount is None and credits_price is None:
        raise MissingField(field=entry.at("amount"))
    return Band(bound, credits_price, amount)


def _price(entry: Fields, facts: Facts) -> Price | None:
    """The one price of the band's units, or None for a band with only a fixed amount."""
    given = [name for name in PRICES if entry.has(name)]
    if len(given) > 1:
        raise InvalidField("give one of amount, percentage and credits", field=entry.at(given[1]))
    if given not in (["amount"], ["credits"]):
        _refuse(entry, ("block_size",), "a block needs an amount per block")
    if given != ["percentage"]:
        _refuse(entry, EVENT_LIMITS, "a minimum or maximum per event needs a percentage")
    if given == ["percentage"]:
        return _percentage(entry, facts)
    return _credits(entry, facts) or _amount(entry, facts)


def _amount(entry: Fields, facts: Facts) -> UnitPrice | BlockPrice | None:
    amount = facts.money(entry, "amount")
    rounding = entry.choice("block_rounding", BlockRounding) or BlockRounding.UP
    size = facts.positive_measure(entry, "block_size")
    if amount is None:
        return None
    if size is not None:
        return BlockPrice(amount, size, rounding)
    facts.prices(ValueType.NUMBER, entry.at("amount"))
    return UnitPrice(amount)


def _percentage(entry: Fields, facts: Facts) -> Percentage:
    facts.prices(ValueType.AMOUNT, entry.at("percentage"))
    floor, cap = (facts.money(entry, name) for name in EVENT_LIMITS)
    if floor is not None and cap is not None and floor > cap:
        raise InvalidField("must not be above maximum_amount", field=entry.at("minimum_amount"))
    return Percentage(entry.required_number("percentage"), floor, cap)


def _credits(entry: Fields, facts: Facts) -> CreditsPrice | None:
    fields = entry.child("credits")
    if fields is None:
        return None
    facts.note_unrated(fields.path, "a price in credits does not rate yet")
    credit_type_id = fields.text("credit_type_id")
    if not credit_type_id:
        raise MissingField(field=fields.at("credit_type_id"))
    size = facts.positive_measure(entry, "block_size")
    rounding = entry.choice("block_rounding", BlockRounding) or BlockRounding.UP
    return CreditsPrice(fields.required_number("quantity"), credit_type_id, size, rounding)


def _unit_limits(entry: Fields, price: Price | None, facts: Facts) -> tuple[Decimal | None, Decimal | None]:
    """The fewest and the most units a reached band charges."""
    minimum, maximum = (entry.number(name) for name in UNIT_LIMITS)
    given = [name for name in UNIT_LIMITS if entry.has(name)]
    if not given:
        return None, None
    if not isinstance(price, UnitPrice | BlockPrice):
        raise InvalidField("needs a price per unit or per block", field=entry.at(given[0]))
    facts.prices(ValueType.NUMBER, entry.at(given[0]))
    if minimum is not None and maximum is not None and minimum > maximum:
        raise InvalidField("must not be above maximum_number", field=entry.at("minimum_number"))
    return minimum, maximum


def _refuse(entry: Fields, names: tuple[str, ...], message: str) -> None:
    for name in names:
        if entry.has(name):
            raise InvalidField(message, field=entry.at(name))
