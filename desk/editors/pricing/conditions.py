"""The conditions of a rule: in words, and from the rule form."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
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
CONTAINING = ("CONTAINS", "NOT_CONTAINS")
PARTS = ("meter_properties", "expression", "configs")
VALUE = re.compile(r'\s*(?:"((?:[^"]|"")*)"\s*|([^,]*))(?:,|$)')


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
    rest = {name: each for name, each in stored.items() if name not in PARTS}
    both = [_together(stored), {"meter_property": test}]
    return {**rest, "expression": {"operator": operator, "operands": both}}


def operands(stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What stands beside each other in stored conditions, as the operands of one expression."""
    found: list[dict[str, Any]] = [{"meter_property": each} for each in stored.get("meter_properties") or ()]
    if stored.get("expression"):
        found.append({"expression": stored["expression"]})
    return [*found, *(_together(each) for each in stored.get("configs") or ())]


def _together(stored: Mapping[str, Any]) -> dict[str, Any]:
    parts = operands(stored)
    return parts[0] if len(parts) == 1 else {"expression": {"operator": "AND", "operands": parts}}


def stamp(key: str, body: Mapping[str, Any]) -> str:
    """Changes with the conditions of the rule ``key``: two editors of one rule find out by it."""
    text = json.dumps(of(body), sort_keys=True)
    return f"{key}-{hashlib.sha256(text.encode()).hexdigest()[:20]}"


def words(body: Mapping[str, Any]) -> str:
    """``card is debit, region is not eu-west``; nothing where there is no condition."""
    return ", ".join(str(each) for each in said(body))


def rated(config: Config) -> str:
    """The same of a rule as it is rated, with what its expressions combine."""
    return told(config.tests)


def told(tests: Iterable[Test]) -> str:
    """``region is eu and (plan is a or plan is b)``: all of them hold."""
    return " and ".join(map(_tested, tests))


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
    if comparator in LISTS or (comparator in CONTAINING and len(values) > 1):
        found["values"] = values
    elif comparator not in NO_VALUE:
        found["value"] = values[0] if values else None
    return found


def compares(stored: Mapping[str, Any]) -> str:
    """A stored comparison in words."""
    return str(_said(config_conditions.condition(Fields(dict(stored), ""), frozenset())))


def named(stored: Mapping[str, Any]) -> str:
    """The reference of the property that a stored comparison is about, or its id."""
    return config_conditions.property_name(Fields(dict(stored), ""))


def values(stored: Mapping[str, Any]) -> list[str]:
    """The values that a stored comparison compares with."""
    return list(config_conditions.condition(Fields(dict(stored), ""), frozenset()).values)


def compared_anew(stored: Mapping[str, Any], test: Mapping[str, Any]) -> dict[str, Any]:
    """A stored comparison that now compares as ``test`` does; as it was where that says the same."""
    if (stored["comparator"], values(stored)) == (test["comparator"], values(test)):
        return dict(stored)
    kept = {name: each for name, each in stored.items() if name not in ("comparator", "value", "values")}
    return {**kept, **{name: each for name, each in test.items() if name != "reference"}}


def written(several: Iterable[str]) -> str:
    """Values in one field: commas between them, quotes around those that need them."""
    return ", ".join(map(_quoted, several))


def read(text: str) -> list[str]:
    """What ``written`` wrote, or somebody typed; nothing between two commas is no value."""
    found = [(match[1], match[2] or "") for match in VALUE.finditer(text)]
    several = [bare.strip() if quoted is None else quoted.replace('""', '"') for quoted, bare in found]
    return [value for value, (quoted, _) in zip(several, found, strict=True) if value or quoted is not None]


def _quoted(value: str) -> str:
    is_plain = value and value == value.strip() and "," not in value and not value.startswith('"')
    return value if is_plain else '"{}"'.format(value.replace('"', '""'))
