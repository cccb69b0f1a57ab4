"""A list's API request with what the list is narrowed and sorted by, as far as the API has it.

What the API takes is read from the view that answers the path, so that no name stands here twice: a filter of
Desk is the parameter that narrows by the same model path, a sorted column the order by the same path.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.urls import Resolver404, resolve

from desk.components.curl import Call
from desk.components.filters import Choice, Contains, Days, Filter
from desk.listing import State


def listed(call: Call, state: State) -> Call:
    """``call`` with the filters, order and page size of ``state``; as it is where it reads no such list."""
    view = _view(call)
    if view is None:
        return call
    given = [pair for each in state.table.filters for pair in _narrowed(each, state, view.filters)]
    query = [*given, *_ordered(state, view.orderable), ("limit", str(state.size))]
    return replace(call, path=f"{call.path}?{urlencode(query)}")


def _view(call: Call) -> Any:
    """The API's view of a whole list at this path; None where the call is none."""
    try:
        found = resolve(call.path)
    except Resolver404:
        return None
    view = getattr(found.func, "cls", None)
    is_list = call.method == "GET" and not found.kwargs
    return view if is_list and hasattr(view, "filters") and hasattr(view, "orderable") else None


def _narrowed(asked: Filter, state: State, known: Iterable[Any]) -> list[tuple[str, str]]:
    """The parameters that narrow as ``asked`` does; none where the API cannot say all of it."""
    values = asked.values(state.query)
    if not isinstance(asked, Choice):
        values = values[:1]
    if not values or not asked.path or isinstance(asked, Contains | Days):
        return []
    for each in known:
        same = asked.path in (each.path, f"{each.path}__public_id")
        if same and set(values) <= set(getattr(each, "choices", values[:1])):
            return [(each.name, value) for value in values]
    return []


def _ordered(state: State, orderable: dict[str, str]) -> list[tuple[str, str]]:
    name = state.sort.removeprefix("-")
    path = next((column.sort for column in state.table.columns if column.name == name), "")
    order = next((key for key, column in orderable.items() if path and column == path), "")
    direction = "desc" if state.sort.startswith("-") else "asc"
    return [("order_by", order), ("order_direction", direction)] if order else []
