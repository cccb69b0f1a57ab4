"""What if: schedules of a preview with other seats, choices, codes, currency or period, in memory only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.context import Context
from billing.models import PricingPlanSchedule, PricingPlanSubscription
from billing.services.coupons import coupons, redemption
from billing.services.subscriptions import readiness
from billing.services.subscriptions.subscriptions import as_period
from billing.services.terms import schedule_choices, schedule_terms
from kit.errors import InvalidField, ReferencedNotFound, TallydeskError

FIELD, CHOICES = "pricing_plan_schedule_customizations", "enabled_pricings"
Sent = Mapping[str, Any]


def apply(
    ctx: Context,
    subscription: PricingPlanSubscription,
    *,
    choices: Sequence[Sent],
    customizations: Sequence[Sent],
) -> None:
    """Change the loaded schedules. Raises, with the path of the part, what storing them so would raise.

    ``choices`` stand in the place of those of every schedule that offers one of them.
    """
    rows = {each.pk: each for each in subscription.schedules.all()}
    _choose(list(rows.values()), choices)
    for index, sent in enumerate(customizations):
        at = f"{FIELD}.{index}"
        row = rows.get(sent["pricing_plan_schedule_id"].pk)
        if row is None:
            message = "is not a schedule of the subscription"
            raise InvalidField(message, field=f"{at}.pricing_plan_schedule_id")
        try:
            _customize(ctx, subscription, row, sent)
        except TallydeskError as error:
            raise error.within(at) from None


def _choose(schedules: Sequence[PricingPlanSchedule], choices: Sequence[Sent]) -> None:
    if not choices:
        return
    offers = [(each, schedule_choices.offer(each).by_id) for each in schedules]
    for index, choice in enumerate(choices):
        if not any(choice["pricing_id"] in known for _, known in offers):
            message = f"{choice['pricing_id']} is not among the pricings of the schedules"
            raise ReferencedNotFound(message, field=f"{CHOICES}.{index}.pricing_id")
    for schedule, known in offers:
        mine = [dict(choice) for choice in choices if choice["pricing_id"] in known]
        if mine:
            schedule.enabled_pricings = mine
            schedule_choices.require(schedule)
            schedule_choices.require_complete(schedule)


def _customize(
    ctx: Context, subscription: PricingPlanSubscription, row: PricingPlanSchedule, sent: Sent
) -> None:
    row.subscription = subscription
    for name in ("seats_values", CHOICES):
        if sent.get(name) is not None:
            setattr(row, name, list(sent[name]))
    if sent.get("pricing_currency"):
        row.pricing_currency = sent["pricing_currency"]
    if sent.get("billing_period"):
        period = as_period(sent["billing_period"], field="billing_period")
        row.billing_period_type, row.billing_period_value = period.type.value, period.value
    schedule_terms.require(row)
    schedule_choices.require_complete(row)
    readiness.require_priced(subscription, row)
    if sent.get(coupons.BY_CODE) is not None:
        _redeem(ctx, subscription, row, sent[coupons.BY_CODE])


def _redeem(
    ctx: Context, subscription: PricingPlanSubscription, row: PricingPlanSchedule, codes: Sequence[Any]
) -> None:
    """The codes in the place of those it has, as far as they could be redeemed now; none is."""
    row.coupons = coupons.entries(ctx=ctx, schedule=row, fields={coupons.BY_CODE: codes})
    try:
        with transaction.atomic():
            redemption.hold(ctx=ctx, subscription=subscription, schedules=[row])
    except TallydeskError as error:
        raise redemption.of_one(error) from None
