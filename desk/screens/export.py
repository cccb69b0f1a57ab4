"""A list as CSV: the filtered rows, plain decimals with a currency column, ISO dates."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from desk.listing import State
from desk.screens.listed import Listed

CHUNK = 500
RISKY = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that gives back what is written."""

    def write(self, text: str) -> str:
        return text


def csv_of(screen: Listed, state: State) -> StreamingHttpResponse:
    """The rows of ``state`` with its columns after their ids, read in chunks."""
    response = StreamingHttpResponse(_lines(screen, state), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{screen.table.key}.csv"'
    return response


def _lines(screen: Listed, state: State) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(["ID", *(name for column in state.columns for name in column.headers())])
    for rows in _chunks(screen.rows(), state):
        for row in screen.decorated(rows):
            cells = [value for column in state.columns for value in column.export(row)]
            yield writer.writerow([safe(value) for value in (screen.key(row), *cells)])


def _chunks(rows: QuerySet[Any], state: State) -> Iterator[list[Any]]:
    """The rows in their order. Their keys are read once, so that no chunk has to skip those before it."""
    chosen = state.ordered(state.narrow(rows)).prefetch_related(None)
    keys = array("q", chosen.values_list("pk", flat=True).iterator())
    for start in range(0, len(keys), CHUNK):
        several = keys[start : start + CHUNK]
        found = rows.in_bulk(several)
        yield [found[key] for key in several if key in found]


def safe(value: str) -> str:
    """The value, quoted where a spreadsheet would run it as a formula; numbers stay numbers."""
    if not value.startswith(RISKY) or value[1:].replace(".", "", 1).isdigit():
        return value
    return f"'{value}"
