"""Several rules asked at once: so much by this one, so much by that one, and what they come to together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from billing.calc import by_rule
from billing.calc.inputs import PricedItem as CalcItem
from billing.calc.inputs import PricedRule
from catalog.rating.parsing import config as rating_config
from catalog.rating.rated import Rated
from catalog.rating.usage import Usage
from desk.components import format
from desk.editors.pricing import conditions, usages
from desk.editors.pricing.book import PricedItem, Rule
from desk.editors.pricing.repricing import repriced
from desk.editors.pricing.usages import Question
from kit.money import total

Bodies = Mapping[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Share:
    """Another rule than the one that is edited, with what is asked of it; ``amount`` once it is priced."""

    rule: Rule
    question: Question
    amount: str = ""

    @property
    def key(self) -> str:
        return self.rule.config.public_id

    @property
    def words(self) -> str:
        """Its conditions, or what is left for it."""
        return words_of(self.rule)

    @property
    def quantity_text(self) -> str:
        return format.number(self.question.quantity)

    @property
    def deciding_text(self) -> str:
        """What decides its bands, where that is asked."""
        return "" if self.question.deciding is None else format.number(self.question.deciding)


@dataclass(frozen=True, slots=True)
class Together:
    """What the rules of an item charge: ``own`` of the one that is edited, ``amount`` of all."""

    own: Rated
    amount: Decimal
    quantity: Decimal
    shares: Sequence[Share]


@dataclass(frozen=True, slots=True)
class Beside:
    """The rules of an item beside the edited one, ``edited``; ``before`` is the item as it is active."""

    priced: PricedItem
    edited: Rule
    shares: Sequence[Share]
    before: PricedItem | None = None

    @property
    def edited_words(self) -> str:
        return words_of(self.edited)

    def together(self, body: dict[str, Any], question: Question) -> Together:
        """All rules at their quantities, the edited one with the price of ``body``; as invoices do it."""
        own_id = self.edited.config.public_id
        bodies = {each.key: each.rule.config.body for each in self.shares}
        bodies[own_id] = repriced(self.edited.config.body, body)
        asked = self._asked(question)
        rates = _rates(self.priced, bodies, asked)
        currency, signed = self.priced.currency, self.priced.terms.kind.signed
        return Together(
            own=rates[own_id],
            amount=total(each.amount for each in rates.values()),
            quantity=total(each.quantity for each in asked.values()),
            shares=[
                replace(each, amount=format.money(signed(rates[each.key].amount), currency))
                for each in self.shares
            ],
        )

    def active(self, question: Question) -> Decimal | None:
        """The same quantities by the active version; None where its rules divide usage in another way."""
        if self.before is None:
            return None
        asked = self._asked(question)
        homes = {key: self._home(key) for key, each in asked.items() if each.quantity}
        if not homes or None in homes.values():
            return None
        bodies = {rule.config.public_id: rule.config.body for rule in self.before.rules}
        homely = {rule.config.public_id: rule for rule in self.before.rules}
        sums: dict[str, Question] = {}
        for key, home in homes.items():
            known = sums.get(str(home))
            sums[str(home)] = asked[key] if known is None else known.plus(asked[key])
        fit = {key: homely[key].asked(question) for key, question in sums.items()}
        return total(each.amount for each in _rates(self.before, bodies, fit).values())

    def _asked(self, question: Question) -> dict[str, Question]:
        return {self.edited.config.public_id: question} | {each.key: each.question for each in self.shares}

    def _home(self, key: str) -> str | None:
        """The active rule for what this rule prices: that with its conditions, or one without any."""
        assert self.before is not None
        rules = [self.edited, *(each.rule for each in self.shares)]
        tests = next(conditions.of(rule.config.body) for rule in rules if rule.config.public_id == key)
        twin = [rule for rule in self.before.rules if conditions.of(rule.config.body) == tests]
        whole = self.before.rules if len(self.before.rules) == 1 and not self.before.rules[0].tests else []
        return next((rule.config.public_id for rule in [*twin, *whole]), None)


def words_of(rule: Rule) -> str:
    """``region is eu-west or eu-north``; the rule without conditions is for all other usage."""
    return " and ".join(map(str, rule.tests)) or "All other usage"


def beside(priced: PricedItem, number: int, data: Any, *, before: PricedItem | None = None) -> Beside | None:
    """The rules beside rule ``number`` as the form asks about them; None where there are none."""
    rules = priced.rules
    if len(rules) < 2 or not priced.terms.metered:
        return None
    others = [rule for rule in rules if rule.number != number]
    shares = [Share(rule, rule.asked(Question.of_rule(data, rule.config.public_id))) for rule in others]
    return Beside(priced, rules[number - 1], shares, before)


def _rates(priced: PricedItem, bodies: Bodies, asked: Mapping[str, Question]) -> dict[str, Rated]:
    terms = priced.terms
    configs = {key: rating_config.parse(body) for key, body in bodies.items()}
    item: CalcItem = replace(
        usages.BLANK, rules=tuple(PricedRule(key, config) for key, config in configs.items())
    )
    told: dict[str, Usage] = {
        key: usages.usage_of(question, terms, configs[key], question.quantity)
        for key, question in asked.items()
    }
    currency = terms.currency if terms.is_money else None
    deciding = {
        key: Usage.one_event(question.deciding, currency=currency)
        for key, question in asked.items()
        if question.deciding is not None
    }
    return by_rule.rates(by_rule.told(item, told, currency=currency, deciding=deciding))
