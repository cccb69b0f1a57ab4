"""Usage per day as a small picture: quiet bars, the busiest one labelled, the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from desk.components import format
from desk.components.plot import ZERO, Frame, bars, chart, coordinate


@dataclass(frozen=True)
class DayBars:
    """One bar for each day, in order."""

    title: str
    values: Sequence[tuple[date, Decimal]]
    width: int = 236
    height: int = 94

    def __html__(self) -> SafeString:
        most = max((value for _, value in self.values), default=ZERO) or Decimal(1)
        frame = Frame(self.width, self.height, Decimal(max(len(self.values), 1)), most, 0, 0, 14, 16)
        peak = max(range(len(self.values)), key=lambda at: self.values[at][1], default=0)
        days = [(format.day(day, UTC), value) for day, value in self.values]
        body = SafeString(bars(frame, peak, days, format.number) + self._labels(frame, peak))
        rows = [(format.day(day, UTC), format.number(value)) for day, value in self.values if value]
        return chart(self.title, self._description(peak), frame, body, [("Day", "Quantity"), *rows])

    def _description(self, peak: int) -> str:
        if not self.values or not self.values[peak][1]:
            return "No usage."
        day, value = self.values[peak]
        return f"Busiest on {format.day(day, UTC)} with {format.number(value)}."

    def _labels(self, frame: Frame, peak: int) -> SafeString:
        if not self.values:
            return SafeString("")
        low = frame.height - frame.bottom
        last = len(self.values) - 1
        middle = coordinate(Decimal(frame.x(peak)) + Decimal(frame.width) / frame.most_x / 2)
        texts: list[tuple[int | str, int, str, str]] = [
            (0, low + 13, "start", _short(self.values[0][0])),
            (frame.width, low + 13, "end", self._end(last)),
        ]
        anchor = "start" if peak < last / 6 else "end" if peak > last - last / 6 else "middle"
        if self.values[peak][1]:
            texts.append((middle, 10, anchor, format.number(self.values[peak][1])))
        if last / 5 < peak < last - last / 5:
            texts.append((middle, low + 13, "middle", str(self.values[peak][0].day)))
        text = '<text x="{}" y="{}" text-anchor="{}">{}</text>'
        axis = '<line class="axis" x1="0" x2="{}" y1="{}" y2="{}"/>'
        return SafeString(format_html(axis, frame.width, low, low) + format_html_join("", text, texts))

    def _end(self, last: int) -> str:
        first, end = self.values[0][0], self.values[last][0]
        return str(end.day) if first.month == end.month else _short(end)


def _short(day: date) -> str:
    """``1 Aug``."""
    return format.day(day, UTC).rsplit(" ", 1)[0]
