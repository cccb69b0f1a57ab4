"""What an item does with its price: it charges it, takes it off the invoice, or turns usage into money.

A deduction is rated as a charge is and changes its sign on the invoice; a conversion is billed as usage.
Only the words differ, and they are all here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from catalog.models import ItemType, ModelType
from kit.money import EXACT


@dataclass(frozen=True, slots=True)
class Kind:
    """The words of a price: one unit ``costs``, several ``cost``, a fee is ``charged``.

    ``price`` names the number that is typed, ``amount`` what it comes to. ``opening`` begins the sentence of
    a price, ``mark`` follows its few words in a list.
    """

    costs: str = "costs"
    cost: str = "cost"
    charged: str = "charged"
    free: str = "free"
    are_free: str = "are free"
    price: str = "Price"
    amount: str = "Total cost"
    opening: str = ""
    mark: str = ""
    takes_off: bool = False

    def signed(self, amount: Decimal) -> Decimal:
        """A rated amount as the invoice bears it: below zero where it reduces the invoice."""
        return EXACT.minus(amount) if self.takes_off else amount


CHARGE = Kind()
DEDUCTION = Kind(
    costs="takes off",
    cost="take off",
    charged="taken off",
    free="nothing",
    are_free="take off nothing",
    price="Amount off",
    amount="Taken off the invoice",
    opening="reduces the invoice: ",
    mark=", taken off",
    takes_off=True,
)
CONVERSION = Kind(
    costs="becomes",
    cost="become",
    free="nothing",
    are_free="become nothing",
    price="Rate",
    amount="Usage in money",
    opening="turns usage into money: ",
    mark=", converted",
)
CONVERTED_DEDUCTION = Kind(
    costs="becomes",
    cost="become",
    charged="taken off",
    free="nothing",
    are_free="become nothing",
    price="Rate",
    amount="Taken off the invoice",
    opening="turns usage into money that reduces the invoice: ",
    mark=", converted and taken off",
    takes_off=True,
)


def of(item_type: str, model_type: str) -> Kind:
    """The kind of an item of this type and model."""
    converts = model_type == ModelType.USAGE_BASED_CONVERSION.value
    if item_type == ItemType.DEDUCTION.value:
        return CONVERTED_DEDUCTION if converts else DEDUCTION
    return CONVERSION if converts else CHARGE
