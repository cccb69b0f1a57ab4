"""Metering's port to prices: which subscription and which rule each event meets, as things stand now.

An event belongs to the subscription that it names, else to the customer's subscription that started
last among those in force at its timestamp that price its meter (or to none of several, where the
customer's selector says so).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from accounts.models import Platform
from billing.models import CustomerStatus, SelectorFallback
from billing.selectors import billed_events, rate_cards
from billing.selectors.billed_events import Billed
from billing.selectors.meter_prices import Choice
from billing.selectors.rate_cards import OPEN_END, RateCard, Term
from metering.ports import Closed, Fate, FateKind, Link, Met, Occurrence

# Who could have a subscription. What was in force stays matched, whatever the customer is now.
USABLE = frozenset((CustomerStatus.ACTIVE.value, CustomerStatus.DEPRECATED.value))


class Reason(StrEnum):
    """Why nothing prices an event."""

    CUSTOMER_NOT_ACTIVE = "CUSTOMER_NOT_ACTIVE"
    NO_ACTIVE_SUBSCRIPTION = "NO_ACTIVE_SUBSCRIPTION"
    IN_TRIAL = "IN_TRIAL"
    SEVERAL_SUBSCRIPTIONS = "SEVERAL_SUBSCRIPTIONS"
    NO_PRODUCT_ITEM = "NO_PRODUCT_ITEM"
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH"
    NO_MATCHING_RULE = "NO_MATCHING_RULE"


UNMATCHED = {reason: Fate(FateKind.NOT_MATCHED, variant=reason.value) for reason in Reason}


class Matcher:
    """Fills ``metering.ports.Matcher``."""

    def fates(self, platform: Platform, events: Sequence[Occurrence]) -> list[Fate]:
        """One fate per event, in order: one query for the invoices, and few more for new customers."""
        cards = rate_cards.of_customers(platform, {event.customer_id for event in events})
        found = [_find(cards.get(event.customer_id), event) for event in events]
        matched = [
            (each.subscription_id, event.timestamp)
            for event, each in zip(events, found, strict=True)
            if isinstance(each, Term)
        ]
        told = _Telling(billed_events.invoices(platform, matched))
        return [
            told.fate(each, event) if isinstance(each, Term) else UNMATCHED[each]
            for event, each in zip(events, found, strict=True)
        ]

    def met(self, platform: Platform, events: Sequence[Occurrence]) -> list[Met]:
        """What each event meets, whatever has been billed: no query for customers that are known."""
        cards = rate_cards.of_customers(platform, {event.customer_id for event in events})
        return [_met(_find(cards.get(event.customer_id), event), event) for event in events]

    def closed(
        self, platform: Platform, customers: Iterable[int], since: datetime, until: datetime
    ) -> list[Closed]:
        """The billed periods of these customers around ``[since, until]``."""
        wanted = set(customers)
        cards = rate_cards.of_customers(platform, wanted)
        owners = {term.subscription_id: pk for pk in wanted if pk in cards for term in cards[pk].terms}
        moments = [(subscription, instant) for subscription in owners for instant in (since, until)]
        return [
            Closed(owners[subscription], subscription, each.start, each.end, each.cutoff)
            for subscription, several in billed_events.invoices(platform, moments).items()
            for each in several
            if each.cutoff is not None
        ]

    def turns(self, platform: Platform, customers: Iterable[int]) -> Mapping[int, Sequence[datetime]]:
        """When the terms of each customer begin and end."""
        wanted = set(customers)
        cards = rate_cards.of_customers(platform, wanted)
        return {pk: _turns(cards[pk]) for pk in wanted if pk in cards}


def _met(found: Term | Reason, event: Occurrence) -> Met:
    choice = _choice(found, event) if isinstance(found, Term) else found
    if isinstance(choice, Reason):
        return Met(None, choice.value)
    assert isinstance(found, Term)
    return Met(found.subscription_id, None)


def _choice(term: Term, event: Occurrence) -> Choice | Reason:
    """What counts the event, or why nothing does."""
    prices = term.prices(event.meter_id)
    choice = prices.choose(event.properties, prices.billable(event.currency))
    if not choice:
        return Reason.CURRENCY_MISMATCH if choice is None else Reason.NO_MATCHING_RULE
    return choice


def _turns(card: RateCard) -> list[datetime]:
    return sorted({edge for term in card.terms for edge in (term.start, term.end) if edge < OPEN_END})


def _find(card: RateCard | None, event: Occurrence) -> Term | Reason:
    """The term whose prices the event meets, or why there is none."""
    if card is None:
        return Reason.CUSTOMER_NOT_ACTIVE
    at, pinned = event.timestamp, event.subscription_id
    in_force = [
        term
        for term in card.terms
        if term.start <= at < term.end and (pinned is None or term.subscription_id == pinned)
    ]
    if not in_force:
        usable = card.status in USABLE
        return Reason.NO_ACTIVE_SUBSCRIPTION if usable else Reason.CUSTOMER_NOT_ACTIVE
    priced = [term for term in in_force if event.meter_id in term.meters]
    priced = priced or [term for term in in_force if event.meter_id in term.deciding]
    if not priced:
        return Reason.NO_PRODUCT_ITEM
    if len(priced) > 1 and card.fallback == SelectorFallback.NONE:
        return Reason.SEVERAL_SUBSCRIPTIONS
    return Reason.IN_TRIAL if priced[0].is_trial else priced[0]


class _Telling:
    """Fates of one batch: events of one kind share one."""

    def __init__(self, invoices: Mapping[int, Sequence[Billed]]) -> None:
        self._invoices = invoices
        self._told: dict[tuple[int, int, int, bool], tuple[Choice, Fate]] = {}

    def fate(self, term: Term, event: Occurrence) -> Fate:
        """MATCHED or LATE with a link for each pricing item that counts the event."""
        choice = _choice(term, event)
        if isinstance(choice, Reason):
            return UNMATCHED[choice]
        invoice = billed_events.of(self._invoices.get(term.subscription_id, ()), event.timestamp)
        late = invoice is not None and invoice.cutoff is not None and event.stored_at > invoice.cutoff
        # By identity, which is quick; the choice is kept beside the fate so that its identity stays its own.
        key = (id(term), id(choice), id(invoice), late)
        told = self._told.get(key)
        if told is None:
            told = self._told[key] = (choice, _fate(term, choice, invoice, late=late))
        return told[1]


def _fate(term: Term, choice: Choice, invoice: Billed | None, *, late: bool) -> Fate:
    links = tuple(
        Link(
            meter_value_calculation_ids=(item.counted.calculation_id,),
            product_item_ids=(item.counted.product_item_id,),
            pricing_plan_subscription_id=term.public_id,
            pricing_item_config_id=config,
            # What came too late for the invoice of its period is not on it.
            invoice_id=None if invoice is None or late else invoice.public_id,
        )
        for item, config in choice
    )
    return Fate(FateKind.LATE if late else FateKind.MATCHED, links=links)
