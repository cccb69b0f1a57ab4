"""The price models to choose from, each with why it does not fit the item."""

from __future__ import annotations

from dataclasses import dataclass

from desk.editors.pricing.built import Terms
from desk.editors.pricing.sheet import PASS_THROUGH, PERCENTAGE

CURVES = {
    "FLAT": ("Flat", "M2 20 44 4"),
    "TIERED": ("Progressive", "M2 20 14 12 28 7 44 4"),
    "TOP_TIERED": ("Top-tier", "M2 20 14 9M14 14 28 6M28 12 44 4"),
    "STAIR_STEP": ("Stairstep", "M2 18h10v-5h11V8h11V3h10"),
    "PACKAGE": ("Package", "M2 17h7v-3h7v-3h7V8h7V5h7V3h7"),
    "PERCENTAGE": ("Percentage", ""),
}
MORE = {"FIXED": "Fixed", "PASS_THROUGH": "Pass-through", "NONE": "Not billed"}
ONLY_MONEY = (PERCENTAGE, PASS_THROUGH)
ONLY_NUMBERS = ("FLAT", "PACKAGE")


@dataclass(frozen=True)
class Model:
    """A model card; ``refused`` says why it does not fit the item."""

    value: str
    label: str
    path: str
    checked: bool
    refused: str = ""


def common(chosen: str, terms: Terms) -> list[Model]:
    """The models with a card that shows their curve."""
    return [
        Model(value, label, path, value == chosen, _refused(value, terms))
        for value, (label, path) in CURVES.items()
    ]


def rarer(chosen: str, terms: Terms) -> list[Model]:
    """The models behind "More"; what passes money through is only for money."""
    return [
        Model(value, label, "", value == chosen)
        for value, label in MORE.items()
        if value != PASS_THROUGH or terms.is_money
    ]


def _refused(model: str, terms: Terms) -> str:
    if model in ONLY_MONEY and not terms.is_money:
        return "Needs a meter value of type amount"
    if model in ONLY_NUMBERS and terms.is_money:
        return "Needs a meter value of type number"
    return ""
