"""The whole version tried at once: a quantity for each rule, and the invoices that follow from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from billing.calc.content import Line
from billing.calc.schedule import resolve
from billing.services.previews import imagined
from billing.services.previews.imagined import Imagined
from catalog.rating.parsing import config as rating_config
from catalog.rating.usage import Usage
from desk.components import format
from desk.editors.pricing import calculator, trial_choices, typed, usages
from desk.editors.pricing.book import Book, PricedItem, Rule
from desk.editors.pricing.trial_choices import Option
from desk.editors.pricing.usages import MOST_EVENTS, Question
from kit.errors import InvalidField, TallydeskError
from kit.money import plain
from kit.period import Period, PeriodType

MOST, FIRST = 24, 3
MONTH = Period(PeriodType.MONTH, 1)
Data = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """An input: of the rule or item ``key``; ``events`` and ``deciding`` are two more where it needs them:
    where the quantity is money, and where another quantity decides the tiers.
    """

    key: str
    name: str
    rule: str
    unit: str
    value: str
    events: str = ""
    deciding: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A line of an invoice in words."""

    what: str
    more: str
    quantity: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice: when, its lines and its total."""

    at: datetime
    lines: Sequence[Said]
    total: Decimal


@dataclass
class Trial:
    """``problem`` where there is no answer; ``unpriced`` names what is left out."""

    asked: Sequence[Asked]
    count: str
    periods: str
    currency: str
    start: datetime
    bills: Sequence[Bill] = ()
    total: Decimal = Decimal(0)
    problem: str = ""
    unpriced: Sequence[str] = field(default_factory=list)
    options: Sequence[Option] = ()


def of(book: Book, data: Data, *, at: datetime, zone: ZoneInfo) -> Trial:
    """What ``data`` asks, or a first question, answered; starts on the day of ``at``."""
    asked = [*_asked(book, data)]
    count = data.get("count", "") or str(FIRST)
    start = midnight(at, zone)
    found = Trial(asked, count, _periods(book), book.currency, start)
    found.options = trial_choices.of(book, data)
    found.unpriced = [each.item.name for each in book.unpriced]
    if not book.priced:
        found.problem = "Enter a price first: there is nothing to try yet"
        return found
    try:
        bills = imagined.invoices(_terms(book, found, zone))
    except TallydeskError as error:
        found.problem = f"{error.message[:1].upper()}{error.message[1:]}"
        return found
    rules = {rule.config.public_id: rule for item in book.items for rule in item.rules}
    found.bills = [_bill(each, rules, zone) for each in bills]
    found.total = imagined.total_of(bills)
    return found


def period_of(book: Book) -> Period:
    """The first billing period that is offered; a month where the version offers any."""
    options = book.version.billing_periods
    if not options:
        return MONTH
    body = options[0]["period"]
    return Period(PeriodType(body["type"]), int(body["value"]))


def midnight(at: datetime, zone: ZoneInfo) -> datetime:
    """When the day of ``at`` begins in the zone."""
    return resolve(at.astimezone(zone).date(), time(), zone)


def _periods(book: Book) -> str:
    words = {
        Period(PeriodType.MONTH, 1): "months",
        Period(PeriodType.MONTH, 3): "quarters",
        Period(PeriodType.YEAR, 1): "years",
    }
    return words.get(period_of(book), "billing periods")


def _asked(book: Book, data: Data) -> Iterator[Asked]:
    for item in book.items:
        if item.terms.metered:
            for rule in item.rules:
                yield _of_rule(item, rule, data)
        elif item.terms.seats and item.configs:
            yield Asked(
                item.key, item.item.name, "", item.terms.units, data.get(f"q_{item.key}", _seats(item))
            )


def _of_rule(item: PricedItem, rule: Rule, data: Data) -> Asked:
    key, terms = rule.config.public_id, item.terms
    bounds = [band.upper_bound for band in rating_config.parse(rule.config.body).bands]
    first = format.number(calculator.default_quantity(bounds))
    words = " and ".join(map(str, rule.tests)) or ("All other usage" if len(item.configs) > 1 else "")
    events = data.get(f"e_{key}", "1") if terms.is_money else ""
    unit = terms.currency if terms.is_money else terms.units
    value = data.get(f"q_{key}", first)
    deciding = data.get(f"d_{key}", value) if rule.needs_deciding else ""
    return Asked(key, item.item.name, words, unit, value, events, deciding)


def first_quantity(item: PricedItem, bounds: list[Decimal | None]) -> Decimal:
    """What the calculator asks at first: the seats of a new subscription, or usage in several tiers."""
    if item.terms.seats:
        return Decimal(_seats(item)) if item.configs else calculator.SEAT_PRESETS[0]
    return calculator.default_quantity(bounds)


def _seats(item: PricedItem) -> str:
    known = (item.default.body.get("default_seats_value") or {}).get("number")
    return plain(Decimal(known)) if known else "1"


def _terms(book: Book, trial: Trial, zone: ZoneInfo) -> imagined.Terms:
    numbers = {each.key: (each, _number(each)) for each in trial.asked}
    count = trial.count
    if not count.isdecimal() or not 0 < int(count) <= MOST:
        raise InvalidField(f"Enter how many {trial.periods}, from 1 to {MOST}", field="count")
    return imagined.Terms(
        version=book.version,
        currency=book.currency,
        period=period_of(book),
        start=trial.start,
        zone=zone,
        count=int(count),
        usages=dict(_usages(book, numbers)),
        deciding=dict(_deciding(book, numbers)),
        seats={item.key: numbers[item.key][1] for item in book.items if item.key in numbers},
        chosen=frozenset(each.key for each in trial.options if each.ticked),
    )


def _usages(book: Book, numbers: Mapping[str, tuple[Asked, Decimal]]) -> Iterator[tuple[str, Usage]]:
    for item in book.items:
        for rule in item.rules if item.terms.metered else ():
            asked, quantity = numbers[rule.config.public_id]
            events = int(asked.events) if asked.events.isdecimal() else 1
            question = Question(quantity, max(1, min(events, MOST_EVENTS)))
            config = rating_config.parse(rule.config.body)
            yield asked.key, usages.usage_of(question, item.terms, config, quantity)


def _deciding(book: Book, numbers: Mapping[str, tuple[Asked, Decimal]]) -> Iterator[tuple[str, Usage]]:
    for item in book.items:
        currency = item.terms.currency if item.terms.is_money else None
        for rule in item.rules if item.terms.metered else ():
            asked, _ = numbers[rule.config.public_id]
            if rule.needs_deciding:
                quantity = typed.number(asked.deciding or "0", name=f"What decides the tiers of {asked.name}")
                yield asked.key, Usage.one_event(quantity, currency=currency)


def _number(asked: Asked) -> Decimal:
    return typed.number(asked.value or "0", name=f"{asked.name}")


def _bill(found: Imagined, rules: Mapping[str, Rule], zone: ZoneInfo) -> Bill:
    lines = [_line(line, rules, zone) for line in found.content.lines]
    return Bill(found.at, lines, found.content.totals.including_tax)


def _line(line: Line, rules: Mapping[str, Rule], zone: ZoneInfo) -> Said:
    charge = line.charge
    rule = rules.get(charge.rule.config_id)
    tests = " and ".join(map(str, rule.tests)) if rule else ""
    more = tests or ("" if charge.is_usage else format.span(charge.span.start, charge.span.end, zone))
    quantity = charge.rated.usage.quantity
    is_money = charge.rated.usage.currency is not None
    said = format.money(quantity, charge.rated.usage.currency or "") if is_money else format.number(quantity)
    unit = "" if is_money else charge.item.unit or ""
    return Said(charge.item.description, more, f"{said} {unit}".strip(), line.taxed.including_tax)
