"""What every page of Insights shares: a range, one currency at a time, cards with chart, table and CSV."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from billing.selectors.insights import money
from desk import navigation
from desk.components.filters import midnight, parse_day
from desk.screens.base import Screen
from desk.screens.home.tiles import Tile
from desk.screens.insights.cards import Card
from desk.shell import Crumb
from kit.errors import NotFound

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
