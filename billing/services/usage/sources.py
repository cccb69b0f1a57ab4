"""Everything the content of invoices is made from, read at once and then asked without a query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from accounts.models import Platform
from billing.calc.currencies import NO_RATES, Rates
from billing.calc.inputs import (
    InvoiceInputs,
    LatePeriod,
    ScheduleInputs,
)
from billing.calc.timeline import Part
from billing.calc.totals import AmountType
from billing.models import Invoice
from billing.selectors import exchange_rates, subscription_groups
from billing.selectors import usage as usage_selector
from billing.selectors.agreed_prices import Items
from billing.selectors.claims import Claims
from billing.selectors.exchange_rates import Moment
from billing.selectors.item_terms import ItemTerms
from billing.selectors.taxes import Taxes
from billing.selectors.usage import Wanted
from billing.services.coupons.coupon_spending import Spending
from billing.services.usage import assumptions, carried
from billing.services.usage.assumptions import NOTHING, Assumed
from billing.services.usage.known import Known
from billing.services.usage.late_usage import LateInvoice
from billing.services.usage.pooling import Pools
from billing.services.usage.schedule_inputs import OfSchedule, TaxOn
from kit.errors import InvalidOperation


@dataclass(frozen=True, slots=True)
class Bill:
    """A period of some schedules on one invoice: its own, or an earlier one billed again."""

    parts: tuple[Part, ...]
    late: LateInvoice | None = None


@dataclass(frozen=True, slots=True)
class Sources(Known):
    """What is known, and what is made of it for one invoice after the other: that completes ``ledgers``."""

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
        own: list[ScheduleInputs] = []
        late: list[LatePeriod] = []
        for bill, made in self._made(invoice, bills, taxes or Taxes.of(invoice)):
            if bill.late is None:
                own.append(made)
            else:
                late.append(_late_period(bill.late, made, self._rates(bill.late.invoice)))
        return InvoiceInputs(
            currency=invoice.currency,
            amount_type=self._amount_type(bills),
            billing_period=invoice.subscription.billing_period,
            schedules=tuple(own),
            late=tuple(late),
            rates=self._rates(invoice),
        )

    def moments(self, invoice: Invoice, bills: Sequence[Bill]) -> Iterator[Moment]:
        """When which exchange rates are looked up; never where all prices are in the invoice's currency."""
        for bill in bills:
            items = [item for part in bill.parts for item in self.items(part)]
            if any(item.currency not in (None, invoice.currency) for item in items):
                yield _moment(bill.late.invoice if bill.late else invoice)

    def wanted(self, invoice: Invoice, bills: Sequence[Bill]) -> Iterator[Wanted]:
        """The usage that these bills are made from."""
        for bill in bills:
            for part in bill.parts:
                for item in self.items(part):
                    yield from self.of(invoice, part).usage_of(item).wanted()

    def of(self, invoice: Invoice, part: Part) -> OfSchedule:
        """The schedule of this part."""
        return OfSchedule(self, invoice, part)

    def _made(
        self, invoice: Invoice, bills: Sequence[Bill], taxes: TaxOn
    ) -> Iterator[tuple[Bill, ScheduleInputs]]:
        """Each part of each bill, in order of time; what one takes is noted before the next is asked for."""
        ledger = self.ledgers.get(invoice.subscription_id or 0)
        for bill in sorted(bills, key=_age):
            billed = invoice if bill.late is None else bill.late.invoice
            then = taxes if bill.late is None else Taxes.of(invoice, supplied=billed)
            for part in bill.parts:
                made = self._assuming(part, bill).of(invoice, part).inputs(billed, then)
                if ledger is not None:
                    ledger.note(made)
                yield bill, made

    def _assuming(self, part: Part, bill: Bill) -> Sources:
        """The same with what is assumed in just this part."""
        if not self.assumed:
            return self
        sold = [(each, self.items(each)) for each in bill.parts]
        return replace(self, assumed=assumptions.of_part(self.assumed, part, sold))

    def _rates(self, invoice: Invoice) -> Rates:
        return self.rates.get(_moment(invoice), NO_RATES)

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
