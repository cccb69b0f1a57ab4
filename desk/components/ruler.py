"""A ruler of time: the phases of a subscription drawn to scale, with today and the invoice dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from desk.components import format
from desk.components.plot import coordinate, tint

WIDTH = 640
OPEN_ENDED = timedelta(days=365)
MOMENT = timedelta(microseconds=1)
EDGE = Decimal("0.2")


@dataclass(frozen=True, slots=True)
class Phase:
    """``end`` is not included; None is open-ended."""

    label: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Ruler:
    """``marks`` are dates of invoices; ``at`` is now."""

    phases: Sequence[Phase]
    at: datetime
    zone: ZoneInfo
    marks: Sequence[datetime] = ()

    def __html__(self) -> SafeString:
        if not self.phases:
            return SafeString("")
        first = self.phases[0].start
        last = self.phases[-1].end or max(self.phases[-1].start, self.at - OPEN_ENDED / 2) + OPEN_ENDED
        length = max(int((last - first).total_seconds()), 1)

        def x(instant: datetime) -> str:
            share = Decimal(int((instant - first).total_seconds())) / length
            return coordinate(min(max(share, Decimal(0)), Decimal(1)) * WIDTH)

        bars = [
            {
                "x": x(phase.start),
                "width": coordinate(
                    max(Decimal(x(phase.end or last)) - Decimal(x(phase.start)) - 2, Decimal(2))
                ),
                "tint": tint(number + 1, len(self.phases) + 1),
            }
            for number, phase in enumerate(self.phases)
        ]
        inside = first <= self.at <= last
        context = {
            "width": WIDTH,
            "bars": bars,
            "marks": [x(mark) for mark in self.marks if first <= mark <= last],
            "today": x(self.at) if inside else "",
            **_today(Decimal(x(self.at)) / WIDTH if inside else None),
            "first": format.day(first, self.zone),
            "now": format.day(self.at, self.zone),
            "last": format.day(last - MOMENT, self.zone) if self.phases[-1].end else "No end",
            "words": "; ".join(self.words(phase) for phase in self.phases),
        }
        return SafeString(render_to_string("desk/ui/ruler.html", context))

    def words(self, phase: Phase) -> str:
        """``Growth v1 from 1 Aug 2026, no end``."""
        if phase.end is None:
            return f"{phase.label} from {format.day(phase.start, self.zone)}, no end"
        return f"{phase.label}, {format.span(phase.start, phase.end, self.zone)}"


def _today(share: Decimal | None) -> dict[str, str]:
    """Where the word stands over the mark of today, so that it stays inside at both ends."""
    if share is None:
        return {}
    anchor = "start" if share < EDGE else "end" if share > 1 - EDGE else "middle"
    return {"today_at": f"{coordinate(share * 100)}%", "today_anchor": anchor}
