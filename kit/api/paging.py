"""Pages: ``{"data", "page", "limit", "total_number_of_pages", "links"}``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict

from kit.errors import InvalidField

DEFAULT_LIMIT = 50
MAX_LIMIT = 1000
MAX_PAGE = 1_000_000
FAR = 5_000
T = TypeVar("T")


def whole_number(query: QueryDict, name: str, *, default: int, most: int) -> int:
    """A query parameter between 1 and ``most``."""
    raw = query.get(name)
    if raw is None:
        return default
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 9 and 1 <= int(raw) <= most):
        raise InvalidField(f"must be a whole number from 1 to {most}", field=name)
    return int(raw)


def slice_page(rows: QuerySet[Any], query: QueryDict) -> tuple[list[Any], dict[str, Any]]:
    """(rows of the asked page, the envelope without its data). Two queries, the count included.

    Far back three: the keys alone are skipped there, and nothing is joined to all the rows before.
    """
    return _sliced(_Rows(rows), rows.count(), query)


class _Rows:
    """Rows of the database that are read slice by slice."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        self._rows = rows

    def __getitem__(self, wanted: slice) -> list[Any]:
        if wanted.start < FAR:
            return list(self._rows[wanted])
        keys = list(self._rows.values_list("pk", flat=True)[wanted])
        found = {row.pk: row for row in self._rows.filter(pk__in=keys)}
        return [found[key] for key in keys if key in found]


def slice_list(rows: Sequence[T], query: QueryDict) -> tuple[list[T], dict[str, Any]]:
    """As ``slice_page``, of rows that were computed."""
    return _sliced(rows, len(rows), query)


def _sliced(rows: Any, total: int, query: QueryDict) -> tuple[list[Any], dict[str, Any]]:
    page = whole_number(query, "page", default=1, most=MAX_PAGE)
    limit = whole_number(query, "limit", default=DEFAULT_LIMIT, most=MAX_LIMIT)
    pages = max(1, -(-total // limit))
    start = (page - 1) * limit
    chosen = list(rows[start : start + limit]) if start < total else []
    return chosen, {
        "page": page,
        "limit": limit,
        "total_number_of_pages": pages,
        "links": _links(query, page=page, pages=pages),
    }


def slice_all(rows: QuerySet[Any], query: QueryDict) -> list[Any]:
    """Rows of a list that has no envelope: at most ``limit`` (1,000), whatever there is."""
    limit = whole_number(query, "limit", default=MAX_LIMIT, most=MAX_LIMIT)
    page = whole_number(query, "page", default=1, most=MAX_PAGE)
    return list(rows[(page - 1) * limit : page * limit])


def _links(query: QueryDict, *, page: int, pages: int) -> dict[str, str | None]:
    def link(number: int) -> str:
        kept = [(key, value) for key, values in query.lists() for value in values if key != "page"]
        return "?" + urlencode([*kept, ("page", number)])

    return {
        "first": link(1),
        "previous": link(min(page - 1, pages)) if page > 1 else None,
        "current": link(page),
        "next": link(page + 1) if page < pages else None,
    }
