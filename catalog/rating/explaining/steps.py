"""How an amount came about, step by step, as data: every figure needed to redo it by hand.

Each step is ``{type, description, ..}`` with plain decimal strings, always in this order: QUANTITY,
NET_NEGATIVE, CONTINUED, INCLUDED_VOLUME, ROLLOVER and TIERING (only where they apply), CHARGE for each detail
line, TOTAL, ROUNDING.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from catalog.rating.explaining import printing, wording
from catalog.rating.rate import needs_events
from catalog.rating.rated import Rated
from kit.money import fixed, minor_units, plain, round_half_up


def of(rated: Rated) -> list[dict[str, Any]]:
    """The steps of this rating."""
    charges = [{**line, "type": "CHARGE", "charge_type": line["type"]} for line in printing.of(rated)]
    before = [*_quantity(rated), *_continued(rated), *_included(rated), *_reused(rated), *_tiering(rated)]
    return [*before, *charges, _total(rated), *rounding(rated.amount, rated.currency)]


def _quantity(rated: Rated) -> list[dict[str, Any]]:
    usage = rated.usage
    known = plain(usage.quantity)
    how = (
        f"{usage.calculation} of {wording.events(str(usage.events))}: " if usage.calculation else "Quantity: "
    )
    first = {
        "type": "QUANTITY",
        "description": how + known,
        "quantity": known,
        "calculation": usage.calculation,
        "events": str(usage.events),
    }
    if usage.quantity >= 0 or rated.sequel is not None:
        return [first]
    clamp = "A net quantity below zero is billed as zero"
    return [first, {"type": "NET_NEGATIVE", "description": clamp, "quantity": plain(rated.billable)}]


def _continued(rated: Rated) -> list[dict[str, Any]]:
    """Where in a longer pricing period the part begins."""
    if rated.sequel is None:
        return []
    whole, before = rated.sequel
    known, so_far = plain(before.usage.quantity), plain(whole.usage.quantity)
    return [
        {
            "type": "CONTINUED",
            "description": f"Goes on from {known} before in the same pricing period, to {so_far}",
            "before": known,
            "quantity": so_far,
            "before_amount": plain(before.amount),
            "amount": plain(whole.amount),
        }
    ]


def _included(rated: Rated) -> list[dict[str, Any]]:
    volume = rated.state.free(rated.config)
    if not volume and not rated.config.included_volume:
        return []
    taken, rest = plain(rated.included), plain(rated.billable - rated.included)
    used = "used by the smallest events" if needs_events(rated.config) else "used"
    return [
        {
            "type": "INCLUDED_VOLUME",
            "description": f"{taken} of {plain(volume)} included are {used}, {rest} remain to be charged",
            "included_volume": plain(volume),
            "taken": taken,
            "quantity": rest,
        }
    ]


def _reused(rated: Rated) -> list[dict[str, Any]]:
    if not rated.state.carried:
        return []
    taken, rest = plain(rated.reused), plain(rated.billable - rated.included - rated.reused)
    return [
        {
            "type": "ROLLOVER",
            "description": f"{taken} of {plain(rated.state.carried)} left before are used, {rest} remain",
            "carried": plain(rated.state.carried),
            "taken": taken,
            "quantity": rest,
        }
    ]


def _tiering(rated: Rated) -> list[dict[str, Any]]:
    if rated.tiering is None:
        return []
    decides = plain(rated.tiering.quantity)
    return [
        {
            "type": "TIERING",
            "description": f"The bands are those of a volume of {decides}",
            "quantity": decides,
            "volume_share": plain(rated.tiering.share),
        }
    ]


def _total(rated: Rated) -> dict[str, Any]:
    amount = plain(rated.amount)
    return {
        "type": "TOTAL",
        "description": f"Total {amount} {rated.currency or ''}".strip(),
        "amount": amount,
    }


def rounding(amount: Decimal, currency: str | None) -> list[dict[str, Any]]:
    """The last step: half up to the minor unit; none where nothing can be charged."""
    if currency is None:
        return []
    places = minor_units(currency)
    return [
        {
            "type": "ROUNDING",
            "description": f"Rounded half up to {places} decimals: {fixed(amount, currency)} {currency}",
            "rule": "HALF_UP",
            "minor_units": places,
            "unrounded_amount": plain(amount),
            "amount": plain(round_half_up(amount, currency)),
        }
    ]
