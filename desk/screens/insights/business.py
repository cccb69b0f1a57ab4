"""Insights > General, Revenue, MRR: what was invoiced, and what comes in every month."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from django.urls import reverse

from billing.selectors.insights import money, recurring
from billing.selectors.insights.money import Month
from billing.selectors.insights.recurring import Movement
from billing.services.figures import unbilled_totals
from desk import navigation
from desk.components import format
from desk.components.charts import Bars
from desk.components.filters import midnight
from desk.components.plot import Figure
from desk.screens.home.tiles import Tile, since
from desk.screens.insights.base import InsightScreen
from desk.screens.insights.cards import Card, Cell, Head
from kit import clock
from kit.money import total

DEFINITION = (
    "MRR is what the recurring fees and the seats of the subscriptions in force come to in a month, without "
    "tax, less the discounts of each subscription, and at least the minimum that it commits to. One-off "
    "fees, charges on demand, coupons and usage beyond a commitment are left out; a year counts a twelfth."
)


class BusinessScreen(InsightScreen):
    """Months of the range, with what was invoiced in each and the recurring revenue at its end."""

    @cached_property
    def months(self) -> list[Month]:
        return money.by_month(
            self.operator.platform,
            currency=self.currency,
            start=self.start,
            end=self.end,
            zone=self.operator.zone,
        )

    @cached_property
    def movements(self) -> list[tuple[date, Movement]]:
        """Each month of the range with how its recurring revenue moved."""
        firsts = months_between(self.first, self.last)
        edges = [self._instant(day) for day in [*firsts, following(firsts[-1])]]
        found = recurring.by_instant(self.operator.platform, edges)
        pairs = pairwise(found)
        return [
            (day, recurring.movement(before, after, self.currency))
            for day, (before, after) in zip(firsts, pairs, strict=True)
        ]

    def _instant(self, day: date) -> datetime:
        """Midnight, or now for a month that has not ended."""
        return min(midnight(day, self.operator.zone), self.operator.at)

    def words(self, value: Figure) -> str:
        return format.symbol(self.currency) + format.short(value)

    def sum_of(self, name: str) -> Decimal:
        return total(Decimal(getattr(month, name)) for month in self.months)

    def invoiced(self) -> Card:
        values = [(month_name(month.month), month.net) for month in self.months]
        total = self.sum_of("net")
        said = f"{format.money(total, self.currency)} in {len(values)} months."
        return Card(
            key="invoiced",
            title="Invoiced by month, without tax",
            currency=self.currency,
            chart=Bars(
                "Invoiced by month, without tax", said, values, self.words, headers=("Month", "Invoiced")
            )
            if values
            else None,
            heads=(
                Head("Month"),
                Head("Invoices", "number"),
                Head("Without tax", "money"),
                Head("With tax", "money"),
                Head("Received", "money"),
            ),
            rows=[
                (month_name(month.month), month.count, month.net, month.gross, month.paid)
                for month in self.months
            ],
            total=("Total", self.sum_of("count"), total, self.sum_of("gross"), self.sum_of("paid")),
        )

    def recurring(self) -> Card:
        values = [(month_name(day), moved.end) for day, moved in self.movements]
        said = f"{format.money(values[-1][1], self.currency)} at the end."
        names = ("start", "new", "expansion", "contraction", "churn", "end")
        return Card(
            key="mrr",
            title="MRR by month and its movement",
            currency=self.currency,
            chart=Bars("MRR at the end of each month", said, values, self.words, headers=("Month", "MRR")),
            heads=(Head("Month"), *(Head(name.capitalize(), "money") for name in names)),
            rows=[
                (month_name(day), *(getattr(moved, name) for name in names)) for day, moved in self.movements
            ],
            note=DEFINITION,
        )


class General(BusinessScreen):
    """How the business does."""

    label = "General"

    def tiles(self) -> list[Tile]:
        currency, platform = self.currency, self.operator.platform
        moved = self.movements[-1][1]
        owed, late = money.overdue(platform, currency=currency, at=self.operator.at)
        return [
            self._tile("MRR", moved.end, "At the end of the range", "insights-mrr"),
            self._tile("Invoiced", self.sum_of("net"), "Without tax", "insights-revenue"),
            self._tile("Received", self.sum_of("paid"), "For invoices of the range", "insights-revenue"),
            self._tile("Overdue", owed, f"{late:,} invoice{'' if late == 1 else 's'}", "insights-aging"),
        ]

    def later_tile(self) -> Tile:
        """All drafts are drawn up for it, if they were not lately."""
        found = unbilled_totals.figure(
            platform=self.operator.platform, currency=self.currency, clock=clock.now
        )
        note = f"On drafts, {since(found.drawn_at, self.operator)}"
        return self._tile("Unbilled so far", found.net, note, "insights-unbilled")

    def _tile(self, label: str, value: Decimal, note: str, page: str) -> Tile:
        return Tile(label, format.money(value, self.currency), note, navigation.address(page))

    def cards(self) -> list[Card]:
        return [self.recurring(), self.invoiced()]


class Revenue(BusinessScreen):
    """What was invoiced, by month, product and customer."""

    label = "Revenue"

    def cards(self) -> list[Card]:
        return [self.invoiced(), self.products(), self.customers()]

    def products(self) -> Card:
        rows = money.by_product(
            self.operator.platform, currency=self.currency, start=self.start, end=self.end
        )
        return Card(
            key="products",
            title="By product, without tax",
            currency=self.currency,
            heads=(Head("Product"), Head("Invoiced", "money")),
            rows=rows,
        )

    def customers(self) -> Card:
        rows = money.by_customer(
            self.operator.platform, currency=self.currency, start=self.start, end=self.end
        )
        return Card(
            key="customers",
            title="By customer, without tax",
            currency=self.currency,
            heads=(Head("Customer"), Head("Invoiced", "money")),
            rows=[(Cell(name or key, invoices_of(key)), net) for key, name, net in rows],
        )


class Mrr(BusinessScreen):
    """What comes in every month, and how it moved."""

    label = "MRR"

    def cards(self) -> list[Card]:
        return [self.recurring()]


def invoices_of(customer: str, more: str = "") -> str:
    """The invoices of a customer."""
    return f"{reverse('desk:invoices')}?customer_id={customer}{more}"


def month_name(day: date) -> str:
    """``Aug 2026``."""
    return f"{day:%b %Y}"


def following(day: date) -> date:
    """The first of the next month."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """The first days of the months from ``first`` to ``last``."""
    found = [first.replace(day=1)]
    while following(found[-1]) <= last:
        found.append(following(found[-1]))
    return found
