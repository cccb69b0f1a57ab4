"""Minimum commitments: what is charged at least, per rule, item, product or in total.

The shortfall is max(0, committed - charges so far), where the charges so far are after the discounts
of rules, items, products and categories, and count the shortfalls of narrower levels. What is
committed is prorated with the period. Units committed are worth the rule's price for them, compared
with its price for what was used: a discount does not turn used units into missing ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from billing.calc import proration
from billing.calc.proration import Share
from billing.calc.targets import Level, Scope, Target
from billing.calc.totals import ZERO
from catalog.rating.explaining import steps as rating_steps
from catalog.rating.rate import rate
from catalog.rating.rated import Rated
from catalog.rating.volume import Tiering
from kit.errors import InvalidField
from kit.money import EXACT, plain, round_half_up, total
from kit.period import Span

NAME = "Minimum commitment"
LEVELS = (Level.RULE, Level.ITEM, Level.PRODUCT, Level.CATEGORY, Level.TOTAL)


@dataclass(frozen=True, slots=True)
class Commitment:
    """An `amount` in the invoice's currency, or `units` of one rule; `share` is that of the period.

    `name` is where it stands among the terms of its schedule.
    Over several ids it is committed once, for all of them together. `billed` is what final invoices have
    billed for it, in the place of what it comes to. Raises InvalidField unless one of the two is given, and
    for units at another level than the rule's.
    """

    scope: Scope
    description: str
    share: Share
    amount: Decimal | None = None
    units: Decimal | None = None
    name: str = ""
    billed: Decimal | None = None

    def __post_init__(self) -> None:
        if (self.amount is None) == (self.units is None):
            raise InvalidField("commit to an amount or to units", field="amount")
        if self.units is not None and (self.scope.level is not Level.RULE or len(self.scope.ids) != 1):
            raise InvalidField("only one rule knows the price of units", field="meter_value_calculation")


class Billed(NamedTuple):
    """What final invoices have billed for a commitment, and the time of the charge beside which it stands."""

    amount: Decimal
    span: Span


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What a commitment adds: `committed` (prorated) less `charged`, rounded.

    `beside` is the position of the first charge it is for, whose group and tax it shares; None where
    the invoice holds none, then the caller knows.
    """

    commitment: Commitment
    committed: Decimal
    charged: Decimal
    amount: Decimal
    beside: int | None


def shortfalls(
    commitments: Sequence[Commitment], targets: Sequence[Target], left: Sequence[Decimal], *, currency: str
) -> list[Shortfall]:
    """The commitments that are not reached, the narrowest level first, in the given order within one.

    `left` is what discounts have left of each target.
    """
    known, amounts = list(targets), list(left)
    origins: list[int] = list(range(len(targets)))
    found = []
    for commitment in _ordered(commitments):
        covered = commitment.scope.of(known)
        committed, charged = _sides(commitment, known, amounts, covered)
        amount = round_half_up(max(EXACT.subtract(committed, charged), ZERO), currency)
        if not amount:
            continue
        beside = origins[covered[0]] if covered else None
        found.append(Shortfall(commitment, committed, charged, amount, beside))
        if covered:
            known.append(replace(known[covered[0]], amount=amount, rated=None, meter_value_id=None))
            amounts.append(amount)
            origins.append(origins[covered[0]])
    return found


def as_billed(some: Sequence[Commitment], billed: Mapping[str, Billed]) -> tuple[Commitment, ...]:
    """What stands on final invoices, by name, for these commitments and for those in force no more."""
    known = {each.name: each for each in some}
    return tuple(
        replace(known[name], billed=each.amount)
        if name in known
        else Commitment(Scope(Level.TOTAL), NAME, Share(1, 1), each.amount, name=name, billed=each.amount)
        for name, each in billed.items()
    )


def steps(shortfall: Shortfall, currency: str) -> list[dict[str, Any]]:
    """How the shortfall came about, as data; nothing of what has been billed."""
    if shortfall.commitment.billed is not None:
        return []
    missing = EXACT.subtract(shortfall.committed, shortfall.charged)
    committed, charged = plain(shortfall.committed), plain(shortfall.charged)
    return [
        _committed(shortfall.commitment, currency),
        *_proration(shortfall),
        {"type": "CHARGED", "description": f"Charged so far: {charged} {currency}", "amount": charged},
        {
            "type": "SHORTFALL",
            "description": f"{committed} {currency} less {charged} {currency}",
            "amount": plain(missing),
        },
        *rating_steps.rounding(missing, currency),
    ]


def _ordered(commitments: Sequence[Commitment]) -> list[Commitment]:
    return [each for level in LEVELS for each in commitments if each.scope.level is level]


def _sides(
    commitment: Commitment, targets: Sequence[Target], left: Sequence[Decimal], covered: Sequence[int]
) -> tuple[Decimal, Decimal]:
    """What is committed, and what has been charged against it."""
    if commitment.billed is not None:
        return commitment.billed, ZERO
    if commitment.amount is not None:
        return commitment.share.of(commitment.amount), total(left[index] for index in covered)
    rated = [target.rated for target in (targets[index] for index in covered) if target.rated is not None]
    if not rated:
        return ZERO, ZERO
    return _worth(rated, commitment), total(each.amount for each in rated)


def _worth(rated: Sequence[Rated], commitment: Commitment) -> Decimal:
    """The rule's price for the committed units, where fewer were used; a split rule has several lines."""
    assert commitment.units is not None
    units, first = commitment.share.units(commitment.units), rated[0]
    if units <= total(each.billable for each in rated):
        return ZERO
    usage, state = replace(first.usage, quantity=units), replace(first.state, available=_free(rated))
    charged = EXACT.subtract(units, min(units, state.free(first.config)))
    return rate(first.config, usage, state=state, tiering=_tiering(rated, charged)).amount


def _tiering(rated: Sequence[Rated], units: Decimal) -> Tiering | None:
    """The volume that decides the bands, where it is more than these units, which are then priced by it."""
    known = [each.tiering for each in rated if each.tiering is not None]
    if not known or known[0].quantity <= units:
        return None
    return Tiering(known[0].quantity, total(each.share for each in known))


def _free(rated: Sequence[Rated]) -> Decimal | None:
    """The included volume of the whole rule, where its lines have a part of it each."""
    parts = [each.state.available for each in rated]
    return total(part for part in parts if part is not None) if None not in parts else None


def _committed(commitment: Commitment, currency: str) -> dict[str, Any]:
    if commitment.amount is None:
        units = plain(commitment.units or ZERO)
        return {"type": "COMMITTED", "description": f"Committed: {units} units", "quantity": units}
    amount = plain(commitment.amount)
    return {"type": "COMMITTED", "description": f"Committed: {amount} {currency}", "amount": amount}


def _proration(shortfall: Shortfall) -> list[dict[str, Any]]:
    share = shortfall.commitment.share
    return [] if share.is_whole else [proration.step(share, shortfall.committed)]
