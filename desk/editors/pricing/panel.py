"""Everything the pricing step shows that is derived from a sheet: rows, messages, sentence, calculator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.models import ModelType
from desk.editors.pricing import calculator, credits, model_cards, panel_tiers, tiers_by, warnings
from desk.editors.pricing.book import PricedItem, Rule
from desk.editors.pricing.built import Built, Terms, Trouble
from desk.editors.pricing.calculator import Answer
from desk.editors.pricing.model_cards import MORE, Model
from desk.editors.pricing.panel_tiers import Tier
from desk.editors.pricing.shares import Beside
from desk.editors.pricing.sheet import BANDED, FIXED, FLAT, NONE, PACKAGE, PASS_THROUGH, STAIR_STEP, Sheet
from desk.editors.pricing.usages import Question

PRICE = re.compile("((?:[^\\w\\s.,;:%-]|[A-Z]{1,3}\N{NO-BREAK SPACE}?)[0-9][0-9,]*(?:\\.[0-9]+)?)")
ROOM = 18  # characters that fit side by side in the two columns of money


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
        rule = _edited(priced, beside)
        question = _asked(question, sheet, priced, rule)
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
        rows = panel_tiers.of(sheet, built, terms, answer.hit, advice) if sheet.model in BANDED else []
        sentence = _sentence(priced, rule, built)
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
    def takes_more(self) -> bool:
        """Whether the model has fields that few prices need: blocks and limits of tiers, a fee and limits."""
        if self.sheet.model in BANDED:
            return self.has_fees and (not self.terms.is_money or any(row.size for row in self.sheet.rows))
        return self.sheet.model in UNITS

    @property
    def has_more(self) -> bool:
        """Whether they are shown: they were asked for, or say something."""
        return self.takes_more and (self.sheet.more or self.says_more)

    @property
    def says_more(self) -> bool:
        """Whether one of them says something."""
        sheet = self.sheet
        if sheet.model in BANDED:
            return any(row.has_more for row in sheet.rows)
        return bool(sheet.fee or sheet.least or sheet.most)

    @property
    def fee_label(self) -> str:
        """What the fixed part of a price without tiers is called."""
        return "Fee per event" if self.terms.metered else "Flat fee"

    @property
    def has_limits(self) -> bool:
        """Whether the units that are charged may be bounded: those of numbers that are not bought ahead."""
        return not self.terms.is_money

    @property
    def is_tight(self) -> bool:
        """Whether price and flat fee have so many digits that the cost at the top goes below them."""
        prices = max((len(row.price) for row in self.sheet.tiers), default=0)
        fees = max((len(row.fee) for row in self.sheet.tiers), default=0)
        return self.has_fees and prices + fees > ROOM

    @property
    def price_label(self) -> str:
        """The head of the price column."""
        if self.sheet.model == STAIR_STEP:
            return "Amount"
        price = self.terms.kind.price
        sizes = [bool(row.size) for row in self.sheet.tiers] if self.sheet.model in BANDED else []
        if any(sizes):
            return f"{price} per block" if all(sizes) else price
        return "Percent" if self.terms.is_money else f"{price} per {self.terms.unit}"

    @property
    def package_label(self) -> str:
        """The name of the price of a package."""
        return f"{self.terms.kind.price} per package"

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
        return model_cards.common(self.sheet.model, self.terms)

    @property
    def more_models(self) -> list[Model]:
        return model_cards.rarer(self.sheet.model, self.terms)

    @property
    def is_more(self) -> bool:
        return self.sheet.model in MORE

    @property
    def messages(self) -> dict[str, list[str]]:
        """The messages of the inputs that are shown beside the tier table, by input."""
        shown = (*self.shown, *(("included",) if self.asks_included else ()))
        found: dict[str, list[str]] = {name: [] for name in shown}
        for trouble in self.built.errors:
            if trouble.id in found:
                found[trouble.id].append(trouble.message)
        return found

    @property
    def shown(self) -> tuple[str, ...]:
        """The single inputs that the model shows, besides the included volume."""
        more = (("fee", "least", "most") if self.has_limits else ("fee",)) if self.has_more else ()
        return (*SHOWN.get(self.sheet.model, ()), *(more if self.sheet.model in UNITS else ()))

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What other models would use, kept while this one is chosen."""
        visible = self.shown
        kept = [(name, getattr(self.sheet, name)) for name in SINGLE if name not in visible]
        if self.asks_included:
            kept = [(name, value) for name, value in kept if name != "included"]
        return [(name, value) for name, value in kept if value]


SINGLE = ("price", "included", "size", "percent", "fee", "floor", "cap", "least", "most")
UNITS = (FLAT, PACKAGE)
SHOWN = {
    "FLAT": ("price",),
    "FIXED": ("price",),
    "PACKAGE": ("price", "size"),
    "PERCENTAGE": ("percent", "fee", "floor", "cap"),
}


def _edited(priced: PricedItem, beside: Beside | None) -> Rule | None:
    """The rule on the sheet, where one is stored."""
    return beside.edited if beside else next(iter(priced.rules), None)


def _sentence(priced: PricedItem, rule: Rule | None, built: Built) -> str:
    """The price in words, with what decides its tiers."""
    if built.config is None:
        return _waiting(rule)
    return priced.sentence(tiers_by.kept(rule.config.body if rule else None, built.config))


def _waiting(edited: Rule | None) -> str:
    """A stored price that has no place on the sheet: it stays until another is typed."""
    return edited.sentence if edited and credits.in_body(edited.config.body) else ""


def _asked(question: Question, sheet: Sheet, priced: PricedItem, rule: Rule | None) -> Question:
    """The question, with a deciding quantity where the price on the sheet needs one."""
    decided = rule.decided_elsewhere if rule else priced.terms.decided_elsewhere
    return question.in_bands() if decided and sheet.model in BANDED else question.by_itself()
