"""Insights > Unbilled, Aging: what is not invoiced yet, and what is not paid yet."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.urls import reverse

from billing.selectors import invoice_states
from billing.selectors.insights import money
from billing.services.figures import unbilled
from desk.components import format
from desk.components.badges import word
from desk.components.charts import Bars
from desk.components.plot import Figure
from desk.paging import Slices
from desk.screens.insights.base import InsightScreen
from desk.screens.insights.business import invoices_of
from desk.screens.insights.cards import Card, Cell, Head
from desk.screens.invoicing import names
from kit.money import total as total_of

OPEN = "&payment=UNPAID&payment=PARTIALLY_PAID"
DAYS = (-1, 0, 30, 60, 90)  # each bucket of ``money.BUCKETS`` begins so many days after the due day


class Unbilled(InsightScreen):
    """What every draft comes to now."""

    label = "Unbilled"
    ranged = False
    slow = True

    def note(self) -> str:
        return (
            "Drafts as they are now, without tax, the largest first. Usage that still arrives adds to them."
        )

    def cards(self) -> list[Card]:
        found = unbilled.drafts(platform=self.operator.platform)
        mine = [each for each in found if each.invoice.currency == self.currency]
        mine.sort(key=lambda each: (-each.net, each.invoice.pk))
        rows = [
            (
                Cell(names.customer(each.invoice), reverse("desk:invoice", args=[each.invoice.public_id])),
                names.period(each.invoice),
                word(invoice_states.state(each.invoice, self.operator.at)),
                names.due(each.invoice, self.operator.at),
                each.net,
            )
            for each in mine
        ]
        heads = (
            Head("Customer"),
            Head("Period"),
            Head("State"),
            Head("Becomes final"),
            Head("So far", "money"),
        )
        total = ("Total", "", "", "", unbilled.total(mine, self.currency))
        return [
            Card(
                key="unbilled",
                title="Not yet on a final invoice",
                heads=heads,
                rows=rows,
                currency=self.currency,
                total=total,
                slices=Slices(self.request.GET),
            )
        ]


class Aging(InsightScreen):
    """Who owes what, and for how long."""

    label = "Aging"
    ranged = False

    def note(self) -> str:
        return "Open amounts of final invoices, with tax, by days past the due date."

    def words(self, value: Figure) -> str:
        return format.symbol(self.currency) + format.short(value)

    def cards(self) -> list[Card]:
        found = money.ageing(self.operator.platform, currency=self.currency, at=self.operator.at)
        owed: dict[tuple[str, str], dict[str, Decimal]] = {}
        for key, name, bucket, amount, _ in found:
            owed.setdefault((key, name), {})[bucket] = amount
        sums = [
            total_of(buckets.get(bucket, Decimal(0)) for buckets in owed.values()) for bucket in money.BUCKETS
        ]
        rows = [self._row(key, name, buckets) for (key, name), buckets in owed.items()]
        said = f"{format.money(total_of(sums), self.currency)} in all."
        bars = Bars(
            "Open amounts by age",
            said,
            list(zip(money.BUCKETS, sums, strict=True)),
            self.words,
            headers=("Age", "Open"),
        )
        heads = (
            Head("Customer"),
            *(Head(bucket, "money") for bucket in money.BUCKETS),
            Head("Total", "money"),
        )
        return [
            Card(
                key="aging",
                title="Owed by age",
                heads=heads,
                rows=rows,
                currency=self.currency,
                chart=bars if rows else None,
                total=("Total", *sums, total_of(sums)),
                slices=Slices(self.request.GET),
            )
        ]

    def _row(self, key: str, name: str, buckets: dict[str, Decimal]) -> tuple[object, ...]:
        cells = [
            Cell(buckets[bucket], invoices_of(key, f"{OPEN}{self._due(place)}"))
            if bucket in buckets
            else None
            for place, bucket in enumerate(money.BUCKETS)
        ]
        total = Cell(total_of(list(buckets.values())), invoices_of(key, OPEN))
        return (Cell(name or key, invoices_of(key)), *cells, total)

    def _due(self, place: int) -> str:
        """The due days of a bucket, for the filter of the list of invoices."""
        newest = self.today - timedelta(days=DAYS[place]) if place else None
        later = DAYS[place + 1] - 1 if place + 1 < len(DAYS) else None
        since = "" if later is None else f"&due_from={self.today - timedelta(days=later)}"
        return since if newest is None else f"{since}&due_to={newest}"
