"""One visit of a list: what its query string asks for, and the page of rows that answers it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.http import QueryDict

from desk.components.columns import Column
from desk.components.filters import Choice, Filter
from desk.paging import Page, Paged
from desk.tables import Table

COUNTED = 200_000
NOT_PART_OF_A_VIEW = ("page", "view", "format", "drawer", "live")


@dataclass
class State(Paged):
    """What the query string says about a list. Unknown parameters and values are ignored."""

    table: Table
    query: QueryDict
    columns: list[Column] = field(init=False)

    def __post_init__(self) -> None:
        chosen = self.query.getlist("columns")
        self.columns = [
            column
            for column in self.table.columns
            if (column.name in chosen if chosen else not column.optional)
        ] or [column for column in self.table.columns if not column.optional]

    @property
    def q(self) -> str:
        return self.query.get("q", "").replace("\x00", "").strip()[:200]

    @property
    def sort(self) -> str:
        """The sorted column's name, with ``-`` for descending."""
        asked = self.query.get("sort", "")
        known = {column.name for column in self.table.columns if column.sort}
        return asked if asked.removeprefix("-") in known else self.table.default

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q or self.chips)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """(words, the link that takes the filter away) of every filter in force."""
        found = [(item.chip(self.query), item.params()) for item in self.table.filters]
        return [(words, self.without(*params)) for words, params in found if words]

    @property
    def as_view(self) -> str:
        """The query string that a saved view keeps."""
        return self.without(*NOT_PART_OF_A_VIEW).removeprefix("?")

    @property
    def asked(self) -> list[Asked]:
        """The filters with what they hold now."""
        return [Asked(item, self.query) for item in self.table.filters]

    @property
    def export(self) -> str:
        return self.link(format="csv")

    @property
    def hidden_for_search(self) -> list[tuple[str, str]]:
        return self._hidden("q")

    @property
    def hidden_for_filters(self) -> list[tuple[str, str]]:
        return self._hidden(*(name for item in self.table.filters for name in item.params()))

    @property
    def hidden_for_columns(self) -> list[tuple[str, str]]:
        return self._hidden("columns")

    def _hidden(self, *names: str) -> list[tuple[str, str]]:
        left_out = {*names, "page", "drawer", "format"}
        return [
            (name, value) for name, values in self.query.lists() if name not in left_out for value in values
        ]

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that match search and filters."""
        for item in self.table.filters:
            rows = item.apply(rows, self.query)
        if self.q and self.table.search:
            rows = rows.filter(
                reduce(or_, (Q(**{f"{path}__icontains": self.q}) for path in self.table.search))
            )
        return rows

    def ordered(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows in the order asked for; the key breaks every tie."""
        name, sign = self.sort.removeprefix("-"), "-" if self.sort.startswith("-") else ""
        path = next((column.sort for column in self.table.columns if column.name == name), "")
        tie = sign + self.table.tiebreak
        return rows.order_by(f"{sign}{path}", tie) if path else rows.order_by(tie)

    def without(self, *names: str) -> str:
        """This list's link without some parameters, and from its first page."""
        kept = self.query.copy()
        for name in (*names, "page", "drawer"):
            kept.pop(name, None)
        return f"?{kept.urlencode()}"

    def heads(self) -> list[Head]:
        """The header cells."""
        return [self._head(column) for column in self.columns]

    def _head(self, column: Column) -> Head:
        current = self.sort.removeprefix("-") == column.name
        descending = self.sort.startswith("-")
        reverse = column.name if current and descending else f"-{column.name}" if current else column.name
        direction = ("descending" if descending else "ascending") if current else "none"
        link = self.link(sort=reverse) if column.sort else ""
        return Head(column, link, direction)


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter and the query that it reads, for the filter form."""

    filter: Filter
    query: QueryDict

    @property
    def kind(self) -> str:
        return self.filter.kind

    @property
    def name(self) -> str:
        return self.filter.name

    @property
    def label(self) -> str:
        return self.filter.label

    @property
    def hint(self) -> str:
        return self.filter.hint

    @property
    def text(self) -> str:
        return self.filter.text(self.query)

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        return self.filter.options(self.query) if isinstance(self.filter, Choice) else []

    @property
    def first(self) -> str:
        return self.query.get(f"{self.name}_from", "")

    @property
    def last(self) -> str:
        return self.query.get(f"{self.name}_to", "")


@dataclass(frozen=True, slots=True)
class Head:
    """One header: ``link`` sorts by it, ``direction`` is its ``aria-sort``."""

    column: Column
    link: str
    direction: str


def page_of(rows: QuerySet[Any], state: State) -> Page:
    """The page of these rows that is asked for; beyond the end, the last one. Two queries, there four.

    Rows are counted up to 200,000, and those behind are reached by filters: whoever looks at millions of
    rows waits for neither their number nor the way to the last. The keys alone are sorted and skipped;
    what the columns read is joined to those of the page (in one statement the planner joins it to all).
    """
    narrowed = state.narrow(rows)
    number = min(state.page, COUNTED // state.size)
    keys, counted = _keys(narrowed, state, number)
    if not keys and number > 1:
        counted = narrowed.order_by().values("pk")[: COUNTED + 1].count()
        number = max(1, -(-min(counted, COUNTED) // state.size))
        keys, _ = _keys(narrowed, state, number)
    found = rows.in_bulk(keys)
    shown = [found[key] for key in keys if key in found]
    return Page(shown, min(counted, COUNTED), number, state.size, counted > COUNTED)


def _keys(narrowed: QuerySet[Any], state: State, number: int) -> tuple[list[int], int]:
    """The keys of a page in their order, and how many rows there are; nothing beyond the end. One query."""
    start = (number - 1) * state.size
    try:
        sql, arguments = narrowed.order_by().values("pk")[: COUNTED + 1].query.sql_with_params()
    except EmptyResultSet:
        return [], 0
    counted = RawSQL(f"SELECT count(*) FROM ({sql}) AS counted", arguments)  # noqa: S608, S611  Django's own
    chosen = state.ordered(narrowed).annotate(counted=counted).values_list("pk", "counted")
    found = list(chosen[start : start + state.size])
    return [key for key, *_ in found], found[0][1] if found else 0
