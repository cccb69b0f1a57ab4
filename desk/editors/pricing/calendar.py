"""When money is taken: the first periods of a subscription that starts today, with what is due when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from billing.calc.content import InvoiceContent, Line
from billing.calc.inputs import ChargeModel
from billing.services.previews import imagined
from desk.components import format
from desk.components.plot import Frame, coordinate
from desk.editors.pricing import trial
from desk.editors.pricing.book import Book, PricedItem
from kit.errors import TallydeskError
from kit.period import Period

SHOWN = 3
WIDTH, HEIGHT, BASE = 304, 62, 24
ONCE, AGAIN, USED = "once", "again", "used"
KINDS = {AGAIN: "Recurring", ONCE: "One-off", USED: "Usage"}


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is charged: ``kind`` is how its mark looks; usage has no ``amount`` yet."""

    what: str
    kind: str
    amount: str
    covers: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which something is charged."""

    at: datetime
    dues: Sequence[Due]


@dataclass(frozen=True)
class Calendar:
    """``boundaries`` begin and end the periods. Draws itself as a strip; ``days`` say the same in words."""

    boundaries: Sequence[datetime]
    days: Sequence[Day]
    zone: ZoneInfo
    problem: str = ""

    @property
    def kinds(self) -> list[tuple[SafeString, str]]:
        """The marks that occur, with their names."""
        found = {due.kind for day in self.days for due in day.dues}
        return [(key(kind), label) for kind, label in KINDS.items() if kind in found]

    def __html__(self) -> SafeString:
        if not self.boundaries:
            return SafeString("")
        length = Decimal(int((self.boundaries[-1] - self.boundaries[0]).total_seconds()))
        frame = Frame(WIDTH, HEIGHT, length, Decimal(1), 8, 8, 0, HEIGHT - BASE)
        return format_html(
            '<svg class="chart calendar" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
            WIDTH,
            HEIGHT,
            self._words(),
            self._periods(frame),
            self._names(frame),
            format_html_join("", "{}", ((mark,) for mark in self._marks(frame))),
        )

    def _x(self, frame: Frame, at: datetime) -> str:
        return frame.x(int((at - self.boundaries[0]).total_seconds()))

    def _periods(self, frame: Frame) -> SafeString:
        ends = [self._x(frame, at) for at in self.boundaries]
        return format_html_join(
            "",
            '<rect class="band" x="{}" y="8" width="{}" height="32" rx="4"/>',
            ((a, coordinate(max(Decimal(b) - Decimal(a) - 3, Decimal(1)))) for a, b in pairwise(ends)),
        )

    def _names(self, frame: Frame) -> SafeString:
        anchors = ["start", *["middle"] * (len(self.boundaries) - 2), "end"]
        places = zip(self.boundaries, anchors, strict=True)
        return format_html_join(
            "",
            '<text x="{}" y="57" text-anchor="{}">{}</text>',
            (
                (self._x(frame, at), anchor, format.day(at, self.zone).rsplit(" ", 1)[0])
                for at, anchor in places
            ),
        )

    def _marks(self, frame: Frame) -> Iterator[SafeString]:
        for day in self.days:
            kinds = [kind for kind in KINDS if any(due.kind == kind for due in day.dues)]
            x = min(max(Decimal(self._x(frame, day.at)), Decimal(12)), Decimal(WIDTH - 12))
            for place, kind in enumerate(kinds):
                yield MARKS[kind](x, Decimal(BASE) + 13 * place - Decimal("6.5") * (len(kinds) - 1))

    def _words(self) -> str:
        said = [
            f"{format.day(day.at, self.zone)}: {', '.join(due.what for due in day.dues)}" for day in self.days
        ]
        return f"When it is charged. {'; '.join(said)}" if said else "Nothing is charged yet"


def _circle(x: Decimal, y: Decimal) -> SafeString:
    return format_html('<circle class="pt" cx="{}" cy="{}" r="4.5"/>', coordinate(x), coordinate(y))


def _diamond(x: Decimal, y: Decimal) -> SafeString:
    path = "M{} {}l5 5-5 5-5-5z"
    shape = path.format(coordinate(x), coordinate(y - 5))
    return format_html('<path class="pt pt--once" d="{}"/>', shape)


def _square(x: Decimal, y: Decimal) -> SafeString:
    shape = '<rect class="pt pt--used" x="{}" y="{}" width="8" height="8" rx="2"/>'
    return format_html(shape, coordinate(x - 4), coordinate(y - 4))


MARKS: dict[str, Callable[[Decimal, Decimal], SafeString]] = {AGAIN: _circle, ONCE: _diamond, USED: _square}


def key(kind: str) -> SafeString:
    """A mark by itself, for the legend."""
    return format_html(
        '<svg class="chart key" viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">{}</svg>',
        MARKS[kind](Decimal(7), Decimal(7)),
    )


def of(
    book: Book,
    *,
    at: datetime,
    zone: ZoneInfo,
    period: Period | None = None,
    only: PricedItem | None = None,
    seats: Decimal | None = None,
) -> Calendar:
    """The charges of the version, or of ``only`` one item, where a subscription starts on the day of ``at``.

    ``seats`` is how many of that item there are, where it is not what a subscription begins with.
    """
    terms = imagined.Terms(
        version=book.version,
        currency=only.currency if only else book.currency,
        period=period or trial.period_of(book),
        start=trial.midnight(at, zone),
        zone=zone,
        count=SHOWN,
        seats={only.item.public_id: seats} if only and only.terms.seats and seats is not None else {},
        chosen=frozenset({only.pricing_item.pricing.public_id} if only else ()),
    )
    # The request may have changed a price since it read the platform.
    book.version.platform.refresh_from_db(fields=["configuration_version"])
    try:
        boundaries = imagined.boundaries(terms)
        invoices = imagined.invoices(terms)
    except TallydeskError as error:
        return Calendar([], [], zone, f"{error.message[:1].upper()}{error.message[1:]}")
    rules = {config.public_id for config in only.configs} if only else None
    days = [Day(each.at, [*_dues(each.content, rules, zone)]) for each in invoices]
    return Calendar(boundaries, [day for day in days if day.dues], zone)


def _dues(content: InvoiceContent, rules: set[str] | None, zone: ZoneInfo) -> Iterator[Due]:
    seen: set[str] = set()
    for line in content.lines:
        charge = line.charge
        if rules is not None and charge.rule.config_id not in rules:
            continue
        name = charge.item.description
        if charge.is_usage and name in seen:
            continue  # rules of one item: its usage is due once
        seen.add(name)
        yield _due(line, content.currency, zone)


def _due(line: Line, currency: str, zone: ZoneInfo) -> Due:
    charge = line.charge
    name, covers = charge.item.description, format.span(charge.span.start, charge.span.end, zone)
    if charge.is_usage:
        return Due(name, USED, "", f"used {covers}")
    amount = format.money(line.taxed.including_tax, currency)
    if charge.item.model is ChargeModel.ONE_OFF:
        return Due(name, ONCE, amount, "once")
    return Due(name, AGAIN, amount, f"for {covers}")
