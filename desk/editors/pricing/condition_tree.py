"""The conditions of a rule as a tree that is changed part by part: each comparison, and what combines them.

A part is named by its path in the stored conditions, ``expression.operands.1.meter_property``; the whole of
several is ``ALL``. Whatever is not asked to change stays as the API stored it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from catalog.rating.comparisons import Operator
from catalog.rating.parsing import config_conditions
from catalog.rating.parsing.reading import Fields
from desk.editors.pricing import conditions

Json = dict[str, Any]
ALL = "all"
COMPARISON, EXPRESSION, OPERANDS = "meter_property", "expression", "operands"
COMPARISONS, SETS = "meter_properties", "configs"
GROUPS = {
    Operator.AND: "All of these hold",
    Operator.OR: "At least one of these holds",
    Operator.XOR: "Exactly one of these holds",
}


@dataclass(frozen=True)
class Part:
    """A comparison, or with an ``operator`` several parts. ``words`` say one, or what holds of several."""

    path: str
    words: str
    entry: Json
    operator: Operator | None = None
    parts: tuple[Part, ...] = ()

    @property
    def others(self) -> list[tuple[str, str]]:
        """The operators that could combine them instead, in words."""
        return [(each.value, words) for each, words in GROUPS.items() if each is not self.operator]

    @property
    def all(self) -> Iterator[Part]:
        """It and every part in it, from the top to the bottom."""
        yield self
        for part in self.parts:
            yield from part.all


def of(body: Mapping[str, Any]) -> Part:
    """The conditions of a config that has some. All that stands beside each other must hold."""
    parts = tuple(_set(body.get("conditions") or {}, ""))
    return parts[0] if len(parts) == 1 else Part(ALL, GROUPS[Operator.AND], {}, Operator.AND, parts)


def find(body: Mapping[str, Any], path: str) -> Part | None:
    """The part with this path."""
    return next((part for part in of(body).all if part.path == path), None)


def first(body: Mapping[str, Any]) -> Part:
    """The comparison that is read first."""
    return next(part for part in of(body).all if part.operator is None)


def _set(stored: Mapping[str, Any], path: str) -> Iterator[Part]:
    for place, entry in enumerate(stored.get(COMPARISONS) or ()):
        yield _comparison(entry, f"{path}{COMPARISONS}.{place}")
    if stored.get(EXPRESSION):
        yield _group(stored[EXPRESSION], f"{path}{EXPRESSION}")
    for place, each in enumerate(stored.get(SETS) or ()):
        yield from _set(each, f"{path}{SETS}.{place}.")


def _comparison(entry: Json, path: str) -> Part:
    return Part(path, conditions.compares(entry), entry)


def _group(expression: Json, path: str) -> Part:
    operator = Operator(expression["operator"])
    parts = tuple(
        _group(each[EXPRESSION], f"{path}.{OPERANDS}.{place}.{EXPRESSION}")
        if each.get(EXPRESSION)
        else _comparison(each[COMPARISON], f"{path}.{OPERANDS}.{place}.{COMPARISON}")
        for place, each in enumerate(expression[OPERANDS])
    )
    return Part(path, GROUPS[operator], expression, operator, parts)


def replaced(body: Mapping[str, Any], path: str, test: Mapping[str, Any]) -> Json:
    """The conditions with another comparison in place of the one there."""
    found = _copied(body)
    above, key = _holder(found, path)
    above[key] = dict(test)
    return found


def combined(body: Mapping[str, Any], path: str, operator: str) -> Json:
    """The conditions with the parts there combined by another operator."""
    found = _copied(body)
    if path == ALL:
        rest = {name: each for name, each in found.items() if name not in (COMPARISONS, EXPRESSION, SETS)}
        return {**rest, EXPRESSION: {"operator": operator, OPERANDS: conditions.operands(found)}}
    above, key = _holder(found, path)
    above[key]["operator"] = operator
    return found


def removed(body: Mapping[str, Any], path: str) -> Json:
    """The conditions without the part there. An expression that is left with one part is that part."""
    found = _copied(body)
    _remove(found, path.split("."))
    return found


def added(body: Mapping[str, Any], path: str, test: Mapping[str, Any], operator: str) -> Json:
    """The conditions with one more comparison, which goes with the part there by this operator."""
    part = find(body, path)
    if part is None or path == ALL:
        return conditions.joined(body, test, operator)
    found, more = _copied(body), {COMPARISON: dict(test)}
    above, key = _holder(found, path)
    if part.operator == operator:
        above[key][OPERANDS].append(more)
    elif path.endswith(f".{COMPARISON}") or f".{OPERANDS}." in path:
        _beside(found, path, operator, more)
    else:
        _beside_in_set(found, path, operator, more)
    return found


def _beside(found: Json, path: str, operator: str, more: Json) -> None:
    """Beside an operand: next to it where its expression combines alike, else in one of their own."""
    *keys, place, _ = path.split(".")
    operands = _at(found, keys)
    if _at(found, keys[:-1])["operator"] == operator:
        operands.insert(int(place) + 1, more)
    else:
        operands[int(place)] = {EXPRESSION: {"operator": operator, OPERANDS: [operands[int(place)], more]}}


def _beside_in_set(found: Json, path: str, operator: str, more: Json) -> None:
    """Beside what stands in a set by itself, where everything must hold."""
    keys = path.split(".")
    if keys[-1] == EXPRESSION:
        holder = _at(found, keys[:-1])
        both = [{EXPRESSION: holder[EXPRESSION]}, more]
        holder[EXPRESSION] = {"operator": operator, OPERANDS: both}
        return
    holder, place = _at(found, keys[:-2]), int(keys[-1])
    if operator == Operator.AND:
        holder[COMPARISONS].insert(place + 1, more[COMPARISON])
        return
    either = {"operator": operator, OPERANDS: [{COMPARISON: holder[COMPARISONS].pop(place)}, more]}
    if holder.get(EXPRESSION):
        each = [{EXPRESSION: holder[EXPRESSION]}, {EXPRESSION: either}]
        either = {"operator": Operator.AND.value, OPERANDS: each}
    holder[EXPRESSION] = either
    _tidied(holder)


def _remove(found: Json, keys: list[str]) -> None:
    if OPERANDS in keys[-3:]:
        operands = _at(found, keys[:-2])
        del operands[int(keys[-2])]
        if len(operands) < 2:
            _dissolve(found, keys[:-3], operands)
        return
    *above, key = keys
    if key == EXPRESSION:
        del _at(found, above)[key]
    else:
        del _at(found, above)[int(key)]
        above = above[:-1]
    _tidied(_at(found, above))
    if above and not config_conditions.read(Fields({"set": _at(found, above)}, ""), "set", frozenset()):
        _remove(found, above)


def _dissolve(found: Json, keys: list[str], left: list[Json]) -> None:
    """The expression there is its only part, or goes where it has none."""
    if not left:
        _remove(found, keys)
    elif len(keys) > 2 and keys[-3] == OPERANDS:
        _at(found, keys[:-2])[int(keys[-2])] = left[0]
    elif left[0].get(EXPRESSION):
        _at(found, keys[:-1])[EXPRESSION] = left[0][EXPRESSION]
    else:
        holder = _at(found, keys[:-1])
        holder.setdefault(COMPARISONS, []).append(left[0][COMPARISON])
        del holder[EXPRESSION]


def _tidied(holder: Json) -> None:
    """Without lists that are empty now."""
    for name in (COMPARISONS, SETS):
        if name in holder and not holder[name]:
            del holder[name]


def _copied(body: Mapping[str, Any]) -> Json:
    return deepcopy(dict(body.get("conditions") or {}))


def _holder(found: Json, path: str) -> tuple[Any, Any]:
    """What has the part there, and by which key."""
    *above, key = path.split(".")
    return _at(found, above), int(key) if key.isdecimal() else key


def _at(found: Json, keys: list[str]) -> Any:
    node: Any = found
    for key in keys:
        node = node[int(key) if key.isdecimal() else key]
    return node
