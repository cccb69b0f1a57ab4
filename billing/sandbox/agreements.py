"""What the customers signed, changed and ended: bodies of ``/init``, schedules, seats, cancellations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.context import Context
from billing.api.init import InitRequestSerializer
from billing.api.schedules import PricingPlanScheduleSerializer
from billing.models import (
    Customer,
    CustomerStatus,
    Invoice,
    InvoiceStatus,
    PricingPlanSchedule,
    PricingPlanSubscription,
)
from billing.sandbox import parties
from billing.sandbox.calendar import DAY, Calendar
from billing.sandbox.happenings import Happening, judged
from billing.services.invoices import invoices
from billing.services.subscriptions import cancel, init, schedules
from catalog.models import ModelType, PricingItemConfig, PricingPlanVersion, Status
from kit.period import format_instant

Entry = dict[str, Any]
AHEAD = 3 * DAY  # a new phase is agreed a few days before it begins
AFTER_THE_CLOSE = timedelta(hours=1)


def happenings(
    calendar: Calendar, story: Entry, agreements: list[Entry], customers: list[Entry]
) -> list[Happening]:
    """Everything that was agreed, in the order of the data."""
    by_name = {each["reference"]: each for each in customers}
    told = [_signing(calendar, each, by_name[each["customer"]]) for each in agreements]
    told += [_move(calendar, each) for each in story["moves"]]
    told += [_seats(calendar, each) for each in story["seats"]]
    told += [_cancellation(calendar, each) for each in story["cancellations"]]
    told += [_hold(calendar, each) for each in story["holds"]]
    return told


def _signing(calendar: Calendar, entry: Entry, customer: Entry) -> Happening:
    start = calendar.of(entry)

    def sign(ctx: Context) -> None:
        known = Customer.objects.for_platform(ctx.platform).filter(reference=customer["reference"])
        if not known.exists():
            parties.enroll(ctx, customer, status=CustomerStatus.ACTIVE)
        version = _newest(ctx, entry["plan"])
        body = {
            "pricing_plan_subscription": _subscription(entry),
            "pricing_plan_schedules": [_phase(calendar, entry, version) | _terms(entry)],
        }
        init.subscription(ctx=ctx, fields=judged(InitRequestSerializer, body, ctx.platform))

    return Happening(start, sign)


def _subscription(entry: Entry) -> Entry:
    """The contract: monthly by the calendar where the data says nothing else."""
    weekly = "weeks_ago" in entry
    term = entry.get("term")
    return {
        "reference": entry["reference"],
        "name": entry.get("name"),
        "customer_reference": entry["customer"],
        "billing_entity_reference": parties.ENTITY["reference"],
        "billing_time": entry.get("billing_time", "EXACT" if weekly else "CALENDAR"),
        "billing_currency": entry.get("currency", "EUR"),
        "billing_period": {"type": "WEEK", "value": 1}
        if weekly
        else {"type": "MONTH", "value": entry.get("months", 1)},
        "purchase_order_number": entry.get("po"),
        "due_date_configuration": term
        and {"type": "PERIOD_AFTER_INVOICE_DATE", "period": {"type": "DAY", "value": term}},
    }


def _phase(calendar: Calendar, entry: Entry, version: PricingPlanVersion) -> Entry:
    seats = entry.get("seats")
    return {
        "type": "DEFAULT",
        "start_at": format_instant(calendar.of(entry)),
        "pricing_plan_version_id": version.public_id,
        "seats_values": seats and [{"pricing_item_config_id": _seat_rule(version), "number": seats}],
    }


def _terms(entry: Entry) -> Entry:
    """Off the total, and at least so much a month."""
    discount, committed = entry.get("discount"), entry.get("committed")
    return {
        "discount": discount and {"totals": [{"percentage": discount}]},
        "commitment": committed and {"totals": [{"amount": {"quantity": committed, "currency": "EUR"}}]},
    }


def _move(calendar: Calendar, entry: Entry) -> Happening:
    """To another plan, or to the newest version of its own."""

    def move(ctx: Context) -> None:
        subscription = _named(ctx, entry)
        body = _phase(calendar, entry, _newest(ctx, entry["plan"]))
        body |= {"pricing_plan_subscription_id": subscription.public_id}
        schedules.create(ctx=ctx, fields=judged(PricingPlanScheduleSerializer, body, ctx.platform))

    return Happening(calendar.of(entry) - AHEAD, move)


def _seats(calendar: Calendar, entry: Entry) -> Happening:
    """More or fewer seats from a day on."""
    start = calendar.of(entry)

    def change(ctx: Context) -> None:
        phases = PricingPlanSchedule.objects.for_platform(ctx.platform).filter(
            subscription=_named(ctx, entry)
        )
        phase = phases.filter(start_at__lte=ctx.at).latest("start_at")
        rule = _seat_rule(phase.pricing_plan_version)
        dated = {"pricing_item_config_id": rule, "number": entry["number"], "start_at": format_instant(start)}
        body = {"seats_values": [*(phase.seats_values or []), dated]}
        fields = judged(PricingPlanScheduleSerializer, body, ctx.platform)
        schedules.update(ctx=ctx, instance=phase, fields=fields)

    return Happening(start - DAY, change)


def _cancellation(calendar: Calendar, entry: Entry) -> Happening:
    def end(ctx: Context) -> None:
        cancel.subscription(ctx=ctx, instance=_named(ctx, entry), type=entry["type"])

    return Happening(calendar.of(entry), end)


def _hold(calendar: Calendar, entry: Entry) -> Happening:
    """The draft of the period that has just ended waits for an answer."""
    closed = calendar.of(entry)

    def hold(ctx: Context) -> None:
        drafts = Invoice.objects.filter(platform=ctx.platform, subscription=_named(ctx, entry))
        draft = drafts.get(status=InvoiceStatus.DRAFT, period_end=closed)
        invoices.update(ctx=ctx, instance=draft, fields={"on_hold": True})

    return Happening(closed + AFTER_THE_CLOSE, hold)


def _named(ctx: Context, entry: Entry) -> PricingPlanSubscription:
    rows = PricingPlanSubscription.objects.for_platform(ctx.platform)
    found: PricingPlanSubscription = rows.get(reference=entry["subscription"])
    return found


def _newest(ctx: Context, plan: str) -> PricingPlanVersion:
    rows = PricingPlanVersion.objects.for_platform(ctx.platform)
    found: PricingPlanVersion = rows.filter(pricing_plan__reference=plan, status=Status.ACTIVE).latest(
        "version"
    )
    return found


def _seat_rule(version: PricingPlanVersion) -> str:
    rules = PricingItemConfig.objects.filter(platform=version.platform, version=version)
    seat = rules.get(pricing_item__product_item_links__product_item__model_type=ModelType.PER_SEAT)
    return str(seat.public_id)
