"""What would 12,500 calls cost? The answer of catalog's calculator, its parts, and the curve around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from catalog.rating import rate
from catalog.rating.explaining import printing
from catalog.rating.parsing import config as rating_config
from catalog.rating.types import Config
from catalog.services import calculate
from catalog.services.calculate_usage import Measured, Under
from desk.components import format
from desk.editors.pricing import drawing, unit_words, words
from desk.editors.pricing.built import Gap, Terms
from desk.editors.pricing.chart import PriceCurve
from desk.editors.pricing.drawing import Old
from desk.editors.pricing.shares import Beside, Share
from desk.editors.pricing.typical import SHARES
from desk.editors.pricing.usages import Question, amount_of, usage_of
from kit.errors import InvalidRequest
from kit.money import EXACT, plain, round_half_up

SEAT_PRESETS = (Decimal(10), Decimal(25), Decimal(100), Decimal(5))
PRESETS = (Decimal(1000), Decimal(10_000), Decimal(50_000), Decimal(250_000))
FEW = 3
FALLBACK = Decimal(10_000)


@dataclass
class Part:
    """One line of the breakdown."""

    label: str
    what: str
    price: str
    amount: str


@dataclass
class Answer:
    """Everything that the panel shows; ``problem`` where it cannot be priced.

    With several rules ``total`` and ``compared`` are of all of them, ``own`` of the edited one.
    """

    question: Question
    terms: Terms
    total: str = ""
    exact: str = ""
    average: str = ""
    parts: list[Part] = field(default_factory=list)
    hit: int = 0
    compared: str = ""
    difference: str = ""
    cheaper: bool = False
    chart: PriceCurve | None = None
    can_show_all: bool = False
    problem: str = ""
    typical: Mapping[str, Decimal] = field(default_factory=dict)
    shares: Sequence[Share] = ()
    own: str = ""
    all_units: str = ""
    unpriced: str = ""

    @property
    def quantity_text(self) -> str:
        return format.number(self.question.quantity)

    @property
    def deciding_text(self) -> str:
        """What decides the bands, where that is asked."""
        return "" if self.question.deciding is None else format.number(self.question.deciding)

    @property
    def presets(self) -> list[tuple[str, str, bool]]:
        """(value, label, whether it is the one asked); what real customers used comes last."""
        asked = self.question.quantity
        count = FEW if self.typical else FEW + len(SHARES)
        some = SEAT_PRESETS if self.terms.seats else (*PRESETS[::2], *PRESETS[1::2])
        plain_ones = [asked, *(each for each in some if each != asked)][:count]
        shown = [(each, format.short(each)) for each in sorted(plain_ones)]
        shown += [(quantity, label) for label, quantity in self.typical.items()]
        return [(plain(value), label, value == asked) for value, label in shown]


def default_quantity(bounds: list[Decimal | None]) -> Decimal:
    """A quarter above a bound, so that several tiers take part."""
    known = [bound for bound in bounds if bound]
    if not known:
        return FALLBACK
    return known[-2 if len(known) > 2 else -1] * Decimal("1.25")


def answer(
    body: dict[str, Any] | None,
    terms: Terms,
    question: Question,
    *,
    model_type: str,
    before: dict[str, Any] | None = None,
    typical: Mapping[str, Decimal] | None = None,
    beside: Beside | None = None,
    gap: Gap | None = None,
) -> Answer:
    """Price the question by ``body``, beside ``before`` (the active version's price for the same).

    ``typical`` are quantities of real customers, to choose from; ``beside`` are the item's other rules;
    ``gap`` is where ``body`` tells no price yet.
    """
    found = Answer(question, terms, typical=typical or {}, shares=beside.shares if beside else ())
    if body is None:
        found.problem = "Enter a price to see what it costs."
        return found
    try:
        config = rating_config.parse(body)
        old = drawing.old_of(before, terms, question)
        edge = drawing.edge_of(config, gap, question)
        if edge and question.decides > edge.at:
            found.unpriced = edge.words
            if question.deciding is not None:
                return found
        else:
            _total(found, body, config, old, model_type, beside)
        found.chart = drawing.curve_of(question, terms, config, old, edge)
        found.can_show_all = drawing.has_more(question, config)
    except InvalidRequest as error:
        found.problem = f"{error.message[:1].upper()}{error.message[1:]}."
    return found


def _total(
    found: Answer,
    body: dict[str, Any],
    config: Config,
    old: Old | None,
    model_type: str,
    beside: Beside | None,
) -> None:
    """What it comes to, alone or with the other rules, and by the active version."""
    _price(found, body, model_type)
    if beside:
        _add(found, beside, body)
    else:
        _compare(found, config, old)


def _price(found: Answer, body: dict[str, Any], model_type: str) -> None:
    question, terms = found.question, found.terms
    currency = terms.currency if terms.is_money else None
    config = rating_config.parse(body)
    usage = usage_of(question, terms, config, question.quantity)
    events = (
        [Under(Measured(value, currency), {}) for value in usage.values or ()]
        if rate.needs_events(config)
        else None
    )
    priced = calculate.price(
        config=body,
        measured=Measured(question.quantity, currency, Decimal(usage.events)),
        events=events,
        model_type=model_type,
        default_currency=terms.currency,
        deciding=None if question.deciding is None else Measured(question.deciding, currency),
    )
    amount = Decimal(priced["unrounded_amount"])
    found.total = _money(amount, terms)
    is_exact = amount == round_half_up(amount, terms.currency)
    found.exact = "" if is_exact else words.money(terms.kind.signed(amount), terms)
    if priced["unit_amount"] is not None and question.quantity and terms.metered and not terms.is_money:
        unit = Decimal(priced["unit_amount"])
        shown = unit.quantize(Decimal("0.00001")).normalize()
        about = "" if shown == unit else "about "
        average = terms.kind.signed(Decimal(plain(shown)))
        found.average = f"{about}{words.money(average, terms)} per {terms.unit} on average."
    found.parts = [_part(line, terms, body) for line in priced["details"]] if terms.metered else []
    found.hit = max((line["band"]["order"] for line in priced["details"] if line["band"]), default=0)


def _part(line: dict[str, Any], terms: Terms, body: dict[str, Any]) -> Part:
    order = line["band"]["order"] if line["band"] else 0
    amount = words.money(terms.kind.signed(Decimal(line["amount"]["quantity"])), terms)
    quantity = unit_words.bounded(line) or format.number(Decimal(line["quantity"]))
    label = f"Tier {order}" if order else "Total"
    if line["type"] == "PERCENTAGE":
        return Part(
            label, format.money(Decimal(line["quantity"]), terms.currency), f"× {line['percentage']}%", amount
        )
    price = _as_written(line, terms, body)
    if line["type"] == "FIXED_AMOUNT":
        times = Decimal(line["times"] or 1)
        what = "Amount" if times == 1 else f"{format.number(times)} events"
        return Part(label, what, f"× {price}" if times != 1 else "", amount)
    if line["times"] and line["type"] != "UNITS":
        return Part(
            label,
            f"{format.number(Decimal(line['times']))} {TIMES.get(line['type'], 'packages')}",
            f"× {price}",
            amount,
        )
    return Part(label, quantity, f"× {price}" if price else "", amount)


def _as_written(line: dict[str, Any], terms: Terms, body: dict[str, Any]) -> str:
    """The price with the decimals that it was typed with."""
    if not line["unit_price"]:
        return ""
    band = body["bands"][line["band"]["order"] - 1] if line["band"] else {}
    typed_as = [(band.get(name) or {}).get("quantity") for name in ("amount", "fixed_amount")]
    same = (text for text in typed_as if text and Decimal(text) == Decimal(line["unit_price"]))
    return format.unit_price(Decimal(next(same, line["unit_price"])), terms.currency)


TIMES = {"BLOCKS": "packages", "MINIMUM_AMOUNT": "at the minimum", "MAXIMUM_AMOUNT": "at the maximum"}


def _add(found: Answer, beside: Beside, body: dict[str, Any]) -> None:
    """All rules at once: what each charges, and the total in the place of that of the edited one."""
    terms = found.terms
    together = beside.together(body, found.question)
    found.own, found.shares = _money(together.own.amount, terms), together.shares
    found.parts = [_part(line, terms, body) for line in printing.of(together.own)]
    found.total = _money(together.amount, terms)
    found.exact = found.average = ""
    found.all_units = format.number(together.quantity)
    was = beside.active(found.question)
    if was is not None:
        _differ(found, together.amount, was)


def _compare(found: Answer, config: Config, old: Old | None) -> None:
    """The total under the active version, and the difference in per cent."""
    if old is None:
        return
    question, terms = found.question, found.terms
    new = amount_of(question, terms, config, question.quantity)
    was = amount_of(old.question, terms, old.config, question.quantity)
    _differ(found, new, was)


def _differ(found: Answer, new: Decimal, was: Decimal) -> None:
    terms = found.terms
    found.compared = _money(was, terms)
    if was and new != was:
        percent = abs(EXACT.divide((new - was) * 100, was)).quantize(Decimal("0.1"))
        found.cheaper = terms.kind.signed(new) < terms.kind.signed(was)
        off = " off" if terms.kind.takes_off else ""
        found.difference = f"{plain(percent)}% {'less' if new < was else 'more'}{off} than"
    elif new == was:
        found.difference = "the same as"


def _money(amount: Decimal, terms: Terms) -> str:
    """An amount as the invoice would bear it: below zero where it is taken off."""
    return format.money(terms.kind.signed(amount), terms.currency)
