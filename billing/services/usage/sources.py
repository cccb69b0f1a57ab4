"""Everything the content of invoices is made from, read at once and then asked without a query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from accounts.models import Platform
from billing.calc import allowances, on_demand, schedule_terms
from billing.calc.carrying import Ledger
from billing.calc.currencies import NO_RATES, Rates
from billing.calc.inputs import (
    InvoiceInputs,
    LatePeriod,
    PricedItem,
    PricedRule,
    ScheduleInputs,
)
from billing.calc.tax import TaxDecision
from billing.calc.timeline import Part
from billing.calc.totals import AmountType
from billing.models import Invoice, PricingPlanSchedule
from billing.selectors import exchange_rates, subscription_groups
from billing.selectors import usage as usage_selector
from billing.selectors.agreed_prices import Items
from billing.selectors.claims import Claims
from billing.selectors.exchange_rates import Moment
from billing.selectors.item_terms import ItemTerms, RuleTerms
from billing.selectors.taxes import Taxes
from billing.selectors.usage import MeteredRows, Wanted
from billing.services.coupons.coupon_spending import Spending
from billing.services.usage import assumptions, carried, counting, one_offs
from billing.services.usage.assumptions import NOTHING, Assumed
from billing.services.usage.item_usage import ItemUsage
from billing.services.usage.late_usage import LateInvoice
from billing.services.usage.pooling import Pools
from catalog.rating.rules.siblings import NOBODY
from catalog.rating.types import Config
from kit.errors import InvalidOperation
from kit.period import Span


class TaxOn(Protocol):
    """Who decides about tax: see ``Taxes``."""

    def on(self, category: str) -> TaxDecision: ...


@dataclass(frozen=True, slots=True)
class Bill:
    """A period of some schedules on one invoice: its own, or an earlier one billed again."""

    parts: tuple[Part, ...]
    late: LateInvoice | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """Schedules and what they sell by schedule pk, usage as it was wanted.

    ``ledgers``, by subscription pk, are completed as ``inputs`` is asked for one invoice after the other.
    """

    schedules: Mapping[int, PricingPlanSchedule]
    agreed: Mapping[int, Items]
    claims: Claims
    usage: Mapping[Wanted, MeteredRows]
    ledgers: Mapping[int, Ledger]
    pools: Pools
    assumed: Assumed = field(default_factory=dict)
    coupons: Spending = field(default_factory=Spending)
    rates: Mapping[Moment, Rates] = field(default_factory=dict)

    def terms(self, bills: Sequence[Bill]) -> tuple[ItemTerms, ...]:
        """The items that these bills are rated by, each once."""
        parts = [part for bill in bills for part in bill.parts]
        return tuple({item.pricing_item_id: item for part in parts for item in self.items(part)}.values())

    def inputs(self, invoice: Invoice, bills: Sequence[Bill], *, taxes: TaxOn | None = None) -> InvoiceInputs:
        """What ``assembly`` needs. Raises InvalidOperation or MissingField where no tax can be decided.

        ``taxes`` decides about the invoice's own period, as ``Taxes`` does where nothing else is given.

        A subscription's invoices are asked for in order of time: what one takes, the next has not.
        """
        assert invoice.subscription is not None
        taxes = taxes or Taxes.of(invoice)
        own: list[ScheduleInputs] = []
        late: list[LatePeriod] = []
        ledger = self.ledgers.get(invoice.subscription_id or 0)
        for bill in sorted(bills, key=_age):
            billed = invoice if bill.late is None else bill.late.invoice
            then = taxes if bill.late is None else Taxes.of(invoice, supplied=billed)
            for part in bill.parts:
                made = self._assuming(part, bill)._schedule(invoice, billed, part, then)
                if ledger is not None:
                    ledger.note(made)
                if bill.late is None:
                    own.append(made)
                else:
                    late.append(_late_period(bill.late, made, self._rates(billed)))
        return InvoiceInputs(
            currency=invoice.currency,
            amount_type=self._amount_type(bills),
            billing_period=invoice.subscription.billing_period,
            schedules=tuple(own),
            late=tuple(late),
            rates=self._rates(invoice),
        )

    def _assuming(self, part: Part, bill: Bill) -> Sources:
        """The same with what is assumed in just this part."""
        if not self.assumed:
            return self
        sold = [(each, self.items(each)) for each in bill.parts]
        return replace(self, assumed=assumptions.of_part(self.assumed, part, sold))

    def moments(self, invoice: Invoice, bills: Sequence[Bill]) -> Iterator[Moment]:
        """When which exchange rates are looked up; never where all prices are in the invoice's currency."""
        for bill in bills:
            items = [item for part in bill.parts for item in self.items(part)]
            if any(item.currency not in (None, invoice.currency) for item in items):
                yield _moment(bill.late.invoice if bill.late else invoice)

    def _rates(self, invoice: Invoice) -> Rates:
        return self.rates.get(_moment(invoice), NO_RATES)

    def wanted(self, invoice: Invoice, bills: Sequence[Bill]) -> Iterator[Wanted]:
        """The usage that these bills are made from."""
        for bill in bills:
            for part in bill.parts:
                for item in self.items(part):
                    yield from self._usage(invoice, item, part).wanted()

    def items(self, part: Part) -> Items:
        """What the schedule of this part sells."""
        return self.agreed[part.key]

    def _amount_type(self, bills: Sequence[Bill]) -> AmountType:
        plans = [
            self.schedules[part.key].pricing_plan_version.pricing_plan
            for bill in bills
            for part in bill.parts
        ]
        kinds = {plan.amount_type for plan in plans}
        if len(kinds) > 1:
            raise InvalidOperation("One invoice cannot mix prices with and without tax", field="amount_type")
        return AmountType(kinds.pop()) if kinds else AmountType.EXCLUDING_TAX

    def _schedule(self, invoice: Invoice, billed: Invoice, part: Part, taxes: TaxOn) -> ScheduleInputs:
        """A schedule's part of the period that ``billed``, this invoice or an earlier one, is for."""
        assert invoice.subscription is not None
        schedule = self.schedules[part.key]
        adjustments = schedule_terms.adjustments(
            schedule_id=schedule.public_id,
            start=schedule.start_at,
            discount=schedule.discount,
            markup=schedule.markup,
            commitment=schedule.commitment,
            arrears=part.arrears,
            coupons=self.coupons.of(billed, invoice.subscription, schedule),
        )
        return ScheduleInputs(
            subscription_id=invoice.subscription.public_id,
            schedule_id=schedule.public_id,
            arrears=part.arrears,
            advance=part.advance,
            items=tuple(self._item(invoice, item, part, taxes) for item in self.items(part)),
            cadence=part.cadence,
            adjustments=on_demand.adjustments(adjustments) if part.demand else adjustments,
            demand=part.demand,
        )

    def _item(self, invoice: Invoice, item: ItemTerms, part: Part, taxes: TaxOn) -> PricedItem:
        if item.unpriced:
            raise InvalidOperation(f"{item.description}: {item.unpriced}", field="pricing_currency")
        span = counting.on_in(part, item)
        apart = counting.has_own_period(item, part)
        used = self._usage(invoice, item, part)
        metered = span is not None and not apart
        rules = tuple(self._rule(invoice, each, part, span) for each in item.rules)
        return PricedItem(
            pricing_id=item.pricing_id,
            pricing_name=item.pricing_name,
            pricing_item_id=item.pricing_item_id,
            product_item_ids=tuple(each["id"] for each in item.product_items),
            description=item.description,
            model=item.model,
            rules=rules,
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
            stretches=tuple(used.stretches(partial(self._configs, item, part))) if apart else (),
            siblings=used.siblings() if metered else NOBODY,
            charged_before=one_offs.charged_before(
                item, invoice=invoice, schedule=self.schedules[part.key], agreed=self.agreed
            ),
        )

    def _usage(self, invoice: Invoice, item: ItemTerms, part: Part) -> ItemUsage:
        schedule = self.schedules[part.key]
        known = (self.claims, self.pools, self.usage, self.assumed)
        return ItemUsage(invoice, item, part, schedule, *known)

    def _configs(self, item: ItemTerms, part: Part, start: datetime) -> tuple[Config, ...]:
        return tuple(self._config(rule, part, start) for rule in item.rules)

    def _config(self, rule: RuleTerms, part: Part, start: datetime) -> Config:
        """The rule with the included volume that is in force when the period starts."""
        schedule = self.schedules[part.key]
        volumes = schedule_terms.included_volumes(schedule.included_volumes, start=schedule.start_at)
        return allowances.applied(rule.config, rule.ids, volumes, start=start)

    def _rule(self, invoice: Invoice, rule: RuleTerms, part: Part, span: Span | None) -> PricedRule:
        """The rule with what the schedule says of it, and with what earlier periods left."""
        schedule = self.schedules[part.key]
        priced = _rule(rule, schedule)
        if span is None or part.arrears is None:
            return priced
        priced = replace(priced, config=self._config(rule, part, part.arrears.span.start))
        ledger = self.ledgers.get(invoice.subscription_id or 0)
        if ledger is None:
            return priced
        state = ledger.state(priced, schedule_id=schedule.public_id, start=span.start)
        return replace(priced, state=state)


def gather(
    *,
    platform: Platform,
    invoices: Sequence[Invoice],
    bills: Mapping[int, Sequence[Bill]],
    agreed: Mapping[int, Items],
    cutoff: datetime | None = None,
    assumed: Assumed = NOTHING,
    coupons: Spending,
) -> Sources:
    """Read what these invoices (each with its bills by pk) are made from: a fixed number of queries.

    ``assumed`` replaces the usage of some product items: a preview may ask what if.
    """
    schedules = {
        each.pk: each
        for invoice in invoices
        if invoice.subscription
        for each in invoice.subscription.schedules.all()
    }
    groups = subscription_groups.of(platform, (invoice.subscription for invoice in invoices))
    claims = Claims(platform, {invoice.customer_id for invoice in invoices} | groups.customers)
    known = Sources(
        schedules=schedules,
        agreed=agreed,
        claims=claims,
        usage={},
        ledgers=carried.ledgers(platform=platform, invoices=invoices, agreed=agreed),
        assumed=assumed,
        coupons=coupons,
        pools=Pools(groups, claims),
    )
    moments = [each for invoice in invoices for each in known.moments(invoice, bills[invoice.pk])]
    known = replace(known, rates=exchange_rates.at_moments(platform, moments))
    wanted = [each for invoice in invoices for each in known.wanted(invoice, bills[invoice.pk])]
    if not wanted:
        return known
    return replace(known, usage=usage_selector.read(platform=platform, wanted=wanted, cutoff=cutoff))


def _age(bill: Bill) -> datetime:
    """When the period began; an invoice bills earlier periods again before its own."""
    starts = [part.arrears.span.start for part in bill.parts if part.arrears]
    return min(starts, default=datetime.max.replace(tzinfo=UTC))


def _rule(rule: RuleTerms, schedule: PricingPlanSchedule) -> PricedRule:
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


def _moment(invoice: Invoice) -> Moment:
    """The rates of the end of the period, as they were known when the invoice became final."""
    return Moment(invoice.period_end, invoice.usage_cutoff)


def _late_period(late: LateInvoice, schedule: ScheduleInputs, rates: Rates) -> LatePeriod:
    final = late.invoice
    return LatePeriod(
        final.public_id,
        final.invoice_number or "",
        schedule,
        late.billed_for(schedule.schedule_id),
        late.taken,
        late.committed_for(schedule.schedule_id),
        late.units_for(schedule.schedule_id),
        rates,
        late.compared,
        tuple(sorted(late.fees.get(schedule.schedule_id, ()), key=lambda span: span.start)),
    )
