"""State tables: what may follow what, and what can be taken back."""

from __future__ import annotations

from itertools import product

import pytest

from kit.errors import InvalidOperation
from kit.lifecycle import CLOSING, core_flow

FLOW = core_flow("METER")
STATUSES = tuple(FLOW.following)


@pytest.mark.parametrize(("current", "previous"), [*product(STATUSES, STATUSES)])
def test_only_what_was_closed_returns_and_only_to_where_it_came_from(current, previous):
    closed = current in CLOSING and FLOW.allows(previous, current)
    if closed:
        FLOW.assert_can_return(current, previous)
    else:
        with pytest.raises(InvalidOperation, match="cannot be taken back"):
            FLOW.assert_can_return(current, previous)


def test_what_returns_could_not_have_been_moved_there_otherwise():
    assert not FLOW.allows("ARCHIVED", "ACTIVE") and not FLOW.allows("DEPRECATED", "ACTIVE")
