"""Comparisons on meter properties, and how they combine: what a rule asks of an event."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Comparator(StrEnum):
    """The comparators of the contract, section 1.8."""

    EQUALS = "EQUALS"
    NOT_EQUALS = "NOT_EQUALS"
    IN = "IN"
    NOT_IN = "NOT_IN"
    GREATER_THAN = "GREATER_THAN"
    GREATER_THAN_OR_EQUALS = "GREATER_THAN_OR_EQUALS"
    LESS_THAN = "LESS_THAN"
    LESS_THAN_OR_EQUALS = "LESS_THAN_OR_EQUALS"
    EMPTY = "EMPTY"
    NOT_EMPTY = "NOT_EMPTY"
    CONTAINS = "CONTAINS"
    NOT_CONTAINS = "NOT_CONTAINS"


class Operator(StrEnum):
    """How the operands of an expression combine; XOR holds when exactly one of them does."""

    AND = "AND"
    OR = "OR"
    XOR = "XOR"


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison on a meter property, named by its reference (or by its id).

    ``numeric`` compares as numbers ("1.0" equals "1"); ``config_conditions`` makes it so only where
    every value is a number.
    """

    meter_property: str
    comparator: Comparator
    values: tuple[str, ...]
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Expression:
    """Conditions and further expressions, combined; at least one operand."""

    operator: Operator
    operands: tuple[Condition | Expression, ...]


Test = Condition | Expression
