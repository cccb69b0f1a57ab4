"""The rows of the tier table, with what is computed for each: where it starts, what it costs at its end."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from catalog.rating import rate
from catalog.rating.parsing import config as rating_config
from catalog.rating.types import Config
from catalog.rating.usage import Usage
from desk.components import format
from desk.components.plot import tint
from desk.editors.pricing.built import Built, Terms, Trouble
from desk.editors.pricing.sheet import Row, Sheet
from kit.errors import InvalidRequest


@dataclass(frozen=True)
class Tier:
    """A row of the tier table with what is computed for it."""

    number: int
    row: Row
    tint: str
    start: str
    top: str
    hit: bool
    is_last: bool
    troubles: list[Trouble]

    @property
    def key(self) -> str:
        """The number in an id: text, which a template writes as it is."""
        return str(self.number)

    @property
    def wrong(self) -> list[str]:
        """The columns that hold an error, by the names of their inputs."""
        return [each.id.rpartition("-")[0] for each in self.troubles if each.kind == "error"]


def of(sheet: Sheet, built: Built, terms: Terms, hit: int, advice: list[Trouble]) -> list[Tier]:
    """Every tier of the sheet; ``hit`` counts, from one, the tier that the asked quantity reaches."""
    rows, tops = sheet.tiers, _tops(built, terms)
    whole = not terms.is_money and all(
        bound is None or bound == bound.to_integral_value() for bound in built.bounds
    )
    found, low = [], Decimal(0)
    for index, row in enumerate(rows):
        mine = [trouble for trouble in (*built.troubles, *advice) if trouble.row == index]
        is_last = index == len(rows) - 1
        start = _start(low, whole, index)
        top = "No limit" if is_last and not row.up_to else tops.get(index, "")
        found.append(
            Tier(index + 1, row, tint(index, len(rows)), start, top, index + 1 == hit, is_last, mine)
        )
        low = built.bounds[index] or low
    return found


def _start(low: Decimal, whole: bool, index: int) -> str:
    if whole:
        return format.number(low + 1)
    return f"above {format.number(low)}" if index else "0"


def _tops(built: Built, terms: Terms) -> dict[int, str]:
    """Index -> the whole cost at the upper bound, for the tiers that can be priced."""
    if built.partial is None:
        return {}
    try:
        config = rating_config.parse(built.partial)
        bounds = built.bounds[: len(config.bands)]
        return {index: _cost(config, bound, terms) for index, bound in enumerate(bounds) if bound is not None}
    except InvalidRequest:
        return {}


def _cost(config: Config, bound: Decimal, terms: Terms) -> str:
    currency = terms.currency if terms.is_money else None
    usage = Usage.one_event(config.included_volume + bound, currency=currency)
    amount = rate.rate(config, usage).amount
    return format.money(amount, terms.currency).removeprefix(format.symbol(terms.currency))
