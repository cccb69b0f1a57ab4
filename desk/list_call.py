"""A list's API request with what the list is narrowed and sorted by, as far as the API has it.

What the API takes is read from the view that answers the path, so that no name stands here twice: a filter of
Desk is the parameter that narrows by the same model path, a sorted column the order by the same path. Text
that is searched for is the API's search, which answers a body of its own. What the API has no word for is
told in the note of the call: such a request would answer more than the list shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import Resolver404, resolve
from django.utils import timezone

from desk.components.curl import Call
from desk.components.filters import Choice, Contains, Days, Filter, midnight
from desk.listing import State
from kit.api import filters
from kit.period import format_instant

FIRST = datetime(1970, 1, 1, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
SOMEWHERE = {"wildcard_start": True, "wildcard_end": True, "ignore_case": True}


def listed(call: Call, state: State) -> Call:
    """``call`` with the filters, search, order and page size of ``state``; as it is if it reads no list."""
    view = _view(call.path)
    if view is None or call.method != "GET":
        return call
    asked = [each for each in state.table.filters if each.chip(state.query)]
    searchable = view.searchable if _view(f"{call.path}/search") else {}
    text, words = _text(state, asked, searchable)
    params: list[tuple[str, str]] = []
    fields: list[dict[str, Any]] = []
    unsaid = [f'the text "{state.q}"'] if state.q and words != state.q else []
    for each in asked:
        found = _narrowed(each, state, view.filters)
        name = _name(each.path, searchable)
        if text and name and _is_plain(each) and (found or not _is_narrow(each)):
            fields.append({"name": name, "values": each.values(state.query)})
        elif found and not text:
            params += found
        elif each.chip(state.query) != words:
            unsaid.append(each.chip(state.query))
    query = urlencode([*params, *_ordered(state, view.orderable), ("limit", str(state.size))])
    note = f"The API cannot narrow by: {'; '.join(unsaid)}. It answers more than this list." if unsaid else ""
    if not text:
        return replace(call, path=f"{call.path}?{query}", note=note)
    body = {"search_fields": text} | ({"filter_fields": fields} if fields else {})
    return Call("POST", f"{call.path}/search?{query}", body, note)


def _view(path: str) -> Any:
    """The API's view of a whole list (or of its search) at this path; None where there is none."""
    try:
        found = resolve(path)
    except Resolver404:
        return None
    view = getattr(found.func, "cls", None)
    return view if not found.kwargs and hasattr(view, "filters") and hasattr(view, "orderable") else None


def _text(
    state: State, asked: Sequence[Filter], searchable: Mapping[str, str]
) -> tuple[list[dict[str, Any]], str]:
    """The search fields of the API's search, any of which may hold the text, and which words they say.

    They are the text searched for, in every field that both search, or else what one field contains.
    """
    names = [name for path in state.table.search if (name := _name(path, searchable))]
    if state.q and names:
        return [{"name": name, "value": state.q, **SOMEWHERE} for name in names], state.q
    for each in asked:
        if isinstance(each, Contains) and (name := _name(each.path, searchable)):
            return [{"name": name, "value": each.text(state.query), **SOMEWHERE}], each.chip(state.query)
    return [], ""


def _name(path: str, searchable: Mapping[str, str]) -> str:
    return next((name for name, known in searchable.items() if path and known == path), "")


def _is_plain(asked: Filter) -> bool:
    return not isinstance(asked, Contains | Days)


def _is_narrow(asked: Filter) -> bool:
    """Whether its values mean more than what stands at its path."""
    return isinstance(asked, Choice) and asked.narrow is not None


def _narrowed(asked: Filter, state: State, known: Iterable[Any]) -> list[tuple[str, str]]:
    """The parameters that narrow as ``asked`` does; none where the API cannot say all of it."""
    if isinstance(asked, Days):
        name = next((each.name for each in known if _is_range(each, asked.path)), "")
        return [(name, _range(asked, state))] if name else []
    values: Sequence[str] = asked.values(state.query)
    if not isinstance(asked, Choice):
        values = values[:1]
    if not values or not asked.path or isinstance(asked, Contains):
        return []
    for each in known:
        same = asked.path in (each.path, f"{each.path}__public_id")
        if same and set(values) <= set(getattr(each, "choices", values[:1])):
            return [(each.name, value) for value in values]
    return []


def _is_range(known: Any, path: str) -> bool:
    return isinstance(known, filters.Range) and known.path == path


def _range(asked: Days, state: State) -> str:
    """The API's interval, whose ends are included: an open side is as far as instants go."""
    zone = timezone.get_current_timezone()
    first, last = asked.first(state.query), asked.last(state.query)
    since = midnight(first, zone) if first else FIRST
    until = LAST
    if last and last < date.max:
        until = midnight(last + timedelta(days=1), zone) - timedelta(microseconds=1)
    return f"[{format_instant(since)},{format_instant(until)}]"


def _ordered(state: State, orderable: dict[str, str]) -> list[tuple[str, str]]:
    name = state.sort.removeprefix("-")
    path = next((column.sort for column in state.table.columns if column.name == name), "")
    order = next((key for key, column in orderable.items() if path and column == path), "")
    direction = "desc" if state.sort.startswith("-") else "asc"
    return [("order_by", order), ("order_direction", direction)] if order else []
