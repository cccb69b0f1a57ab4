"""Whose an event is: the parts of a period in which a subscription takes the events that name none.

The rule is the matcher's (``services.matching``): the subscription of the customer that started last
among those in force that price the meter; none of several, where the customer's selector says so.
"""

from __future__ import annotations

from accounts.models import Platform
from billing.calc.claims import won
from billing.models import SelectorFallback
from billing.selectors import rate_cards
from billing.selectors.rate_cards import RateCard
from kit.period import Span


class Claims:
    """Answers for the subscriptions of these customers; a fixed number of queries."""

    def __init__(self, platform: Platform, customers: set[int]) -> None:
        self._cards = rate_cards.of_customers(platform, customers)

    def of(self, *, customer_id: int, subscription_id: int, meter_id: int, span: Span) -> tuple[Span, ...]:
        """The parts of ``span`` whose unnamed events on the meter are the subscription's."""
        card = self._cards.get(customer_id)
        if card is None:
            return (span,)
        return won(span, _rivals(card, subscription_id, meter_id, span))

    def in_force(self, customer_id: int, subscription_id: int, *, meter_id: int, span: Span) -> Span | None:
        """The part of ``span`` in which the subscription prices the meter, trials aside; None for none."""
        card = self._cards.get(customer_id)
        terms = [
            shared
            for term in (card.terms if card else ())
            if term.subscription_id == subscription_id and meter_id in term.meters and not term.is_trial
            if (shared := Span(term.start, term.end).intersect(span)) is not None
        ]
        return Span(min(each.start for each in terms), max(each.end for each in terms)) if terms else None


def _rivals(card: RateCard, subscription_id: int, meter_id: int, span: Span) -> list[Span]:
    """The other subscriptions' terms that go before this one's: those listed earlier, or all of them."""
    found: list[Span] = []
    if all(term.subscription_id != subscription_id for term in card.terms):
        return found  # a preview of what is not active yet
    for term in card.terms:
        if term.subscription_id == subscription_id:
            if card.fallback != SelectorFallback.NONE:
                break
            continue
        shared = Span(term.start, term.end).intersect(span)
        if shared is not None and meter_id in term.meters:
            found.append(shared)
    return found
