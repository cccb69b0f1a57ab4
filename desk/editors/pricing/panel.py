"""Everything the pricing step shows that is derived from a sheet: rows, messages, sentence, calculator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from catalog.models import ModelType, PricingItemConfig, PricingPlanVersion
from catalog.rating import rate
from catalog.rating.parsing import config as rating_config
from catalog.rating.types import Config
from catalog.rating.usage import Usage
from desk.components import format
from desk.components.plot import tint
from desk.editors.pricing import book, calculator, conditions, typed, warnings
from desk.editors.pricing.book import PricedItem
from desk.editors.pricing.build import Built, Terms, Trouble
from desk.editors.pricing.calculator import Answer
from desk.editors.pricing.shares import Beside
from desk.editors.pricing.sheet import BANDED, FIXED, NONE, PASS_THROUGH, PERCENTAGE, STAIR_STEP, Row, Sheet
from desk.editors.pricing.usages import Question
from kit.errors import InvalidField, InvalidRequest

PRICE = re.compile("((?:[^\\w\\s.,;:%-]|[A-Z]{1,3}\N{NO-BREAK SPACE}?)[0-9][0-9,]*(?:\\.[0-9]+)?)")
CURVES = {
    "FLAT": ("Flat", "M2 20 44 4"),
    "TIERED": ("Progressive", "M2 20 14 12 28 7 44 4"),
    "TOP_TIERED": ("Top-tier", "M2 20 14 9M14 14 28 6M28 12 44 4"),
    "STAIR_STEP": ("Stairstep", "M2 18h10v-5h11V8h11V3h10"),
    "PACKAGE": ("Package", "M2 17h7v-3h7v-3h7V8h7V5h7V3h7"),
    "PERCENTAGE": ("Percentage", ""),
}
MORE = {"FIXED": "Fixed", "PASS_THROUGH": "Pass-through", "NONE": "Not billed"}
ONLY_MONEY = (PERCENTAGE, PASS_THROUGH)
ONLY_NUMBERS = ("FLAT", "PACKAGE")


@dataclass(frozen=True)
class Model:
    """A model card; ``refused`` says why it does not fit the item."""

    value: str
    label: str
    path: str
    checked: bool
    refused: str = ""


@dataclass(frozen=True)
class Tier:
    """A row of the tier table with what is computed for it."""

    number: int
    row: Row
    tint: str
    start: str
    top: str
    hit: bool
    is_last: bool
    troubles: list[Trouble]

    @property
    def wrong(self) -> list[str]:
        """The columns that hold an error, by the names of their inputs."""
        return [each.id.rpartition("-")[0] for each in self.troubles if each.kind == "error"]


@dataclass
class Panel:
    """The parts of the page that follow from the sheet."""

    sheet: Sheet
    built: Built
    priced: PricedItem
    answer: Answer
    tiers: list[Tier]
    sentence: str
    advice: list[Trouble]
    edited_words: str = ""

    @classmethod
    def of(
        cls,
        sheet: Sheet,
        built: Built,
        priced: PricedItem,
        question: Question,
        before: dict[str, Any] | None,
        typical: Mapping[str, Decimal],
        beside: Beside | None = None,
    ) -> Panel:
        terms = priced.terms
        question = _asked(question, sheet, priced, beside)
        answer = calculator.answer(
            built.partial,
            terms,
            question,
            model_type=priced.item.model_type,
            before=before,
            typical=typical,
            beside=beside,
            gap=built.gap,
        )
        advice = warnings.of(built.config, terms) if built.config else []
        rows = _tiers(sheet, built, terms, answer.hit, advice) if sheet.model in BANDED else []
        sentence = priced.sentence(built.config) if built.config else ""
        edited = beside.edited_words if beside else ""
        return cls(sheet, built, priced, answer, rows, sentence, advice, edited)

    @property
    def terms(self) -> Terms:
        return self.priced.terms

    @property
    def sentence_parts(self) -> list[tuple[str, bool]]:
        """The sentence in pieces; amounts stand out."""
        return [(text, bool(PRICE.fullmatch(text))) for text in PRICE.split(self.sentence) if text]

    @property
    def is_banded(self) -> bool:
        return self.sheet.model in BANDED

    @property
    def has_fees(self) -> bool:
        return self.sheet.model in BANDED and self.sheet.model != STAIR_STEP

    @property
    def price_label(self) -> str:
        """The head of the price column."""
        if self.sheet.model == STAIR_STEP:
            return "Amount"
        return "Percent" if self.terms.is_money else f"Price per {self.terms.unit}"

    @property
    def has_tops(self) -> bool:
        """Whether a tier's upper bound has one cost: not where another quantity decides the tiers."""
        return self.answer.question.deciding is None

    @property
    def takes_included(self) -> bool:
        return self.sheet.model not in (FIXED, NONE) and self.priced.terms.metered

    @property
    def takes_demand(self) -> bool:
        """Whether it may be charged on demand: it counts neither usage nor seats."""
        return self.priced.item.model_type in (ModelType.ONE_OFF, ModelType.RECURRING)

    @property
    def asks_included(self) -> bool:
        """Whether there is a field for it: tiers say it by a first tier that is free."""
        if self.sheet.model == PASS_THROUGH or not self.takes_included:
            return False
        return bool(self.sheet.included) or not self.is_banded

    @property
    def shows_curve(self) -> bool:
        return self.priced.terms.metered

    @property
    def models(self) -> list[Model]:
        return [
            Model(value, label, path, value == self.sheet.model, _refused(value, self.terms))
            for value, (label, path) in CURVES.items()
        ]

    @property
    def more_models(self) -> list[Model]:
        return [
            Model(value, label, "", value == self.sheet.model)
            for value, label in MORE.items()
            if value != PASS_THROUGH or self.terms.is_money
        ]

    @property
    def is_more(self) -> bool:
        return self.sheet.model in MORE

    @property
    def messages(self) -> dict[str, list[str]]:
        """The messages of the inputs that are shown beside the tier table, by input."""
        shown = (*SHOWN.get(self.sheet.model, ()), *(("included",) if self.asks_included else ()))
        found: dict[str, list[str]] = {name: [] for name in shown}
        for trouble in self.built.errors:
            if trouble.id in found:
                found[trouble.id].append(trouble.message)
        return found

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What other models would use, kept while this one is chosen."""
        visible = SHOWN.get(self.sheet.model, ())
        kept = [(name, getattr(self.sheet, name)) for name in SINGLE if name not in visible]
        if self.asks_included:
            kept = [(name, value) for name, value in kept if name != "included"]
        return [(name, value) for name, value in kept if value]


SINGLE = ("price", "included", "size", "percent", "fee", "floor", "cap")
SHOWN = {
    "FLAT": ("price",),
    "FIXED": ("price",),
    "PACKAGE": ("price", "size"),
    "PERCENTAGE": ("percent", "fee", "floor", "cap"),
}


def _asked(question: Question, sheet: Sheet, priced: PricedItem, beside: Beside | None) -> Question:
    """The question, with a deciding quantity where the price on the sheet needs one."""
    edited = beside.edited if beside else next(iter(priced.rules), None)
    decided = edited.decided_elsewhere if edited else priced.terms.decided_elsewhere
    return question.in_bands() if decided and sheet.model in BANDED else question.by_itself()


def _refused(model: str, terms: Terms) -> str:
    if model in ONLY_MONEY and not terms.is_money:
        return "Needs a meter value of type amount"
    if model in ONLY_NUMBERS and terms.is_money:
        return "Needs a meter value of type number"
    return ""


def _tiers(sheet: Sheet, built: Built, terms: Terms, hit: int, advice: list[Trouble]) -> list[Tier]:
    rows, tops = sheet.tiers, _tops(built, terms)
    whole = not terms.is_money and all(
        bound is None or bound == bound.to_integral_value() for bound in built.bounds
    )
    found, low = [], Decimal(0)
    for index, row in enumerate(rows):
        mine = [trouble for trouble in (*built.troubles, *advice) if trouble.row == index]
        is_last = index == len(rows) - 1
        start = _start(low, whole, index)
        top = "No limit" if is_last and not row.up_to else tops.get(index, "")
        found.append(
            Tier(index + 1, row, tint(index, len(rows)), start, top, index + 1 == hit, is_last, mine)
        )
        low = built.bounds[index] or low
    return found


def _start(low: Decimal, whole: bool, index: int) -> str:
    if whole:
        return format.number(low + 1)
    return f"above {format.number(low)}" if index else "0"


def _tops(built: Built, terms: Terms) -> dict[int, str]:
    """Index -> the whole cost at the upper bound, for the tiers that can be priced."""
    if built.partial is None:
        return {}
    try:
        config = rating_config.parse(built.partial)
        bounds = built.bounds[: len(config.bands)]
        return {index: _cost(config, bound, terms) for index, bound in enumerate(bounds) if bound is not None}
    except InvalidRequest:
        return {}


def _cost(config: Config, bound: Decimal, terms: Terms) -> str:
    currency = terms.currency if terms.is_money else None
    usage = Usage.one_event(config.included_volume + bound, currency=currency)
    amount = rate.rate(config, usage).amount
    return format.money(amount, terms.currency).removeprefix(format.symbol(terms.currency))


def stored(priced: PricedItem, config: PricingItemConfig | None) -> Sheet:
    """The sheet of what is stored, or an empty one that fits the item."""
    if config is not None:
        return grouped(Sheet.of_config(config.body))
    if priced.terms.seats:
        return Sheet(advance=True)
    if not priced.terms.metered:
        return Sheet(model=FIXED, advance=priced.item.model_type == "RECURRING")
    return Sheet(model=PERCENTAGE if priced.terms.is_money else "FLAT")


def grouped(sheet: Sheet) -> Sheet:
    """Bounds as people read them, prices in line."""

    def shown(text: str) -> str:
        try:
            return typed.grouped(typed.number(text, name="It")) if text else ""
        except InvalidField:
            return text

    prices = typed.aligned([row.price for row in sheet.rows])
    rows = tuple(Row(shown(row.up_to), price, row.fee) for row, price in zip(sheet.rows, prices, strict=True))
    return Sheet(
        **{**sheet.__dict__, "rows": rows, "included": shown(sheet.included), "size": shown(sheet.size)}
    )


def active_item(
    active: PricingPlanVersion | None, priced: PricedItem, default_currency: str
) -> PricedItem | None:
    """The same item in the active version, priced in the same currency."""
    if active is None:
        return None
    same = book.read(active, default_currency=default_currency).item(priced.key)
    return same if same and same.currency == priced.currency else None


def compared(same: PricedItem | None, config: PricingItemConfig | None) -> dict[str, Any] | None:
    """The active version's price of the item under the same conditions."""
    if same is None:
        return None
    tests = conditions.of(config.body) if config else []
    return next((each.body for each in same.configs if conditions.of(each.body) == tests), None)


def packed(sheet: Sheet) -> dict[str, Any]:
    """The sheet as JSON for the session."""
    return asdict(sheet)


def unpacked(data: dict[str, Any]) -> Sheet:
    return Sheet(**{**data, "rows": tuple(Row(**row) for row in data["rows"])})
