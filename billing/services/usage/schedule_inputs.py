"""What ``assembly`` is told of one schedule: its items, what was used of them, their rules as agreed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Protocol

from billing.calc import allowances, on_demand, schedule_terms
from billing.calc.inputs import PricedItem, PricedRule, ScheduleInputs
from billing.calc.tax import TaxDecision
from billing.calc.timeline import Part
from billing.models import Invoice, PricingPlanSchedule
from billing.selectors.item_terms import ItemTerms, RuleTerms
from billing.services.usage import counting, one_offs
from billing.services.usage.item_usage import ItemUsage
from billing.services.usage.known import Known
from catalog.rating.rules.siblings import NOBODY
from catalog.rating.types import Config
from kit.errors import InvalidOperation
from kit.period import Span


class TaxOn(Protocol):
    """Who decides about tax: see ``Taxes``."""

    def on(self, category: str) -> TaxDecision: ...


@dataclass(frozen=True, slots=True)
class OfSchedule:
    """A schedule's part of a period, on this invoice."""

    known: Known
    invoice: Invoice
    part: Part

    @property
    def schedule(self) -> PricingPlanSchedule:
        """The schedule as it is stored."""
        return self.known.schedules[self.part.key]

    def inputs(self, billed: Invoice, taxes: TaxOn) -> ScheduleInputs:
        """What belongs to the period that ``billed``, this invoice or an earlier one, is for.

        Raises InvalidOperation for an item without a price, and where no tax can be decided.
        """
        assert self.invoice.subscription is not None
        part, schedule = self.part, self.schedule
        adjustments = schedule_terms.adjustments(
            schedule_id=schedule.public_id,
            start=schedule.start_at,
            discount=schedule.discount,
            markup=schedule.markup,
            commitment=schedule.commitment,
            arrears=part.arrears,
            coupons=self.known.coupons.of(billed, self.invoice.subscription, schedule),
        )
        return ScheduleInputs(
            subscription_id=self.invoice.subscription.public_id,
            schedule_id=schedule.public_id,
            arrears=part.arrears,
            advance=part.advance,
            items=tuple(self._item(item, taxes) for item in self.known.items(part)),
            cadence=part.cadence,
            adjustments=on_demand.adjustments(adjustments) if part.demand else adjustments,
            demand=part.demand,
        )

    def usage_of(self, item: ItemTerms) -> ItemUsage:
        """What was used of an item, and what has to be read for it."""
        known = self.known
        read = (known.claims, known.pools, known.usage, known.assumed)
        return ItemUsage(self.invoice, item, self.part, self.schedule, *read)

    def _item(self, item: ItemTerms, taxes: TaxOn) -> PricedItem:
        if item.unpriced:
            raise InvalidOperation(f"{item.description}: {item.unpriced}", field="pricing_currency")
        span = counting.on_in(self.part, item)
        apart = counting.has_own_period(item, self.part)
        used = self.usage_of(item)
        metered = span is not None and not apart
        return PricedItem(
            pricing_id=item.pricing_id,
            pricing_name=item.pricing_name,
            pricing_item_id=item.pricing_item_id,
            product_item_ids=tuple(each["id"] for each in item.product_items),
            description=item.description,
            model=item.model,
            rules=tuple(self._rule(each, span) for each in item.rules),
            tax=taxes.on(item.tax_category),
            usage=used.billed() if metered else None,
            meter_value_id=item.meter_value["id"] if item.meter_value else None,
            meter_value_reference=item.meter_value["reference"] if item.meter_value else None,
            unit=item.unit,
            type=item.type,
            tiering_usage=used.deciding() if metered else None,
            product_ids=item.product_ids,
            product_category_ids=(item.product_category["id"],),
            reports=tuple(used.reports()) if metered else (),
            active=item.active,
            other_ids=item.other_ids,
            stretches=tuple(used.stretches(partial(self._configs, item))) if apart else (),
            siblings=used.siblings() if metered else NOBODY,
            charged_before=one_offs.charged_before(
                item, invoice=self.invoice, schedule=self.schedule, agreed=self.known.agreed
            ),
        )

    def _configs(self, item: ItemTerms, start: datetime) -> tuple[Config, ...]:
        return tuple(self._config(rule, start) for rule in item.rules)

    def _config(self, rule: RuleTerms, start: datetime) -> Config:
        """The rule with the included volume that is in force when the period starts."""
        schedule = self.schedule
        volumes = schedule_terms.included_volumes(schedule.included_volumes, start=schedule.start_at)
        return allowances.applied(rule.config, rule.ids, volumes, start=start)

    def _rule(self, rule: RuleTerms, span: Span | None) -> PricedRule:
        """The rule with what the schedule says of it, and with what earlier periods left."""
        priced = _agreed(rule, self.schedule)
        if span is None or self.part.arrears is None:
            return priced
        priced = replace(priced, config=self._config(rule, self.part.arrears.span.start))
        ledger = self.known.ledgers.get(self.invoice.subscription_id or 0)
        if ledger is None:
            return priced
        state = ledger.state(priced, schedule_id=self.schedule.public_id, start=span.start)
        return replace(priced, state=state)


def _agreed(rule: RuleTerms, schedule: PricingPlanSchedule) -> PricedRule:
    return PricedRule(
        rule.config_id,
        rule.config,
        rule.billing_in_advance,
        pricing_period=schedule_terms.pricing_period(rule.body),
        seats=schedule_terms.seats(schedule.seats_values, ids=rule.ids, start=schedule.start_at),
        default_seats=schedule_terms.default_seats(rule.body),
        seats_currency=schedule_terms.seats_currency(rule.config, schedule.pricing_currency),
        original_id=rule.original_id,
        on_demand=rule.on_demand,
    )
