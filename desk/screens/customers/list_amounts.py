"""What each customer of a page owes, and what it runs up: amounts per currency, for who may see invoices.

Keyed by the customer's pk; who has nothing of the kind is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import QuerySet

from billing.models import Customer, Invoice, InvoiceStatus
from billing.selectors import invoices
from billing.selectors.insights import money
from billing.services.invoices import drafting
from desk.operators import Operator
from kit.money import Money

PERMISSION = "INVOICE.VIEW"
HEAVY = ("content", "parties", "prices")


def overdue(operator: Operator, rows: Sequence[Customer]) -> dict[int, list[Money]]:
    """What is past its due date. One query."""
    found: dict[int, list[Money]] = defaultdict(list)
    if operator.can(PERMISSION):
        for customer, currency, owed in money.overdue_of(operator.platform, rows, at=operator.at):
            found[customer].append(Money(owed, currency))
    return found


def currencies(operator: Operator, rows: Sequence[Customer]) -> dict[int, list[str]]:
    """The currencies of the periods that run. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    if operator.can(PERMISSION):
        drafts = Invoice.objects.filter(platform=operator.platform)
        pairs = _running(drafts, operator, rows).values_list("customer_id", "currency").distinct()
        for customer, currency in pairs.order_by("customer_id", "currency"):
            found[customer].append(currency)
    return found


def so_far(operator: Operator, rows: Sequence[Customer]) -> dict[int, list[Money]]:
    """What the periods that run come to now, with tax: as many queries for all customers as for one.

    A draft that cannot be drawn up counts with what is stored of it, as in the list of invoices.
    """
    if not operator.can(PERMISSION):
        return {}
    running = _running(invoices.rows(operator.platform).defer(*HEAVY), operator, rows)
    drafts = drafting.contents(platform=operator.platform, invoices=list(running.order_by("pk")))
    sums: dict[int, dict[str, Money]] = defaultdict(dict)
    for draft in drafts:
        mine, amount = sums[draft.invoice.customer_id], _amount(draft)
        so_far = mine.get(amount.currency, Money(Decimal(0), amount.currency))
        mine[amount.currency] = so_far + amount
    return {key: [mine[code] for code in sorted(mine)] for key, mine in sums.items()}


def _amount(draft: drafting.Draft) -> Money:
    invoice, content = draft.invoice, draft.content
    quantity = content.totals.including_tax if content else invoice.amount_including_tax
    return Money(quantity, invoice.currency)


def _running(drafts: QuerySet[Invoice], operator: Operator, rows: Sequence[Customer]) -> QuerySet[Invoice]:
    return drafts.filter(customer__in=rows, status=InvoiceStatus.DRAFT, period_end__gt=operator.at)
