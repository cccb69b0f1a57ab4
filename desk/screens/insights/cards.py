"""A card of Insights: a chart, its table and the same as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from desk.components import figures, format
from desk.paging import Page, Slices
from desk.screens.export import safe
from kit.money import plain


@dataclass(frozen=True, slots=True)
class Head:
    """A column of a card: ``kind`` is ``text``, ``money``, ``number`` or ``day``."""

    label: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a table: the value, and where it leads."""

    value: Any
    url: str = ""


@dataclass(frozen=True)
class Card:
    """``rows`` hold plain values, or Cells; the table shows the same figures as the chart.

    With ``slices`` the table shows a page of the rows; total and file are of all.
    """

    key: str
    title: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[Any]]
    currency: str = ""
    chart: Any = None
    note: str = ""
    total: Sequence[Any] = ()
    slices: Slices | None = None

    @cached_property
    def page(self) -> Page:
        """The rows that the table shows."""
        return self.slices.page_of(self.rows) if self.slices else Page(list(self.rows), len(self.rows), 1, 0)

    def table_rows(self) -> SafeString:
        """The rows of the table, written at once: a template takes far longer over a year of days."""
        return format_html_join("", "<tr>{}</tr>", ([_cells(self._line(row))] for row in self.page.rows))

    def foot(self) -> list[tuple[Head, str, str]]:
        return self._line(self.total) if self.total else []

    def csv(self) -> str:
        """Plain decimals, with the currency in a column of its own."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow([head.label for head in self.heads] + (["Currency"] if self.currency else []))
        for row in self.rows:
            values = [safe(_plain(cell)) for cell in row]
            writer.writerow(values + ([self.currency] if self.currency else []))
        return text.getvalue()

    @cached_property
    def _places(self) -> list[int]:
        """The most decimal places in each column of the table, so that its figures line up."""
        shown = [*self.page.rows, *([self.total] if self.total else [])]
        columns = zip(self.heads, zip(*shown, strict=True), strict=True)
        return [
            figures.most_places(map(_value, column)) if head.kind == "number" else 0
            for head, column in columns
        ]

    def _line(self, row: Sequence[Any]) -> list[tuple[Head, str, str]]:
        return [
            (head, self._words(head, cell, most), cell.url if isinstance(cell, Cell) else "")
            for head, cell, most in zip(self.heads, row, self._places, strict=True)
        ]

    def _words(self, head: Head, cell: Any, most: int) -> str:
        value = _value(cell)
        if value is None:
            return ""
        if head.kind == "money":
            return format.money(value, self.currency)
        if head.kind == "day":
            return format.day(value, UTC)
        return figures.figure(value, most=most) if head.kind == "number" else str(value)


def _value(cell: Any) -> Any:
    return cell.value if isinstance(cell, Cell) else cell


def _cells(line: list[tuple[Head, str, str]]) -> SafeString:
    """(column, words, link) of every cell as the table has them."""
    return format_html_join("", "<td{}>{}</td>", ((_look(head), _shown(*said)) for head, *said in line))


def _look(head: Head) -> SafeString:
    return SafeString(' class="r num"') if head.kind in ("money", "number") else SafeString()


def _shown(words: str, url: str) -> SafeString | str:
    return format_html('<a href="{}">{}</a>', url, words) if url else words


def _plain(cell: Any) -> str:
    value = _value(cell)
    if value is None:
        return ""
    return plain(Decimal(value)) if isinstance(value, Decimal | int) else str(value)
