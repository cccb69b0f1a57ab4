"""A list as CSV: the filtered rows, plain decimals with a currency column, ISO dates."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from desk.tables import State, Table

CHUNK = 500
RISKY = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that gives back what is written."""

    def write(self, text: str) -> str:
        return text


def csv_of(
    table: Table, state: State, rows: QuerySet[Any], decorated: Callable[[list[Any]], list[Any]]
) -> StreamingHttpResponse:
    """The rows of ``state`` with its columns, read in chunks."""
    response = StreamingHttpResponse(_lines(state, rows, decorated), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table.key}.csv"'
    return response


def _lines(state: State, rows: QuerySet[Any], decorated: Callable[[list[Any]], list[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow([name for column in state.columns for name in column.headers()])
    start = 0
    while chunk := decorated(list(rows[start : start + CHUNK])):
        for row in chunk:
            yield writer.writerow([safe(value) for column in state.columns for value in column.export(row)])
        start += CHUNK


def safe(value: str) -> str:
    """The value, quoted where a spreadsheet would run it as a formula; numbers stay numbers."""
    if not value.startswith(RISKY) or value[1:].replace(".", "", 1).isdigit():
        return value
    return f"'{value}"
