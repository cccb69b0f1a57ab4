"""Usage converted into credits: the same models, with credits where a price has money.

1 credit for each 30 seconds: a price of one credit per block of 30. What the credits are worth, or
which wallet they are taken from, is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from catalog.rating.rate import rate
from catalog.rating.rated import Rated
from catalog.rating.types import Band, BlockPrice, Config, CreditsPrice, UnitPrice
from catalog.rating.usage import Usage
from catalog.rating.volume import FRESH, State
from kit.errors import InvalidField


@dataclass(frozen=True, slots=True)
class Converted:
    """``quantity`` credits, unrounded; ``rated`` explains them, its amounts counting credits."""

    quantity: Decimal
    credit_type_id: str
    rated: Rated


def convert(config: Config, usage: Usage, *, state: State = FRESH) -> Converted:
    """The credits of this usage. Raises ``InvalidField`` unless every band has credits of one type."""
    types = {band.price.credit_type_id for band in config.bands if isinstance(band.price, CreditsPrice)}
    if len(types) != 1 or not all(isinstance(band.price, CreditsPrice) for band in config.bands):
        raise InvalidField("every band of a conversion needs credits, of one type", field="bands")
    bands = tuple(_counted(band) for band in config.bands)
    unrated = tuple(problem for problem in config.unrated if not problem.field.endswith(".credits"))
    rated = rate(replace(config, bands=bands, currency=None, unrated=unrated), usage, state=state)
    return Converted(rated.amount, types.pop(), rated)


def _counted(band: Band) -> Band:
    """The band with its credits in the place of money."""
    price = band.price
    assert isinstance(price, CreditsPrice)
    if band.fixed_amount is not None:
        raise InvalidField("a conversion has credits only", field="bands")
    if price.size is None:
        return replace(band, price=UnitPrice(price.quantity))
    return replace(band, price=BlockPrice(price.quantity, price.size, price.rounding))
