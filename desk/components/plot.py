"""What every chart is drawn with: the frame, the grid, lines, and the figure around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

Figure = Decimal | int
Point = tuple[Figure, Figure]
Words = Callable[[Figure], str]
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Frame:
    """The drawing area and the figures at its edges: ``most_x`` at the right, ``most_y`` at the top."""

    width: int
    height: int
    most_x: Decimal
    most_y: Decimal
    left: int = 44
    right: int = 8
    top: int = 14
    bottom: int = 20

    def x(self, value: Figure) -> str:
        share = Decimal(value) / self.most_x if self.most_x else ZERO
        return coordinate(self.left + share * (self.width - self.left - self.right))

    def gap(self, start: Figure, end: Figure) -> str:
        """How wide it is from one quantity to another."""
        return coordinate(Decimal(self.x(end)) - Decimal(self.x(start)))

    def y(self, value: Figure) -> str:
        share = Decimal(value) / self.most_y if self.most_y else ZERO
        return coordinate(self.height - self.bottom - share * (self.height - self.top - self.bottom))

    def path(self, points: Sequence[Point]) -> str:
        """A polyline through the points."""
        return " ".join(f"{self.x(x)},{self.y(y)}" for x, y in points)


def bars(frame: Frame, peak: int, values: Sequence[tuple[str, Figure]], words: Words) -> SafeString:
    """One bar per label, in order, each with its figure as a tip; the one at ``peak`` stands out."""
    step = Decimal(frame.width - frame.left - frame.right) / frame.most_x
    low = Decimal(frame.height - frame.bottom)
    rows = []
    for at, (label, value) in enumerate(values):
        top = frame.y(max(Decimal(value), ZERO))
        size = coordinate(step * Decimal("0.76")), coordinate(low - Decimal(top))
        rows.append((" bar--peak" if at == peak else "", frame.x(at), top, *size, label, words(value)))
    rect = '<rect class="bar{}" x="{}" y="{}" width="{}" height="{}" rx="1"><title>{}: {}</title></rect>'
    return format_html_join("", rect, rows)


def tint(number: int, count: int) -> str:
    """The opacity of tier ``number`` of ``count``: the last is full."""
    if count <= 1:
        return "1"
    return coordinate(Decimal("0.22") + Decimal("0.78") * number / (count - 1))


def grid(frame: Frame, words: Words) -> SafeString:
    """Hairlines at the middle and the top, with their figures."""
    lines = [frame.most_y / 2, frame.most_y]
    return format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (
                frame.left,
                frame.width - frame.right,
                frame.y(value),
                frame.y(value),
                frame.left - 6,
                coordinate(Decimal(frame.y(value)) + 3),
                words(value),
            )
            for value in lines
        ),
    )


def polylines(frame: Frame, segments: Sequence[Sequence[Point]], style: str) -> SafeString:
    """One line per segment."""
    return format_html_join(
        "", '<polyline class="{}" points="{}"/>', ((style, frame.path(segment)) for segment in segments)
    )


def round_up(value: Decimal) -> Decimal:
    """The next of 1, 2 or 5 times a power of ten: a quiet top for an axis."""
    if value <= 0:
        return Decimal(1)
    power = Decimal(1).scaleb(value.adjusted())
    lead = (value / power).quantize(Decimal("0.0001"), rounding=ROUND_CEILING)
    return next(step for step in (Decimal(1), Decimal(2), Decimal(5), Decimal(10)) if lead <= step) * power


def chart(
    title: str, description: str, frame: Frame, body: SafeString, table: Sequence[Sequence[str]]
) -> SafeString:
    """The figure: title, drawing, and the same as a table."""
    context = {"title": title, "description": description, "frame": frame, "body": body, "table": table}
    return SafeString(render_to_string("desk/ui/chart.html", context))


def coordinate(value: Decimal) -> str:
    """A coordinate: two decimals are finer than any screen."""
    return str(value.quantize(Decimal("0.01")))
