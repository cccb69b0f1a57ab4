"""Combined volume: several payers, one volume. The total picks the bands, each pays its own share.

A pool is the rules of one ``volume_group_reference``, the values of one split rule, or a single rule
whose bands another quantity decides. Each payer's units fall into the bands in proportion to the
whole volume, at the payer's own prices; of a band's fixed amount each pays its share of the volume.
Volume of others may count with it that is billed elsewhere, as in a group of subscriptions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.rating import arithmetic, limits, rate
from catalog.rating.rated import Rated
from catalog.rating.types import ZERO, Config
from catalog.rating.usage import Usage
from catalog.rating.volume import FRESH, State, Tiering
from kit.errors import InvalidField


@dataclass(frozen=True, slots=True)
class Payer:
    """One rule with its usage; ``tiering`` is what it adds to the deciding volume, None for its own units.

    The deciding quantity is another measure (``tiering_meter_value_calculation``) or the part of the
    item's usage that the rule's tiering conditions admit. ``others`` are units that stand beside its own
    and are billed elsewhere; where another quantity decides, ``tiering`` has theirs in it.
    """

    config: Config
    usage: Usage
    state: State = FRESH
    tiering: Decimal | None = None
    others: Decimal = ZERO


def rate_pool(payers: Sequence[Payer]) -> list[Rated]:
    """Rate every payer by the volume of all, in the given order.

    Raises as ``rate.rate``, and ``InvalidField`` where numbers and amounts, or amounts of several
    currencies, would be added up.
    """
    _refuse(payers)
    with arithmetic.exact():
        own = [_charged(payer) for payer in payers]
        total = sum(own, ZERO) + sum((payer.others for payer in payers), ZERO)
        deciding = sum(map(_deciding, payers, own), ZERO)
        shares = [arithmetic.quotient(units, total) if total else ZERO for units in own]
    return [
        rate.rate(payer.config, payer.usage, state=payer.state, tiering=Tiering(deciding, share))
        for payer, share in zip(payers, shares, strict=True)
    ]


def rate_alone(
    config: Config, usage: Usage, *, deciding: Decimal | None = None, state: State = FRESH
) -> Rated:
    """One rule by itself; ``deciding`` is the quantity that decides its bands where that is not its own."""
    if deciding is None:
        return rate.rate(config, usage, state=state)
    return rate_pool([Payer(config, usage, state, deciding)])[0]


def split_state(config: Config, usages: Sequence[Usage], state: State = FRESH) -> list[State]:
    """The part of the included volume that each of these usages of one rule takes.

    It is shared in proportion to the quantities, so that the lines of a split rule come to what one line
    would, but that each rounds its own started blocks and its own amount, and bounds its own units.
    """
    with arithmetic.exact():
        quantities = [max(usage.quantity, ZERO) for usage in usages]
        taken, _ = limits.take_included(sum(quantities, ZERO), state.free(config))
        return [State(part) for part in limits.shared(taken, quantities)]


def _charged(payer: Payer) -> Decimal:
    """The units a payer charges, after its included volume."""
    billable = max(payer.usage.quantity, ZERO)
    return limits.take_included(billable, payer.state.free(payer.config))[1]


def _deciding(payer: Payer, own: Decimal) -> Decimal:
    return own + payer.others if payer.tiering is None else max(payer.tiering, ZERO)


def _refuse(payers: Sequence[Payer]) -> None:
    kinds = {(payer.usage.value_type, payer.usage.currency) for payer in payers}
    if len(kinds) > 1:
        message = "volumes of different kinds or currencies cannot be combined"
        raise InvalidField(message, field="volume_group_reference")
