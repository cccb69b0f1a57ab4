"""What an own price costs beside the plan's: the price calculator of one rule in the subscription editor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import Platform
from billing.models import Customer
from catalog.rating.types import IN_BANDS
from desk.editors import subscription_offer as offer
from desk.editors.price_parts import changed
from desk.editors.pricing import calculator, typed, typical
from desk.editors.pricing.built import Terms
from desk.editors.pricing.calculator import Answer
from desk.editors.pricing.frame import Frame
from desk.editors.pricing.usages import Question
from desk.editors.subscription_changes import ChangesForm
from desk.editors.subscription_offer import Rule
from kit.errors import InvalidField

LAST_DAYS = "Last 30 days"
FEW_SEATS = Decimal(10)


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """A rule with its calculator, named as the templates of the plan's calculator name things."""

    rule: Rule
    frame: Frame
    terms: Terms
    when: str
    answer: Answer
    edited_words: str = ""

    @property
    def shows_curve(self) -> bool:
        return self.terms.metered


def frame_of(key: str, live: str) -> Frame:
    """That of the rule with this id."""
    return Frame(live, "Own price", "Plan", "the plan", form="form", prefix=f"calc_{key}_")


def own_price(
    form: ChangesForm,
    key: str,
    post: Mapping[str, Any],
    *,
    platform: Platform,
    customer: Customer,
    live: str,
    at: datetime,
) -> OwnPrice | None:
    """The calculator of a rule with the prices in the form; None where no chosen version has the rule."""
    rule = next((rule for each in form.offers for rule in each.rules if rule.key == key), None)
    if rule is None:
        return None
    terms = offer.terms_of(rule.item, offer.units_of(platform, [rule.item]))
    frame, used = frame_of(key, live), _used(platform, customer, rule, at)
    question = _needing(rule, Question.of(frame.asked(post), _default(rule, post, used)))
    plan = dict(rule.terms.body)
    answer = calculator.answer(
        None, terms, question, model_type=rule.item.model.value, before=plan, typical=used
    )
    try:
        body = changed(plan, _prices(form, rule)) | _volume(form, rule)
    except InvalidField as error:
        answer.problem = f"{error.message}."
    else:
        answer = calculator.answer(
            body, terms, question, model_type=rule.item.model.value, before=plan, typical=used
        )
    return OwnPrice(rule, frame, terms, offer.when_of(rule.item, form.billed_each), answer)


def _needing(rule: Rule, question: Question) -> Question:
    """The question, with a deciding quantity where the rule's tiers go by another than the billed one."""
    config = rule.terms.config
    elsewhere = bool(rule.item.tiering or config.tiering_conditions)
    return question.in_bands() if elsewhere and config.pricing_type in IN_BANDS else question.by_itself()


def _prices(form: ChangesForm, rule: Rule) -> dict[str, Decimal]:
    """What is typed of its prices, by part; raises InvalidField for what is no number."""
    found = {}
    for part in rule.parts:
        said = form.said(f"price_{rule.key}_{part.key}")
        if said:
            found[part.key] = typed.number(said, name=part.label)
    return found


def _volume(form: ChangesForm, rule: Rule) -> dict[str, Any]:
    said = form.said(f"volume_{rule.key}")
    if not said:
        return {}
    return {"default_included_volume": rule.measure(typed.number(said, name="Included volume"))}


def _used(platform: Platform, customer: Customer, rule: Rule, at: datetime) -> dict[str, Decimal]:
    """What this customer used lately; nothing for what counts no events."""
    if rule.item.measure is None:
        return {}
    quantity = typical.used_by(platform, customer.pk, rule.item.measure, at=at)
    return {LAST_DAYS: quantity} if quantity else {}


def _default(rule: Rule, post: Mapping[str, Any], used: Mapping[str, Decimal]) -> Decimal:
    """What the preview assumes, else what was used, else a quantity at which several tiers take part."""
    sold = rule.item.product_items[0]["id"] if rule.item.product_items else ""
    try:
        return typed.number(str(post.get(f"assume_{sold}", "")), name="It")
    except InvalidField:
        pass
    if used:
        return used[LAST_DAYS]
    if rule.item.measure is None:
        return FEW_SEATS
    free = rule.terms.config.included_volume
    bounds = [band.upper_bound for band in rule.terms.config.bands]
    return calculator.default_quantity([bound and free + bound for bound in bounds])
