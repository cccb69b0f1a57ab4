"""Exchange rates come and go, and never change: invoices keep those that they used."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.context import Context
from accounts.models import Platform
from billing.calc import currencies
from billing.models import ExchangeRate
from billing.selectors import exchange_rates
from billing.selectors.exchange_rates import Moment
from kit import persistence
from kit.errors import InvalidField, InvalidOperation
from webhooks.services import changes


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> ExchangeRate:
    """A new rate. Raises InvalidField for one of a currency to itself, or that is not above zero."""
    if fields["base_currency"] == fields["currency"]:
        raise InvalidField("must be another currency than base_currency", field="currency")
    if fields["rate"] <= 0:
        raise InvalidField("must be above zero", field="rate")
    row: ExchangeRate = ExchangeRate.stamped(platform=ctx.platform, at=ctx.at, **fields)
    persistence.insert(row)
    changes.created(ctx=ctx, instance=row)
    return row


@transaction.atomic
def delete(*, ctx: Context, instance: ExchangeRate) -> None:
    """Withdraw a rate: no invoice uses it from now on, and those that did keep it."""
    row = persistence.lock(instance)
    before = changes.snapshot(row)
    row.withdrawn_at = row.updated_at = ctx.at
    persistence.store(row, ["withdrawn_at", "updated_at"])
    changes.deleted(ctx=ctx, instance=row, before=before)


def require_way(platform: Platform, source: str, target: str, *, at: datetime, field: str) -> None:
    """Raise InvalidField where no rate leads from one currency to the other."""
    known = exchange_rates.at_moments(platform, [Moment(at)])[Moment(at)]
    try:
        currencies.exchange(source, target, known.known, at=at)
    except InvalidOperation as error:
        raise InvalidField(error.message, field=field) from error
