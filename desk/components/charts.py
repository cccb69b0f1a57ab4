"""Charts as server-rendered SVG: line, bars, steps, bands, sparkline, tier bar.

Every figure arrives computed; a chart only places it. A chart has a title and a description in words,
and shows its figures as a table on request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from desk.components import format
from desk.components.plot import (
    ZERO,
    Figure,
    Frame,
    Point,
    Words,
    bars,
    chart,
    coordinate,
    grid,
    polylines,
    round_up,
    tint,
)


@dataclass(frozen=True)
class Line:
    """A quantity against another, exact at its vertices; two points of one x are a step or a jump.

    ``segments`` are drawn solid, ``compared`` dashed (the active version); ``bounds`` are dotted verticals
    with tinted bands between; ``marker`` is the point asked about, with its words.
    """

    title: str
    description: str
    segments: Sequence[Sequence[Point]]
    x_words: Words
    y_words: Words
    compared: Sequence[Sequence[Point]] = ()
    bounds: Sequence[Figure] = ()
    marker: Point | None = None
    marker_words: str = ""
    width: int = 304
    height: int = 190
    headers: tuple[str, str] = ("Quantity", "Amount")

    def __html__(self) -> SafeString:
        points = [point for segment in (*self.segments, *self.compared) for point in segment]
        most_x = max((Decimal(x) for x, _ in points), default=Decimal(1)) or Decimal(1)
        most_y = round_up(max((Decimal(y) for _, y in points), default=Decimal(1)))
        frame = Frame(self.width, self.height, most_x, most_y)
        body = SafeString(
            self._bands(frame)
            + grid(frame, self.y_words)
            + self._axis(frame)
            + polylines(frame, self.compared, "l2")
            + polylines(frame, self.segments, "l1")
            + self._marker(frame)
        )
        rows = [(self.x_words(x), self.y_words(y)) for segment in self.segments for x, y in segment]
        return chart(self.title, self.description, frame, body, [self.headers, *rows])

    def _bands(self, frame: Frame) -> SafeString:
        edges = [ZERO, *(Decimal(b) for b in self.bounds if Decimal(b) < frame.most_x), frame.most_x]
        top, height = frame.top, frame.height - frame.top - frame.bottom
        tinted = [pair for number, pair in enumerate(pairwise(edges)) if number % 2]
        rects = format_html_join(
            "",
            '<rect class="band" x="{}" y="{}" width="{}" height="{}"/>',
            ((frame.x(a), top, frame.gap(a, b), height) for a, b in tinted),
        )
        lines = format_html_join(
            "",
            '<line class="edge" x1="{}" x2="{}" y1="{}" y2="{}"/>',
            ((frame.x(b), frame.x(b), top, top + height) for b in edges[1:-1]),
        )
        return SafeString(rects + lines)

    def _axis(self, frame: Frame) -> SafeString:
        low = frame.height - frame.bottom
        inner = [Decimal(b) for b in self.bounds if Decimal(b) < frame.most_x * Decimal("0.85")]
        ticks = [b for b in inner if b > frame.most_x * Decimal("0.12")][-3:]
        labels = [(ZERO, "start"), *((tick, "middle") for tick in ticks), (frame.most_x, "end")]
        texts = format_html_join(
            "",
            '<text x="{}" y="{}" text-anchor="{}">{}</text>',
            ((frame.x(value), low + 14, anchor, format.short(value)) for value, anchor in labels),
        )
        axis = '<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        return SafeString(format_html(axis, frame.left, frame.width - frame.right, low, low) + texts)

    def _marker(self, frame: Frame) -> SafeString:
        if self.marker is None:
            return SafeString("")
        x, y = frame.x(self.marker[0]), frame.y(self.marker[1])
        cross = (
            '<line class="cross" x1="{}" x2="{}" y1="{}" y2="{}"/><circle class="pt" cx="{}" cy="{}" r="4"/>'
        )
        words = self.marker_words or self.y_words(self.marker[1])
        width = 12 + 6 * len(words)
        left = min(max(Decimal(x) - width / Decimal(2), Decimal(frame.left)), Decimal(frame.width - width))
        above = max(Decimal(y) - 28, Decimal(0))
        tag = (
            '<rect class="tag" x="{}" y="{}" width="{}" height="18" rx="4"/>'
            '<text class="tag-t" x="{}" y="{}" text-anchor="middle">{}</text>'
        )
        return SafeString(
            format_html(cross, x, x, y, frame.height - frame.bottom, x, y)
            + format_html(
                tag,
                coordinate(left),
                coordinate(above),
                width,
                coordinate(left + width / Decimal(2)),
                coordinate(above + 13),
                words,
            )
        )


@dataclass(frozen=True)
class Bars:
    """One bar per label, in order; the highest is labelled and stands out.

    ``axis`` writes the figures of the picture shorter than those of its table, where there is little room.
    """

    title: str
    description: str
    values: Sequence[tuple[str, Figure]]
    words: Words = format.number
    width: int = 640
    height: int = 180
    headers: tuple[str, str] = ("Day", "Quantity")
    axis: Words | None = None

    def __html__(self) -> SafeString:
        most = round_up(max((Decimal(value) for _, value in self.values), default=Decimal(1)))
        frame = Frame(self.width, self.height, Decimal(max(len(self.values), 1)), most)
        peak = max(range(len(self.values)), key=lambda at: Decimal(self.values[at][1]), default=0)
        body = SafeString(
            grid(frame, self.axis or self.words)
            + bars(frame, peak, self.values, self.words)
            + self._labels(frame, peak)
        )
        rows = [(label, self.words(value)) for label, value in self.values]
        return chart(self.title, self.description, frame, body, [self.headers, *rows])

    def _labels(self, frame: Frame, peak: int) -> SafeString:
        if not self.values:
            return SafeString("")
        low = frame.height - frame.bottom
        last = len(self.values) - 1
        shown = {0: "start", last: "end"}
        ends = [(frame.x(at + (at == last)), anchor, self.values[at][0]) for at, anchor in shown.items()]
        texts = format_html_join(
            "",
            '<text class="x" x="{}" y="{}" text-anchor="{}">{}</text>',
            ((x, low + 14, anchor, label) for x, anchor, label in ends),
        )
        value = self.values[peak][1]
        top = coordinate(Decimal(frame.y(value)) - 4)
        anchor = "start" if peak < 2 else "end" if peak > last - 2 else "middle"
        peak_text = '<text x="{}" y="{}" text-anchor="{}">{}</text>'
        axis = '<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        words = (self.axis or self.words)(value) if Decimal(value) else ""
        drawn = format_html(peak_text, frame.x(peak), top, anchor, words)
        return SafeString(format_html(axis, frame.left, frame.width - frame.right, low, low) + texts + drawn)


@dataclass(frozen=True)
class Sparkline:
    """A row of small bars beside a figure that says the same in words."""

    values: Sequence[Figure]
    words: str
    width: int = 96
    height: int = 20

    def __html__(self) -> SafeString:
        most = max((Decimal(value) for value in self.values), default=ZERO) or Decimal(1)
        frame = Frame(self.width, self.height, Decimal(max(len(self.values), 1)), most, 0, 0, 1, 1)
        step = Decimal(self.width) / frame.most_x
        bars = format_html_join(
            "",
            '<rect class="bar" x="{}" y="{}" width="{}" height="{}"/>',
            (
                (
                    frame.x(at),
                    frame.y(value),
                    coordinate(step * Decimal("0.7")),
                    coordinate(Decimal(self.height - 1) - Decimal(frame.y(value))),
                )
                for at, value in enumerate(self.values)
            ),
        )
        svg = '<svg class="chart spark" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img"'
        return format_html(svg + ' aria-label="{2}">{3}</svg>', self.width, self.height, self.words, bars)


@dataclass(frozen=True)
class TierBar:
    """The share of each tier in a quantity; the tints are those of the tier table and the chart's bands."""

    shares: Sequence[Figure]
    words: str
    width: int = 480

    def __html__(self) -> SafeString:
        total = sum((Decimal(share) for share in self.shares), ZERO) or Decimal(1)
        gap, least = Decimal(2), Decimal(5)
        room = Decimal(self.width) - gap * max(len(self.shares) - 1, 0)
        widths = [max(least, Decimal(share) / total * room) for share in self.shares]
        scale = room / (sum(widths, ZERO) or Decimal(1))
        left, rects = ZERO, []
        for number, width in enumerate(widths):
            rects.append((coordinate(left), coordinate(width * scale), tint(number, len(widths))))
            left += width * scale + gap
        drawn = format_html_join(
            "", '<rect class="tier" x="{}" y="0" width="{}" height="8" rx="2" opacity="{}"/>', rects
        )
        svg = '<svg class="chart tierbar" viewBox="0 0 {} 8" preserveAspectRatio="none" role="img"'
        return format_html(svg + ' aria-label="{}">{}</svg>', self.width, self.words, drawn)
