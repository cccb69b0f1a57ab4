"""Which rule prices an event: the first, in order, whose conditions all hold.

Rules are tried by ``order`` (a rule without one takes its position in the list, from 1); the rule
without conditions is the default and is tried last, whatever its order. So an event is priced by
exactly one rule, or by none where there is no default and nothing matches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from catalog.rating.types import Comparator, Condition, Config, Problem

Properties = Mapping[str, str | None]
"""Meter properties of one event by reference, and by id where conditions name ids."""


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

    def in_order(self) -> tuple[Config, ...]:
        """The rules as they are tried."""
        return tuple(self.configs[index] for index in self._order)

    def problems(self, *, path: str = "configs") -> list[Problem]:
        """Rules that can never match, because another default rule is tried first; refused at activation.

        ``path`` is the list's own field. A rule whose conditions do not rate is not taken for a default.
        """
        rated = [index for index in self._order if not self.configs[index].unrated]
        defaults = [index for index in rated if not self.configs[index].conditions]
        message = "only one rule may have no conditions; this one would never match"
        return [Problem(f"{path}.{index}.conditions", message) for index in defaults[1:]]

    def _rank(self, index: int) -> tuple[bool, int, int]:
        config = self.configs[index]
        order = index + 1 if config.order is None else config.order
        return not config.conditions, order, index


def matches(config: Config, properties: Properties) -> bool:
    """Whether every condition of the rule holds; a rule without conditions holds always."""
    return all(holds(condition, properties) for condition in config.conditions)


def holds(condition: Condition, properties: Properties) -> bool:
    """One comparison. A property the event lacks equals nothing, so only NOT_EQUALS and NOT_IN hold.

    Comparators beyond these four are refused at activation and hold for no event.
    """
    value = properties.get(condition.meter_property)
    match condition.comparator:
        case Comparator.EQUALS | Comparator.IN:
            return value in condition.values
        case Comparator.NOT_EQUALS | Comparator.NOT_IN:
            return value not in condition.values
        case _:
            return False
