"""The steps of a line that reduces the invoice, each with the sign that the line bears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from billing.calc import parts
from kit.money import EXACT, plain

Json = Mapping[str, Any]
DEDUCTION = "DEDUCTION"
TOLD = {"type": DEDUCTION, "description": "Reduces the invoice"}


def as_borne(steps: Sequence[Json]) -> list[Json]:
    """The steps with what comes before the deduction below zero, so that none is told twice.

    An invoice keeps what was rated and turns its sign in one step; side by side that would be taken off
    twice and charged once.
    """
    at = next(number for number, step in enumerate(steps) if step["type"] == DEDUCTION)
    return [*map(_minus, steps[:at]), TOLD, *steps[at + 1 :]]


def _minus(step: Json) -> Json:
    amount = step.get("amount")
    if amount is None or not (step["type"] == "CHARGE" or step["type"] in parts.REACHED):
        return step
    if isinstance(amount, Mapping):
        return {**step, "amount": {**amount, "quantity": _turned(amount["quantity"])}}
    return {**step, "amount": _turned(amount)}


def _turned(quantity: str) -> str:
    return plain(EXACT.minus(Decimal(quantity)))
