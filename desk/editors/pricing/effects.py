"""What another price means for customers: the difference a month, for the median and the 95th percentile."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from catalog.services import calculate
from desk.components import format
from desk.editors.pricing.book import PricedItem
from desk.editors.pricing.typical import SHARES, Typical
from kit.errors import TallydeskError
from kit.money import EXACT, round_half_up

EVERYONE = "Everyone"
NONE, UNKNOWN, UNUSED = "No effect", "Not known", "No usage yet"


@dataclass(frozen=True)
class Effect:
    """``who`` pays ``words`` more or less: ``Median``, ``−€20.50 a month``."""

    who: str
    words: str


def of(before: PricedItem | None, after: PricedItem | None, used: Typical | None) -> list[Effect]:
    """One effect for what costs everyone the same, one for each typical customer of what is metered."""
    known = after or before
    assert known is not None
    if not known.terms.metered:
        return [Effect(EVERYONE, _said(known, _fee(before), _fee(after)))]
    if used is None:
        return [Effect(SHARES_FIRST, UNKNOWN)]
    if not used.used:
        return [Effect(SHARES_FIRST, UNUSED)]
    old, new = (used.costs(side.configs) if side else {} for side in (before, after))
    if old is None or new is None:
        return [Effect(SHARES_FIRST, UNKNOWN)]
    nothing = Decimal(0)
    return [Effect(who, _said(known, old.get(who, nothing), new.get(who, nothing))) for who in used.used]


SHARES_FIRST = next(iter(SHARES))


def _said(item: PricedItem, old: Decimal | None, new: Decimal | None) -> str:
    if old is None or new is None:
        return UNKNOWN
    change = round_half_up(item.terms.kind.signed(EXACT.subtract(new, old)), item.currency)
    if not change:
        return NONE
    sign = "+" if change > 0 else ""
    return f"{sign}{format.money(change, item.currency)} {'a month' if item.terms.metered else item.when}"


def _fee(item: PricedItem | None) -> Decimal | None:
    """What the item costs whoever has it; None where it has no price that can be told."""
    if item is None:
        return Decimal(0)
    if not item.configs:
        return None
    try:
        priced = calculate.price(
            config=item.default.body,
            measured=None,
            events=None,
            model_type=item.item.model_type,
            default_currency=item.currency,
        )
    except TallydeskError:
        return None
    return Decimal(priced["unrounded_amount"])
