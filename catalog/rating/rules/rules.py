"""Which rule prices an event: the first, in order, whose conditions all hold.

Rules are tried by ``order`` (a rule without one takes its position in the list, from 1); the rule
without conditions is the default and is tried last, whatever its order. So an event is priced by
exactly one rule, or by none where there is no default and nothing matches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from catalog.rating.rules.conditions import Properties, conditions_in, holds, rename
from catalog.rating.types import Config, Problem


class RuleSet:
    """The rules of one pricing item, in the order in which they are tried."""

    def __init__(self, configs: Sequence[Config]) -> None:
        self.configs = tuple(configs)
        self._order = tuple(sorted(range(len(self.configs)), key=self._rank))

    def pick(self, properties: Properties) -> int | None:
        """The index (as given) of the rule that prices an event with these properties; None for none."""
        for index in self._order:
            if matches(self.configs[index], properties):
                return index
        return None

    def problems(self, *, path: str = "configs") -> list[Problem]:
        """Rules that can never match, because another default rule is tried first; refused at activation.

        ``path`` is the list's own field. Other dead rules are warnings, see ``rule_check``.
        """
        defaults = [index for index in self._order if self.configs[index].is_default]
        message = "only one rule may have no conditions; this one would never match"
        return [Problem(f"{path}.{index}.conditions", message) for index in defaults[1:]]

    def _rank(self, index: int) -> tuple[bool, int, int]:
        config = self.configs[index]
        order = index + 1 if config.order is None else config.order
        return config.is_default, order, index


def matches(config: Config, properties: Properties) -> bool:
    """Whether every condition of the rule holds; a rule without conditions holds always."""
    return all(holds(test, properties) for test in config.tests)


def properties_of(config: Config) -> tuple[str, ...]:
    """The meter properties a rule reads, as it names them, sorted; usage must be kept apart by each.

    Its conditions, its tiering conditions and its split all count. Billing keys rollups by the union
    over the rules of an item.
    """
    tests = (*config.tests, *config.tiering_conditions)
    names = {condition.meter_property for test in tests for condition in conditions_in(test)}
    return tuple(sorted(names.union(split.meter_property for split in config.split)))


def renamed(config: Config, names: Mapping[str, str]) -> Config:
    """The same rule with its properties called by other names (an id by the reference); others stay."""
    return replace(
        config,
        conditions=tuple(rename(condition, names) for condition in config.conditions),
        expressions=tuple(rename(expression, names) for expression in config.expressions),
        tiering_conditions=tuple(rename(test, names) for test in config.tiering_conditions),
        split=tuple(
            replace(split, meter_property=names.get(split.meter_property, split.meter_property))
            for split in config.split
        ),
    )
