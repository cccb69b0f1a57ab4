"""Whether what is chosen of a group suits it, in words for the field."""

from __future__ import annotations

from collections.abc import Container
from datetime import UTC, datetime

from billing.calc import selection
from billing.calc.schedule import Active
from billing.calc.selection import Choice, Constraint, Option, OptionGroup
from desk.editors.subscription_offer import Group

# Undated choices are on at every instant alike: any one does.
ALWAYS = Active(datetime(2000, 1, 1, tzinfo=UTC), None)


def conflict(group: Group, on: Container[str]) -> str:
    """``Support: choose exactly one``, or nothing where the choice suits the group."""
    rules = OptionGroup(group.key, group.name, Constraint(group.constraint), group.is_addon)
    options = [Option(each.key, each.name, group=group.key) for each in group.choices]
    chosen = [Choice(option, ALWAYS) for option in options if option.key in on]
    wrong = selection.conflicts(chosen, [rules]) or selection.missing(chosen, [rules], options, ALWAYS)
    return f"{group.name}: {group.demand[:1].lower()}{group.demand[1:]}" if wrong else ""
