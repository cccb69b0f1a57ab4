"""The conditions of a rule: in words, and from the rule form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.rating.comparisons import Condition, Operator, Test
from catalog.rating.parsing import config_conditions
from catalog.rating.parsing.reading import Fields
from catalog.rating.types import Config

WORDS = {
    "EQUALS": "is",
    "NOT_EQUALS": "is not",
    "IN": "is one of",
    "NOT_IN": "is none of",
    "GREATER_THAN": "is above",
    "GREATER_THAN_OR_EQUALS": "is at least",
    "LESS_THAN": "is below",
    "LESS_THAN_OR_EQUALS": "is at most",
    "EMPTY": "is empty",
    "NOT_EMPTY": "is not empty",
    "CONTAINS": "contains",
    "NOT_CONTAINS": "does not contain",
}
SAID = WORDS | {"IN": "is"}
JOINED = {"AND": " and ", "OR": " or ", "XOR": " or else "}
LISTS = ("IN", "NOT_IN")
NO_VALUE = ("EMPTY", "NOT_EMPTY")


@dataclass(frozen=True)
class Said:
    """``region`` is ``eu-west`` or ``eu-north``."""

    name: str
    comparator: str
    values: list[str]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.name, self.comparator, " or ".join(self.values)]))


def of(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a stored config asks for: comparisons, an expression, further sets. None: all other usage."""
    stored = body.get("conditions") or {}
    expression = stored.get("expression")
    return [*compared(body), *([expression] if expression else []), *(stored.get("configs") or [])]


def compared(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Its comparisons that stand by themselves."""
    return list((body.get("conditions") or {}).get("meter_properties") or [])


def said(body: Mapping[str, Any]) -> list[Said]:
    """Each comparison in its parts; of an expression only the last part, in brackets."""
    return [_said(test) for test in config_conditions.read(Fields(dict(body), ""), "conditions", frozenset())]


def joined(body: Mapping[str, Any], test: Mapping[str, Any], operator: str) -> dict[str, Any]:
    """The conditions of a config with one more comparison: beside all others, or as their alternative."""
    stored = dict(body.get("conditions") or {})
    if operator == Operator.AND or not of(body):
        return {**stored, "meter_properties": [*compared(body), test]}
    parts = [{"meter_property": each} for each in compared(body)]
    parts += [{"expression": each} for each in of(body)[len(parts) :]]
    before = parts[0] if len(parts) == 1 else {"expression": {"operator": "AND", "operands": parts}}
    return {"expression": {"operator": operator, "operands": [before, {"meter_property": test}]}}


def stamp(key: str, body: Mapping[str, Any]) -> str:
    """Changes with the conditions of the rule ``key``: two editors of one rule find out by it."""
    text = json.dumps(of(body), sort_keys=True)
    return f"{key}-{hashlib.sha256(text.encode()).hexdigest()[:20]}"


def words(body: Mapping[str, Any]) -> str:
    """``card is debit, region is not eu-west``; nothing where there is no condition."""
    return ", ".join(str(each) for each in said(body))


def rated(config: Config) -> str:
    """The same of a rule as it is rated, with what its expressions combine."""
    return " and ".join(map(_tested, config.tests))


def _tested(test: Test) -> str:
    return str(_said(test))


def _said(test: Test) -> Said:
    if isinstance(test, Condition):
        return Said(test.meter_property, SAID[test.comparator], list(test.values))
    parts = [_tested(each) for each in test.operands]
    return Said("", parts[0] if len(parts) == 1 else f"({JOINED[test.operator].join(parts)})", [])


def entry(*, reference: str, comparator: str, values: list[str]) -> dict[str, Any]:
    """One comparison as the API takes it."""
    found: dict[str, Any] = {"reference": reference, "comparator": comparator}
    if comparator in LISTS:
        found["values"] = values
    elif comparator not in NO_VALUE:
        found["value"] = values[0] if values else None
    return found
