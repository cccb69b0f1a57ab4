"""The events of the year: seeded, growing, busy when the customer is busy, and a round number of them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from billing.sandbox.calendar import DAY, Calendar
from kit.period import format_instant

Document = dict[str, Any]
EVENTS = 100_000
HALF_AN_HOUR = timedelta(minutes=30)
WHOLE = 1_000_000  # shares are added up in millionths of an event

# Of a hundred: how much of its usual day a customer has on Monday to Sunday, and when in the day (UTC).
WEEK = {
    "business": (104, 112, 115, 110, 96, 22, 14),
    "always": (98, 100, 101, 101, 103, 100, 97),
    "evenings": (78, 80, 84, 92, 124, 138, 104),
}
HOURS = {
    "business": (1, 1, 1, 1, 2, 4, 12, 26, 34, 36, 34, 27, 30, 35, 34, 28, 18, 9, 5, 4, 3, 2, 1, 1),
    "always": (9, 8, 8, 8, 8, 9, 10, 12, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 12, 12, 11, 10, 9),
    "evenings": (6, 3, 2, 1, 1, 1, 2, 3, 5, 7, 9, 11, 12, 11, 11, 12, 15, 20, 27, 33, 35, 31, 22, 12),
}


@dataclass(frozen=True, slots=True)
class Stream:
    """What one customer sends to one meter, within ``[start, end)``."""

    entry: Mapping[str, Any]
    start: datetime
    end: datetime

    def weight(self, calendar: Calendar, at: datetime) -> int:
        """How many events that day is worth, against other days and streams."""
        if not self.start <= at < self.end:
            return 0
        share = grown(self.entry["share"] * WHOLE, self.entry["growth"], calendar.month(at))
        return share * WEEK[self.entry["rhythm"]][at.weekday()]


def grown(amount: int, percent: int, months: int) -> int:
    """So much after months of growing by ``percent`` each."""
    for _ in range(months):
        amount += amount * percent // 100
    return amount


@dataclass
class Usage:
    """All events of the company, to be taken in order of time."""

    calendar: Calendar
    streams: list[Stream]
    strays: list[Mapping[str, Any]]
    late: list[Mapping[str, Any]]

    def documents(self) -> Iterator[tuple[datetime, Document]]:
        """(when it is sent, the body of the event), in order."""
        sent = [*self._regular(), *self._stray(), *self._late()]
        sent.sort(key=lambda pair: pair[0])
        for number, (at, document) in enumerate(sent, 1):
            document["reference"] = f"{document['meter_reference']}-{number:06}"
            yield at, document

    def _days(self) -> Iterator[datetime]:
        day = self.calendar.begin
        while day < self.calendar.at:
            yield day
            day += DAY

    def _regular(self) -> Iterator[tuple[datetime, Document]]:
        days = list(self._days())
        worth = [[stream.weight(self.calendar, day) for day in days] for stream in self.streams]
        whole = sum(map(sum, worth))
        done = given = 0
        for stream, weights in zip(self.streams, worth, strict=True):
            source = Source(stream.entry, "regular")
            for day, weight in zip(days, weights, strict=True):
                done += weight
                wanted = done * EVENTS // whole - given  # what is left of a whole event goes to the next day
                given += wanted
                yield from self._of_day(source, day, wanted)

    def _stray(self) -> Iterator[tuple[datetime, Document]]:
        for entry in self.strays:
            source = Source(entry, "stray")
            for back in range(entry["days_ago"], 0, -1):
                yield from self._of_day(source, self.calendar.at - back * DAY, entry["a_day"])

    def _late(self) -> Iterator[tuple[datetime, Document]]:
        for entry in self.late:
            arrival = self.calendar.of(entry)
            if arrival >= self.calendar.at:
                continue
            source = Source(entry, "late")
            close = self.calendar.day(months_ago=entry["before"])
            for number in range(entry["count"]):
                at = close - (number + 1) * HALF_AN_HOUR
                yield arrival, source.document(at, self.calendar.month(at))

    def _of_day(self, source: Source, day: datetime, count: int) -> Iterator[tuple[datetime, Document]]:
        """Events within the 24 hours from ``day``; what would lie ahead of now is moved before it."""
        base = day.replace(minute=0, second=0, microsecond=0)
        month = self.calendar.month(day)
        for _ in range(count):
            hour = source.one_of(source.hours)
            at = base + timedelta(hours=(hour - base.hour) % 24, seconds=source.below(3600))
            if at >= self.calendar.at:
                at = self.calendar.at - timedelta(seconds=1 + source.below(3600))
            yield at, source.document(at, month)


class Source:
    """Makes the events of one entry; the same ones each time, because its dice are seeded by ``name``."""

    def __init__(self, entry: Mapping[str, Any], name: str) -> None:
        self.entry = entry
        self.bits = random.Random(f"{name} {entry['customer']} {entry['meter']}").getrandbits  # noqa: S311
        self.hours = _expanded(dict(enumerate(HOURS[entry["rhythm"]])))
        self.words = {name: _expanded(words) for name, words in entry.get("choices", {}).items()}

    def below(self, limit: int) -> int:
        """A number from 0 to before the limit."""
        return self.bits(32) % limit

    def one_of(self, options: Sequence[Any]) -> Any:
        return options[self.bits(32) % len(options)]

    def document(self, at: datetime, month: int) -> Document:
        """The body of an event, whose reference is still to be set."""
        entry = self.entry
        return {
            "reference": "",
            "meter_reference": entry["meter"],
            "customer_reference": entry["customer"],
            "timestamp": format_instant(at),
            "meter_values": self._values(month),
            "meter_properties": [
                {"reference": name, "value": self.one_of(words)} for name, words in self.words.items()
            ],
        }

    def _values(self, month: int) -> list[Document]:
        entry = self.entry
        low, high = entry["values"]
        number = low + min(self.below(high - low), self.below(high - low))  # small ones are more frequent
        if entry.get("grows"):
            number = grown(number, entry["growth"], month)
        places = entry.get("places", 0)
        quantity = str(Decimal(number).scaleb(-places) if places else number)
        currency = entry.get("currency")
        if currency is None:
            return [{"reference": entry["value"], "number": quantity}]
        fee = str(Decimal(number // 400 + 4).scaleb(-2))
        return [
            {"reference": entry["value"], "amount": {"quantity": quantity, "currency": currency}},
            {"reference": "scheme-fees", "amount": {"quantity": fee, "currency": currency}},
        ]


def _expanded(weights: Mapping[Any, int]) -> list[Any]:
    """Each word as often as it weighs."""
    return [word for word, weight in weights.items() for _ in range(weight)]


def of(calendar: Calendar, data: Mapping[str, Any], starts: Mapping[str, datetime]) -> Usage:
    """The usage of the data; ``starts``: customer reference -> since when it is one."""

    def stream(entry: Mapping[str, Any]) -> Stream:
        until = calendar.of(entry["until"]) if "until" in entry else calendar.at
        since = calendar.of(entry["from"]) if "from" in entry else starts[entry["customer"]]
        return Stream(entry, since, until)

    return Usage(calendar, [stream(each) for each in data["streams"]], data["strays"], data["late"])
