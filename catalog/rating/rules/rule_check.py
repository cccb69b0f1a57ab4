"""Warnings for an editor of rules: rules that never match, and values that no rule names.

The properties that rules read take few values that differ to them: each value they name, one they do
not, numbers on and between their bounds, texts with and without each part, and none at all. Every
combination of these is tried, so the answer is exact; with more than ``MAX_EVENTS`` of them dead rules
are not looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations, pairwise, product
from math import prod

from catalog.rating.comparisons import Comparator, Condition
from catalog.rating.rules.conditions import OPPOSITES, Properties, conditions_in, number_of
from catalog.rating.rules.rules import RuleSet
from catalog.rating.types import Config, Problem
from kit.money import EXACT

MAX_EVENTS = 10_000
MAX_PARTS = 6

Enums = Mapping[str, Sequence[str]]
"""The values of each ENUM property, by the name that rules use for it."""


def warnings(configs: Sequence[Config], *, enums: Enums, path: str = "configs") -> list[Problem]:
    """What an editor should show beside these rules of one pricing item; none of it is an error."""
    return [*_dead(configs, enums, path), *_unnamed(configs, enums, path)]


def _dead(configs: Sequence[Config], enums: Enums, path: str) -> Iterator[Problem]:
    values = _values_by_property(configs, enums)
    if prod(len(each) for each in values.values()) > MAX_EVENTS:
        return
    rules = RuleSet(configs)
    picked = {rules.pick(event) for event in _events(values)}
    for index in range(len(configs)):
        if index not in picked:
            message = "never matches: its conditions exclude each other, or rules tried before take it all"
            yield Problem(f"{path}.{index}.conditions", message)


def _unnamed(configs: Sequence[Config], enums: Enums, path: str) -> Iterator[Problem]:
    has_default = any(config.is_default for config in configs)
    fate = "the default rule prices it" if has_default else "only rules that exclude others can price it"
    for name, conditions in _conditions_by_property(configs).items():
        named = {value for condition in conditions for value in condition.values}
        for value in enums.get(name, ()):
            if value not in named:
                yield Problem(path, f"no rule names the value {value} of {name}: {fate}")


def _events(values: Mapping[str, Sequence[str | None]]) -> Iterator[Properties]:
    for combination in product(*values.values()):
        yield dict(zip(values, combination, strict=True))


def _values_by_property(configs: Sequence[Config], enums: Enums) -> dict[str, list[str | None]]:
    return {
        name: _representatives(conditions, enums.get(name))
        for name, conditions in _conditions_by_property(configs).items()
    }


def _conditions_by_property(configs: Sequence[Config]) -> dict[str, list[Condition]]:
    found: dict[str, list[Condition]] = {}
    for config in configs:
        for test in config.tests:
            for condition in conditions_in(test):
                found.setdefault(condition.meter_property, []).append(condition)
    return found


def _representatives(conditions: Sequence[Condition], enum: Sequence[str] | None) -> list[str | None]:
    """Values such that any other is treated by these conditions as one of them."""
    if enum is not None:
        return [None, "", *enum]
    texts = [value for condition in conditions for value in condition.values]
    numbers = [value for condition in conditions if condition.numeric for value in condition.values]
    return list(dict.fromkeys([None, "", *texts, *_between(numbers), *_texts(conditions, texts)]))


def _between(texts: Sequence[str]) -> Iterator[str]:
    """A number below, between and above all of these, and each of them written differently."""
    numbers = sorted({number for number in map(number_of, texts) if number is not None})
    for number in numbers:
        yield f"-00{number.copy_abs()}" if number < 0 else f"+00{number}"
    for number in numbers[:1]:
        yield str(EXACT.subtract(number, Decimal(1)))
    for low, high in pairwise(numbers):
        yield str(EXACT.divide(EXACT.add(low, high), Decimal(2)))
    for number in numbers[-1:]:
        yield str(EXACT.add(number, Decimal(1)))


def _texts(conditions: Sequence[Condition], texts: Sequence[str]) -> Iterator[str]:
    """A text that is none of these, alone and around each set of the parts that are looked for."""
    known = "".join(texts)
    other = next(character for character in map(chr, range(0x2460, 0x3000)) if character not in known)
    searched = [each for each in conditions if _positive(each) is Comparator.CONTAINS]
    parts = list(dict.fromkeys(part for condition in searched for part in condition.values))[:MAX_PARTS]
    for size in range(len(parts) + 1):
        for some in combinations(parts, size):
            yield other.join(["", *some, ""]) if some else other


def _positive(condition: Condition) -> Comparator:
    return OPPOSITES.get(condition.comparator, condition.comparator)
