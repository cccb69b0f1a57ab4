"""What a schedule's discounts, markup, commitments and seats must be before they are stored.

Each error names the field within the schedule, as ``discount.totals.0.amount.currency``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from billing.calc import schedule_terms
from billing.calc.inputs import METERED, ChargeModel
from billing.calc.schedule_terms import Entry
from billing.calc.targets import Level
from billing.models import PricingPlanSchedule
from billing.selectors import agreed_prices
from billing.selectors.item_terms import ItemTerms, RuleTerms
from billing.services.terms import dated_terms, included_volumes, schedule_choices
from catalog.rating.rules.conditions import COMPARISONS
from catalog.rating.types import PricingType
from kit.errors import InvalidField, MissingField, ReferencedNotFound

Known = Mapping[str, Mapping[str, str]]
SEATS = "seats_values"
WHOLE = Decimal(100)


def require(schedule: PricingPlanSchedule) -> None:
    """Raise for the first entry that cannot be applied to the schedule, included volumes and choices as well.

    What an entry names by reference it names by id from then on, as it is stored.
    ReferencedNotFound: an id that its version does not sell. MissingField: no ids, or nothing to apply.
    InvalidField: two things at once, another currency, dates outside the schedule, units of a fee.
    """
    checks: tuple[tuple[str, Any, Callable[[Entry], None]], ...] = (
        ("discount", schedule.discount, _discount),
        ("markup", schedule.markup, _amount_or_percentage),
        ("commitment", schedule.commitment, _commitment),
    )
    _seats(schedule)
    included_volumes.require(schedule)
    schedule_choices.require(schedule)
    terms = [(entry, check) for name, body, check in checks for entry in schedule_terms.entries(name, body)]
    if not terms:
        return
    items = agreed_prices.sold(schedule)
    known = _known(items)
    for entry, check in terms:
        check(entry)
        _name_by_id(entry, known)
        dated_terms.require_dates(entry.path, entry.body, schedule)
        for path, amount in _amounts(entry):
            _money(path, amount, schedule)
        if entry.body.get("meter_value_calculation"):
            _units(entry, items)


def _seats(schedule: PricingPlanSchedule) -> None:
    if not schedule.seats_values:
        return
    sold = [item for item in agreed_prices.sold(schedule) if item.model is ChargeModel.PER_SEAT]
    known = {name: rule.config for item in sold for rule in item.rules for name in rule.ids}
    for index, each in enumerate(schedule.seats_values):
        path = f"{SEATS}.{index}"
        config = known.get(each["pricing_item_config_id"])
        if config is None:
            message = "is not a rule of a PER_SEAT item of the schedule's plan version"
            raise ReferencedNotFound(message, field=f"{path}.pricing_item_config_id")
        require_seats(path, each, schedule_terms.seats_currency(config, schedule.pricing_currency))
        dated_terms.require_dates(path, each, schedule)


def require_seats(path: str, seats: Mapping[str, Any], currency: str | None) -> None:
    """Raise unless they are a number, or an amount in ``currency`` where their price is of money."""
    wanted, other = ("amount", "number") if currency else ("number", "amount")
    if seats.get(wanted) is None:
        raise MissingField(field=f"{path}.{wanted}")
    if seats.get(other) is not None:
        raise InvalidField(f"the price of these seats is for a {wanted}", field=f"{path}.{other}")
    if currency and seats["amount"]["currency"] != currency:
        raise InvalidField(
            f"must be in the currency of the price, {currency}", field=f"{path}.amount.currency"
        )
    if schedule_terms.units_of(seats) < 0:
        raise InvalidField(
            "must not be negative", field=f"{path}.{'amount.quantity' if currency else wanted}"
        )


def _known(items: Sequence[ItemTerms]) -> Known:
    """What may be named, by kind, and its id: the catalog's by reference too, the schedule's own prices also
    by what they stand for.
    """
    others = {each for item in items for each in item.other_ids}
    return {
        "pricing_item_configs": _by_itself(_rules(items)),
        "pricing_items": _by_itself({item.pricing_item_id for item in items} | others),
        "product_items": _by_reference(each for item in items for each in item.product_items),
        "pricings": _by_itself({item.pricing_id for item in items} | others),
        "products": _by_reference(each for item in items for each in item.products)
        | _by_itself({each for item in items for each in item.product_ids}),
        "product_categories": _by_reference(item.product_category for item in items),
    }


def _by_itself(ids: set[str]) -> dict[str, str]:
    return {each: each for each in ids}


def _by_reference(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """By id and, where there is one, by reference; an id goes before a reference that looks like it."""
    named = {row["id"]: row["reference"] for row in rows}
    return {reference: each for each, reference in named.items() if reference} | _by_itself(set(named))


def _rules(items: Sequence[ItemTerms]) -> set[str]:
    return {each for item in items for rule in item.rules for each in rule.ids}


def _name_by_id(entry: Entry, known: Known) -> None:
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
    entry.body["ids"] = [known[kind][each] for each in sent]


def _discount(entry: Entry) -> None:
    _amount_or_percentage(entry)
    percentage = entry.body.get("percentage")
    if percentage is not None and Decimal(percentage) > WHOLE:
        raise InvalidField("must be at most 100", field=f"{entry.path}.percentage")
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
    """A markup is part of the price; discounts and commitments count what is billed."""
    of_price = path.startswith("markup.")
    currency = schedule.pricing_currency if of_price else schedule.subscription.billing_currency
    if amount["currency"] != currency:
        raise InvalidField(f"must be in the schedule's currency, {currency}", field=f"{path}.currency")
    if amount["quantity"].startswith("-"):
        raise InvalidField("must not be negative", field=f"{path}.quantity")


def _units(entry: Entry, items: Sequence[ItemTerms]) -> None:
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


def _rule(items: Sequence[ItemTerms], config_id: str) -> tuple[ItemTerms, RuleTerms]:
    return next((item, rule) for item in items for rule in item.rules if config_id in rule.ids)
