"""From rounded line amounts to the totals of an invoice.

Tax is computed once per tax category, on the category's rounded total, half up, and then shared
out over the category's lines by largest remainder. So every sum agrees with every other: lines,
groups, periods and the invoice add up to the minor unit, with and without tax.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor

from billing.calc.tax import TaxDecision
from kit.money import EXACT, minor_units, round_half_up, total

ZERO = Decimal(0)
HUNDRED = Decimal(100)


class AmountType(StrEnum):
    """Whether prices are quoted without or with tax (`amount_type` of a plan version)."""

    EXCLUDING_TAX = "EXCLUDING_TAX"
    INCLUDING_TAX = "INCLUDING_TAX"


@dataclass(frozen=True, slots=True)
class TaxedAmount:
    """One line's rounded amount without tax, its share of the tax, and the decision behind it."""

    excluding_tax: Decimal
    tax: Decimal
    decision: TaxDecision

    @property
    def including_tax(self) -> Decimal:
        """The amount and its tax."""
        return EXACT.add(self.excluding_tax, self.tax)


@dataclass(frozen=True, slots=True)
class CategoryTotal:
    """What one tax decision comes to: `base` is taxed, `tax` is the tax."""

    decision: TaxDecision
    base: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        """What was taxed and its tax."""
        return EXACT.add(self.base, self.tax)


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of lines: of a group, a period or an invoice. `categories` in order of first appearance."""

    excluding_tax: Decimal
    tax: Decimal
    including_tax: Decimal
    categories: tuple[CategoryTotal, ...]


def tax_lines(
    lines: Sequence[tuple[Decimal, TaxDecision]], *, amount_type: AmountType, currency: str
) -> list[TaxedAmount]:
    """Tax the rounded line amounts of one whole invoice, in their order."""
    by_decision: dict[TaxDecision, list[int]] = {}
    for index, (_, decision) in enumerate(lines):
        by_decision.setdefault(decision, []).append(index)
    taxed: dict[int, TaxedAmount] = {}
    for decision, indexes in by_decision.items():
        amounts = [lines[index][0] for index in indexes]
        taxes = _category_taxes(amounts, decision.percentage, amount_type, currency)
        for index, amount, tax in zip(indexes, amounts, taxes, strict=True):
            net = amount if amount_type is AmountType.EXCLUDING_TAX else EXACT.subtract(amount, tax)
            taxed[index] = TaxedAmount(net, tax, decision)
    return [taxed[index] for index in range(len(lines))]


def sum_up(lines: Iterable[TaxedAmount]) -> Totals:
    """Add taxed lines; any subset adds up to the minor unit."""
    bases: dict[TaxDecision, Decimal] = {}
    taxes: dict[TaxDecision, Decimal] = {}
    for line in lines:
        bases[line.decision] = EXACT.add(bases.get(line.decision, ZERO), line.excluding_tax)
        taxes[line.decision] = EXACT.add(taxes.get(line.decision, ZERO), line.tax)
    net, tax = total(bases.values()), total(taxes.values())
    categories = tuple(CategoryTotal(decision, bases[decision], taxes[decision]) for decision in bases)
    return Totals(net, tax, EXACT.add(net, tax), categories)


def allocate(amount: Decimal, weights: Sequence[Fraction], currency: str) -> list[Decimal]:
    """Split a rounded amount over weights by largest remainder, to the minor unit, leaving nothing.

    Each part is within one minor unit of its exact share; between equal remainders the earlier one
    gets the unit. Weights that sum to zero are allowed only for a zero amount.
    """
    whole = sum(weights, Fraction(0))
    if whole == 0:
        if amount:
            raise ValueError("nothing to spread the amount over")
        return [ZERO for _ in weights]
    return _round_to_sum([Fraction(amount) * weight / whole for weight in weights], amount, currency)


def _category_taxes(
    amounts: Sequence[Decimal], percentage: Decimal, amount_type: AmountType, currency: str
) -> list[Decimal]:
    amount, inclusive = total(amounts), EXACT.add(percentage, HUNDRED)
    if amount_type is AmountType.EXCLUDING_TAX:
        rate = Fraction(percentage) / 100
        tax = round_half_up(EXACT.divide(EXACT.multiply(amount, percentage), HUNDRED), currency)
    else:
        rate = Fraction(percentage) / Fraction(inclusive)
        base = EXACT.divide(EXACT.multiply(amount, HUNDRED), inclusive)
        tax = EXACT.subtract(amount, round_half_up(base, currency))
    return _round_to_sum([Fraction(each) * rate for each in amounts], tax, currency)


def _round_to_sum(exact: Sequence[Fraction], amount: Decimal, currency: str) -> list[Decimal]:
    """Round every part down to the minor unit and give the units left to the largest remainders."""
    scale = minor_units(currency)
    units = [part * 10**scale for part in exact]
    floors = [floor(part) for part in units]
    left = int(amount.scaleb(scale, EXACT)) - sum(floors)
    by_remainder = sorted(range(len(units)), key=lambda index: (floors[index] - units[index], index))
    for index in by_remainder[:left]:
        floors[index] += 1
    return [Decimal(whole).scaleb(-scale, EXACT) for whole in floors]
