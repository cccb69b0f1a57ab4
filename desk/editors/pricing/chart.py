"""The price curve as SVG: the draft solid, the active version dashed, tiers as bands, a marker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from desk.components import format
from desk.components.plot import Frame, chart, coordinate, polylines
from desk.editors.pricing import words
from desk.editors.pricing.built import Terms
from desk.editors.pricing.curve import Point, nice

ZERO = Decimal(0)
WIDTH, HEIGHT = 304, 184
NARROW = Decimal("0.16")


@dataclass(frozen=True)
class PriceCurve:
    """``bounds`` are the ends of the tiers; ``compared`` is drawn dashed; ``marker`` is what was asked.

    The axis goes to ``reach``; from ``open_from`` on there is no price yet, as ``open_words`` says.
    """

    title: str
    description: str
    segments: Sequence[Sequence[Point]]
    terms: Terms
    compared: Sequence[Sequence[Point]] = ()
    bounds: Sequence[Decimal] = ()
    marker: Point | None = None
    rounded: str = ""
    reach: Decimal = ZERO
    open_from: Decimal | None = None
    open_words: str = ""

    def __html__(self) -> SafeString:
        points = [point for segment in (*self.segments, *self.compared) for point in segment]
        most_x = max((self.reach, *(x for x, _ in points))) or Decimal(1)
        most_y = max((y for _, y in points), default=ZERO) or Decimal(1)
        step = nice(most_y / 3)
        lines = int(most_y / step) + (1 if most_y % step else 0)
        longest = max(len(self._axis_money(step * number)) for number in range(1, lines + 1))
        frame = Frame(WIDTH, HEIGHT, most_x, step * lines, max(38, 8 + 7 * longest), 0, 12, 22)
        body = SafeString(
            self._bands(frame)
            + self._open(frame)
            + self._grid(frame, step, lines)
            + self._areas(frame)
            + polylines(frame, self.compared, "l2")
            + polylines(frame, self.segments, "l1")
            + self._marker(frame)
            + self._axis(frame)
        )
        rows = [
            (format.number(x), words.money(y.quantize(Decimal("1e-12")), self.terms))
            for segment in self.segments
            for x, y in segment
        ]
        return chart(self.title, self.description, frame, body, [("Quantity", "Amount"), *rows])

    def _edges(self, frame: Frame) -> list[Decimal]:
        return [ZERO, *(bound for bound in self.bounds if bound < frame.most_x), frame.most_x]

    def _bands(self, frame: Frame) -> SafeString:
        edges = self._edges(frame)
        low = frame.height - frame.bottom
        tinted = [(number, a, b) for number, (a, b) in enumerate(pairwise(edges), 1)]
        rects = format_html_join(
            "",
            '<rect class="band" x="{}" y="{}" width="{}" height="{}"/>',
            ((frame.x(a), frame.top, frame.gap(a, b), low - frame.top) for n, a, b in tinted if n % 2 == 0),
        )
        dotted = format_html_join(
            "",
            '<line class="edge" x1="{}" x2="{}" y1="{}" y2="{}"/>',
            ((frame.x(b), frame.x(b), frame.top, low) for b in edges[1:-1]),
        )
        names = format_html_join(
            "",
            '<text x="{}" y="{}" text-anchor="middle">Tier {}</text>',
            (
                (frame.x((a + b) / 2), frame.top + 11, n)
                for n, a, b in tinted
                if len(tinted) > 1 and (b - a) / frame.most_x > NARROW
            ),
        )
        return SafeString(rects + dotted + names)

    def _open(self, frame: Frame) -> SafeString:
        """Where no price is known yet."""
        if self.open_from is None or self.open_from >= frame.most_x:
            return SafeString("")
        low, width = frame.height - frame.bottom, frame.gap(self.open_from, frame.most_x)
        text = '<text x="{}" y="{}" text-anchor="middle">{}</text>'
        middle = frame.x((self.open_from + frame.most_x) / 2)
        has_room = (frame.most_x - self.open_from) / frame.most_x > NARROW * 2
        return format_html(
            '<rect class="band band--open" x="{}" y="{}" width="{}" height="{}"/>{}',
            frame.x(self.open_from),
            frame.top,
            width,
            low - frame.top,
            format_html(text, middle, (frame.top + low) / 2, self.open_words) if has_room else "",
        )

    def _grid(self, frame: Frame, step: Decimal, lines: int) -> SafeString:
        return format_html_join(
            "",
            '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
            '<text x="{}" y="{}" text-anchor="end">{}</text>',
            (
                (
                    frame.left,
                    frame.width,
                    frame.y(step * number),
                    frame.y(step * number),
                    frame.left - 6,
                    coordinate(Decimal(frame.y(step * number)) + Decimal("3.5")),
                    self._axis_money(step * number),
                )
                for number in range(1, lines + 1)
            ),
        )

    def _axis_money(self, value: Decimal) -> str:
        if value >= 1000:
            return f"{format.symbol(self.terms.currency)}{format.short(value)}"
        return f"{format.symbol(self.terms.currency)}{format.number(value.normalize())}"

    def _areas(self, frame: Frame) -> SafeString:
        low = str(frame.height - frame.bottom)
        shapes = [
            f"{frame.x(segment[0][0])},{low} {frame.path(segment)} {frame.x(segment[-1][0])},{low}"
            for segment in self.segments
            if segment
        ]
        return format_html_join("", '<polygon class="a1" points="{}"/>', ((shape,) for shape in shapes))

    def _axis(self, frame: Frame) -> SafeString:
        low = frame.height - frame.bottom
        inner = [b for b in self.bounds if frame.most_x * NARROW < b < frame.most_x * Decimal("0.7")][-2:]
        units = f" {self.terms.units}" if not self.terms.is_money else ""
        ticks = [(ZERO, "start", "0")]
        ticks += [(tick, "middle", format.short(tick)) for tick in inner]
        ticks.append((frame.most_x, "end", format.short(frame.most_x) + units))
        texts = format_html_join(
            "",
            '<text x="{}" y="{}" text-anchor="{}">{}</text>',
            ((frame.x(value), low + 16, anchor, text) for value, anchor, text in ticks),
        )
        axis = (
            '<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>'
            '<text x="{}" y="{}" text-anchor="end">0</text>'
        )
        return SafeString(
            format_html(axis, frame.left, frame.width, low, low, frame.left - 6, coordinate(Decimal(low) + 3))
            + texts
        )

    def _marker(self, frame: Frame) -> SafeString:
        if self.marker is None or self.marker[0] > frame.most_x:
            return SafeString("")
        x, y = Decimal(frame.x(self.marker[0])), Decimal(frame.y(self.marker[1]))
        width = Decimal(14 + 6 * len(self.rounded))
        left = x + 10 if x + 10 + width < frame.width else x - 10 - width
        top = min(y + 12, Decimal(frame.height - frame.bottom - 22))
        drawn = (
            '<line class="cross" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>'
            '<circle class="pt" cx="{0}" cy="{1}" r="4.5"/>'
            '<rect class="tag" x="{3}" y="{4}" width="{5}" height="20" rx="5"/>'
            '<text class="tag-t" x="{6}" y="{7}" text-anchor="middle">{8}</text>'
        )
        return format_html(
            drawn,
            coordinate(x),
            coordinate(y),
            frame.height - frame.bottom,
            coordinate(left),
            coordinate(top),
            coordinate(width),
            coordinate(left + width / 2),
            coordinate(top + Decimal("13.8")),
            self.rounded,
        )
