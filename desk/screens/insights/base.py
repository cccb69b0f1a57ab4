"""What every page of Insights shares: a range, one currency at a time, cards with chart, table and CSV."""

from __future__ import annotations

import csv
import io
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from billing.selectors.insights import money
from desk import navigation
from desk.components import figures, format
from desk.components.filters import midnight, parse_day
from desk.paging import Page, Slices
from desk.screens.base import Screen
from desk.screens.export import safe
from desk.screens.home.tiles import Tile
from desk.shell import Crumb
from kit.errors import NotFound
from kit.money import plain

PAGES = (
    ("General", "insights"),
    ("Usage", "insights-usage"),
    ("Revenue", "insights-revenue"),
    ("Unbilled", "insights-unbilled"),
    ("Aging", "insights-aging"),
    ("MRR", "insights-mrr"),
)
RANGES = (("30 days", 30), ("90 days", 90), ("12 months", 365))
LONGEST = timedelta(days=1_830)
EARLIEST = date(2010, 1, 1)


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


class InsightScreen(Screen):
    """A page of cards over a range of days, both ends included, in the platform's zone."""

    permission = "REPORT.VIEW"
    menu = "insights"
    template = "desk/insights/page.html"
    regions = ("later", "later-tile")
    label: ClassVar[str]
    slow: ClassVar[bool] = False  # the cards follow the page by a request of their own
    ranged: ClassVar[bool] = True

    @abstractmethod
    def cards(self) -> list[Card]:
        """The cards of the page, in order."""

    def tiles(self) -> list[Tile]:
        return []

    def later_tile(self) -> Tile | None:
        """A tile that follows the page by a request of its own."""
        return None

    def note(self) -> str:
        """How the figures are defined."""
        return ""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.title = f"Insights: {self.label}"
        if self.htmx_target == "later-tile":
            return self.render(region="later-tile", tile=self.later_tile())
        is_file = request.GET.get("format") == "csv"
        follows = self.slow and not is_file and self.htmx_target != "later"
        cards = [] if follows else self.cards()
        if is_file:
            return self._csv(cards, request.GET.get("card", ""))
        if self.htmx_target == "later":
            return self.render(region="later", cards=cards, ranges=self._ranges(), ranged=self.ranged)
        return self.render(
            follows=follows,
            has_later_tile=type(self).later_tile is not InsightScreen.later_tile,
            crumb_title=self.label,
            heading=self.label,
            pages=[(label, navigation.address(name), label == self.label) for label, name in PAGES],
            cards=cards,
            tiles=self.tiles(),
            note=self.note(),
            ranged=self.ranged,
            first=self.first,
            last=self.last,
            ranges=self._ranges(),
            currency=self.currency,
            currencies=[(each, self._link(currency=each)) for each in self.currencies],
            csv_links={card.key: self._link(format="csv", card=card.key) for card in cards},
        )

    def crumbs(self) -> list[Crumb]:
        return [Crumb("Insights", navigation.address("insights"))]

    @cached_property
    def today(self) -> date:
        return self.operator.at.astimezone(self.operator.zone).date()

    @cached_property
    def last(self) -> date:
        asked = parse_day(self.request.GET.get("to", ""))
        return max(min(asked, self.today), EARLIEST) if asked else self.today

    @cached_property
    def first(self) -> date:
        asked = parse_day(self.request.GET.get("from", ""))
        earliest = self.last - LONGEST
        return max(min(asked, self.last), earliest) if asked else self.last - timedelta(days=self.days - 1)

    days: ClassVar[int] = 365

    @property
    def start(self) -> datetime:
        return midnight(self.first, self.operator.zone)

    @property
    def end(self) -> datetime:
        return midnight(self.last + timedelta(days=1), self.operator.zone)

    @cached_property
    def currencies(self) -> list[str]:
        return money.currencies(self.operator.platform)

    @cached_property
    def currency(self) -> str:
        asked = self.request.GET.get("currency", "")
        default = self.currencies[0] if self.currencies else self.operator.platform.default_currency
        return asked if asked in self.currencies else default

    def _csv(self, cards: list[Card], key: str) -> HttpResponse:
        card = next((each for each in cards if each.key == key), None)
        if card is None:
            raise NotFound("There is no such table.")
        response = HttpResponse(card.csv(), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{key}.csv"'
        return response

    def _ranges(self) -> list[tuple[str, str, bool]]:
        found = []
        for label, days in RANGES:
            first = self.today - timedelta(days=days - 1)
            link = self._link(**{"from": first.isoformat(), "to": self.today.isoformat()})
            found.append((label, link, (first, self.today) == (self.first, self.last)))
        return found

    def _link(self, **values: str) -> str:
        query = self.request.GET.copy()
        for name in ("format", "card", "page"):
            query.pop(name, None)
        for name, value in values.items():
            query[name] = value
        return f"?{query.urlencode()}"
