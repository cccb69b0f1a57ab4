"""What a schedule's discounts, markup, commitments and seats must be before they are stored.

Each error names the field within the schedule, as ``discount.totals.0.amount.currency``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from billing.calc import schedule_terms
from billing.calc.inputs import METERED, ChargeModel
from billing.calc.schedule_terms import Entry
from billing.calc.targets import Level
from billing.models import Invoice, PricingPlanSchedule
from billing.selectors import prices
from billing.selectors.billed import BILLED
from billing.selectors.item_terms import ItemTerms, RuleTerms
from catalog.rating.conditions import COMPARISONS
from catalog.rating.types import PricingType
from kit.errors import CannotUpdate, InvalidField, MissingField, ReferencedNotFound
from kit.period import parse_instant

Known = Mapping[str, set[str]]
SEATS = "seats_values"


def require(schedule: PricingPlanSchedule) -> None:
    """Raise for the first entry that cannot be applied to the schedule.

    ReferencedNotFound: an id that its version does not sell. MissingField: no ids, or nothing to apply.
    InvalidField: two things at once, another currency, dates outside the schedule, units of a fee.
    """
    checks: tuple[tuple[str, Any, Callable[[Entry], None]], ...] = (
        ("discount", schedule.discount, _discount),
        ("markup", schedule.markup, _amount_or_percentage),
        ("commitment", schedule.commitment, _commitment),
    )
    _seats(schedule)
    terms = [(entry, check) for name, body, check in checks for entry in schedule_terms.entries(name, body)]
    if not terms:
        return
    items = items_of(schedule)
    known = _known(items)
    for entry, check in terms:
        check(entry)
        _ids(entry, known)
        _dates(entry.path, entry.body, schedule)
        for path, amount in _amounts(entry):
            _money(path, amount, schedule)
        if entry.body.get("meter_value_calculation"):
            _units(entry, items)


def require_seats_ahead(schedule: PricingPlanSchedule, was: PricingPlanSchedule, *, at: datetime) -> None:
    """Once it is billed, only the seats from ``at`` on may change: raises CannotUpdate otherwise."""
    old, new = ([_seat(each, row) for each in row.seats_values] for row in (was, schedule))
    gone, come = [each for each in old if each not in new], [each for each in new if each not in old]
    for config, number, start, end in (*gone, *come):
        cut = [other for other in (*gone, *come) if other[:3] == (config, number, start) and other[3] != end]
        changed_at = min(filter(None, [end, cut[0][3]]), default=None) if cut else start
        if changed_at is not None and (changed_at < at or _is_billed(schedule, changed_at)):
            raise CannotUpdate("seats change from now on, and not in a period that is billed", field=SEATS)


def _seat(body: Any, schedule: PricingPlanSchedule) -> tuple[str, str, datetime, datetime | None]:
    start = instant(body, "start_at") or schedule.start_at
    return body["pricing_item_config_id"], body["number"], start, instant(body, "end_at")


def _is_billed(schedule: PricingPlanSchedule, at: datetime) -> bool:
    """Whether an invoice that cannot change any more bills the seats of this instant."""
    made = Invoice.objects.filter(subscription=schedule.subscription_id, status__in=BILLED)
    return made.filter(period_end__gte=at).exists()


def _seats(schedule: PricingPlanSchedule) -> None:
    if not schedule.seats_values:
        return
    sold = [item for item in items_of(schedule) if item.model is ChargeModel.PER_SEAT]
    known = {rule.config_id for item in sold for rule in item.rules}
    for index, each in enumerate(schedule.seats_values):
        path = f"{SEATS}.{index}"
        if each["pricing_item_config_id"] not in known:
            message = "is not a rule of a PER_SEAT item of the schedule's plan version"
            raise ReferencedNotFound(message, field=f"{path}.pricing_item_config_id")
        if each["number"].startswith("-"):
            raise InvalidField("must not be negative", field=f"{path}.number")
        _dates(path, each, schedule)


def items_of(schedule: PricingPlanSchedule) -> tuple[ItemTerms, ...]:
    """What the schedule sells, in its currency and for its period."""
    return prices.of_schedule(schedule)


def _known(items: tuple[ItemTerms, ...]) -> Known:
    return {
        "pricing_item_configs": {rule.config_id for item in items for rule in item.rules},
        "pricing_items": {item.pricing_item_id for item in items},
        "product_items": {each["id"] for item in items for each in item.product_items},
        "pricings": {item.pricing_id for item in items},
        "products": {each for item in items for each in item.product_ids},
        "product_categories": {item.product_category["id"] for item in items},
    }


def _ids(entry: Entry, known: Known) -> None:
    if entry.level is Level.TOTAL:
        return
    sent = entry.body.get("ids")
    if not sent:
        raise MissingField(field=f"{entry.path}.ids")
    kind = entry.path.split(".")[1]
    for index, each in enumerate(sent):
        if each not in known[kind]:
            message = f"{each} is not among the {kind.replace('_', ' ')} of the schedule's plan version"
            raise ReferencedNotFound(message, field=f"{entry.path}.ids.{index}")


def _discount(entry: Entry) -> None:
    _amount_or_percentage(entry)
    condition = entry.body.get("condition")
    if condition and condition["comparator"] not in COMPARISONS:
        raise InvalidField("amounts compare by size only", field=f"{entry.path}.condition.comparator")


def _amount_or_percentage(entry: Entry) -> None:
    _one_of(entry, "percentage", "amount")
    percentage = entry.body.get("percentage")
    if percentage is not None and percentage.startswith("-"):
        raise InvalidField("must not be negative", field=f"{entry.path}.percentage")


def _commitment(entry: Entry) -> None:
    _one_of(entry, "meter_value_calculation", "amount")


def _one_of(entry: Entry, one: str, other: str) -> None:
    given = [name for name in (one, other) if entry.body.get(name) is not None]
    if not given:
        raise MissingField(field=f"{entry.path}.{other}")
    if len(given) > 1:
        raise InvalidField(f"excludes {other}", field=f"{entry.path}.{one}")


def _amounts(entry: Entry) -> list[tuple[str, Any]]:
    """Every amount of money of an entry, with its path."""
    body, found = entry.body, []
    if body.get("amount"):
        found.append((f"{entry.path}.amount", body["amount"]))
    if body.get("condition"):
        found.append((f"{entry.path}.condition.value.amount", body["condition"]["value"]["amount"]))
    units = body.get("meter_value_calculation") or {}
    if units.get("amount"):
        found.append((f"{entry.path}.meter_value_calculation.amount", units["amount"]))
    return found


def _money(path: str, amount: Any, schedule: PricingPlanSchedule) -> None:
    if amount["currency"] != schedule.pricing_currency:
        message = f"must be the currency of the schedule, {schedule.pricing_currency}"
        raise InvalidField(message, field=f"{path}.currency")
    if amount["quantity"].startswith("-"):
        raise InvalidField("must not be negative", field=f"{path}.quantity")


def _dates(path: str, body: Any, schedule: PricingPlanSchedule) -> None:
    start, end = instant(body, "start_at"), instant(body, "end_at")
    if start and start < schedule.start_at:
        raise InvalidField("must not be before the schedule's start_at", field=f"{path}.start_at")
    if start and schedule.end_at and start >= schedule.end_at:
        raise InvalidField("must be before the schedule's end_at", field=f"{path}.start_at")
    if end and schedule.end_at and end > schedule.end_at:
        raise InvalidField("must not be after the schedule's end_at", field=f"{path}.end_at")
    if end and end <= (start or schedule.start_at):
        raise InvalidField("must be later than start_at", field=f"{path}.end_at")


def instant(body: Any, name: str) -> datetime | None:
    """An instant of stored JSON."""
    return parse_instant(body[name]) if body.get(name) else None


def _units(entry: Entry, items: tuple[ItemTerms, ...]) -> None:
    """Units are committed to of one rule that is priced by usage."""
    path, units = f"{entry.path}.meter_value_calculation", entry.body["meter_value_calculation"]
    if len(entry.ids) != 1:
        raise InvalidField("one rule at a time knows the price of its units", field=f"{entry.path}.ids")
    item, rule = _rule(items, next(iter(entry.ids)))
    if item.model not in METERED or rule.config.pricing_type is PricingType.FIXED:
        raise InvalidField("only usage is committed to in units", field=path)
    wanted, other = ("amount", "number") if item.is_amount else ("number", "amount")
    if units.get(wanted) is None:
        raise MissingField(field=f"{path}.{wanted}")
    if units.get(other) is not None:
        raise InvalidField(f"this rule counts by {wanted}", field=f"{path}.{other}")
    if wanted == "number" and units["number"].startswith("-"):
        raise InvalidField("must not be negative", field=f"{path}.number")


def _rule(items: tuple[ItemTerms, ...], config_id: str) -> tuple[ItemTerms, RuleTerms]:
    return next((item, rule) for item in items for rule in item.rules if rule.config_id == config_id)
