"""Conditions changed part by part: whatever is not asked to change still says the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.rating.comparisons import Test
from catalog.rating.parsing import config_conditions
from catalog.rating.parsing.reading import Fields
from catalog.rating.rules.conditions import holds
from desk.editors.pricing import condition_tree as tree
from desk.editors.pricing import conditions

NAMES, VALUES = ("plan", "region"), ("a", "b,c", " d")
OPERATORS = st.sampled_from(("AND", "OR", "XOR"))
COMPARISONS = st.builds(
    lambda key, name, value: {key: name, "comparator": "EQUALS", "value": value},
    st.sampled_from(("reference", "id")),
    st.sampled_from(NAMES),
    st.sampled_from(VALUES),
)
OPERANDS = st.recursive(
    COMPARISONS.map(lambda each: {"meter_property": each}),
    lambda inner: st.builds(
        lambda operator, several: {"expression": {"operator": operator, "operands": several}},
        OPERATORS,
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)
SETS = st.fixed_dictionaries(
    {"meter_properties": st.lists(COMPARISONS, min_size=1, max_size=2)},
    optional={
        "expression": st.builds(
            lambda operator, several: {"operator": operator, "operands": several},
            OPERATORS,
            st.lists(OPERANDS, min_size=1, max_size=3),
        )
    },
)
BODIES = st.builds(
    lambda one, more: {"conditions": {**one, **({"configs": more} if more else {})}},
    SETS,
    st.lists(SETS, max_size=2),
)
NEW = {"reference": "new", "comparator": "EQUALS", "value": "yes"}
EVENTS = [{"plan": plan, "region": region} for plan in VALUES for region in VALUES]


def all_of(body: dict[str, Any]) -> tuple[Test, ...]:
    return config_conditions.read(Fields(body, ""), "conditions", frozenset())


def matched(body: dict[str, Any], **more: str) -> list[bool]:
    return [all(holds(test, {**event, **more}) for test in all_of(body)) for event in EVENTS]


def leaves(body: dict[str, Any]) -> list[str]:
    return sorted(str(part.entry) for part in tree.of(body).all if part.operator is None)


@settings(max_examples=30)
@given(BODIES, OPERATORS, st.integers(0, 40))
def test_a_part_is_added_changed_and_removed_and_the_others_still_say_the_same(body, operator, place):
    parts = list(tree.of(body).all)
    part = parts[place % len(parts)]
    grown = {"conditions": tree.added(body, part.path, NEW, operator)}
    (added,) = (each for each in tree.of(grown).all if each.entry == NEW)
    assert leaves(grown) == sorted([*leaves(body), str(NEW)])
    neutral = {"AND": "yes", "OR": "no", "XOR": "no"}[operator]
    assert matched(grown, new=neutral) == matched(body)
    assert matched({"conditions": tree.removed(grown, added.path)}) == matched(body)
    assert {"conditions": tree.replaced(grown, added.path, NEW)} == grown
    if part.operator:
        other = {"conditions": tree.combined(body, part.path, operator)}
        assert leaves(other) == leaves(body)
        if operator == part.operator:
            assert matched(other) == matched(body)
    if part.path != tree.of(body).path:
        less = {"conditions": tree.removed(body, part.path)}
        gone = [str(each.entry) for each in part.all if each.operator is None]
        assert sorted([*leaves(less), *gone]) == leaves(body) and len(all_of(less)) > 0


@settings(max_examples=30)
@given(st.lists(st.text(st.sampled_from('a ",b'), max_size=4), max_size=4))
def test_values_of_a_field_are_read_as_they_were_written(several):
    assert conditions.read(conditions.written(several)) == several
    assert conditions.read(" a, b ,,") == ["a", "b"]
