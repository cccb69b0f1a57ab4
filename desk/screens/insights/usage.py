"""Insights > Usage: how much of what is used, by day and by customer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import cached_property

from billing.models import Customer
from desk import navigation
from desk.components import format
from desk.components.charts import Bars
from desk.screens.insights.base import InsightScreen
from desk.screens.insights.cards import Card, Cell, Head
from metering.selectors import insights
from metering.selectors.insights import Used


class Usage(InsightScreen):
    """Each meter value, and the one that is chosen day by day."""

    label = "Usage"
    days = 30

    @cached_property
    def values(self) -> list[Used]:
        return insights.by_value(self.operator.platform, start=self.start, end=self.end)

    @cached_property
    def chosen(self) -> Used | None:
        """The value that the query names, or the busiest."""
        asked = self.request.GET.get("value", "")
        named = next((each for each in self.values if str(each.value_id) == asked), None)
        return named or next(iter(self.values), None)

    def note(self) -> str:
        return "Counted to the hour, whether it is billed or not."

    def cards(self) -> list[Card]:
        chosen = self.chosen
        overview = Card(
            key="values",
            title="What was used",
            heads=(Head("Value"), Head("Meter"), Head("Entries", "number"), Head("Sum", "number")),
            rows=[
                (Cell(each.value, self._link(value=str(each.value_id))), each.meter, each.events, each.total)
                for each in self.values
            ],
        )
        return [overview] if chosen is None else [self._by_day(chosen), overview, self._by_customer(chosen)]

    def _by_day(self, chosen: Used) -> Card:
        found = insights.by_day(
            self.operator.platform,
            start=self.start,
            end=self.end,
            zone=self.operator.zone,
            value_id=chosen.value_id,
        )
        length = (self.last - self.first).days + 1
        dates = [self.first + timedelta(days=number) for number in range(length)]
        rows = [(day, *found.get(day, (0, Decimal(0)))) for day in dates]
        bars = [(format.day(day, self.operator.zone), total) for day, _, total in rows]
        title = f"{chosen.value} per day"
        said = f"{format.number(chosen.total)} from {self.first:%d %b %Y} to {self.last:%d %b %Y}."
        return Card(
            key="days",
            title=title,
            chart=Bars(title, said, bars, axis=format.short),
            heads=(Head("Day", "day"), Head("Entries", "number"), Head("Sum", "number")),
            rows=[(day, count, total) for day, count, total in rows if count],
        )

    def _by_customer(self, chosen: Used) -> Card:
        found = insights.by_customer(
            self.operator.platform, start=self.start, end=self.end, value_id=chosen.value_id
        )
        rows = Customer.objects.filter(platform=self.operator.platform, pk__in=[pk for pk, _, _ in found])
        known = {row.pk: row for row in rows}
        return Card(
            key="customers",
            title=f"{chosen.value} by customer, the first 20",
            heads=(Head("Customer"), Head("Entries", "number"), Head("Sum", "number")),
            rows=[
                (
                    Cell(
                        known[pk].name or known[pk].public_id,
                        navigation.address("customer", known[pk].public_id),
                    ),
                    count,
                    total,
                )
                for pk, count, total in found
                if pk in known
            ],
        )
