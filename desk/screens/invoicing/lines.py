"""The lines of an invoice as an operator reads them: what was counted, and how the amount came about.

Everything is taken from the content of the invoice; nothing is added up here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from desk.components import format
from desk.components.badges import word
from desk.components.charts import TierBar
from desk.editors.pricing import conditions
from desk.screens.invoicing import line_steps
from kit.period import parse_instant

Json = Mapping[str, Any]
MODELS = {
    "FLAT": "per unit",
    "FLAT_TOP_UP": "per unit, bought ahead",
    "TIERED": "progressive",
    "TIERED_TOP_UP": "progressive, bought ahead",
    "TOP_TIERED": "top tier",
    "STAIR_STEP": "stairstep",
    "STAIR_STEP_TOP_UP": "stairstep, bought ahead",
    "FIXED": "fixed",
    "PASS_THROUGH": "passed through",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the invoice, with its explanation."""

    data: Json
    id: str
    name: str
    kind: str
    period: str
    remark: str
    quantity: str
    unit_price: str
    amount: str
    gap: str
    steps: tuple[line_steps.Step, ...]
    bar: TierBar | None
    summary: str
    total_how: str
    is_usage: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one heading."""

    name: str
    lines: tuple[Line, ...]


def groups(content: Json, period_end: datetime) -> list[Group]:
    """The lines, grouped by product; one group has no heading. ``period_end`` tells what is in advance."""
    found: dict[str, list[Line]] = {}
    gross = content["pricing_amount_type"] == "INCLUDING_TAX"
    for period in content["periods"]:
        for group in period["groups"] or ():
            rules = _rules(group["lines"])
            made = [
                _line(
                    line, gross=gross, end=period_end, rule=rules.get(line.get("pricing_item_config_id"), "")
                )
                for line in group["lines"]
            ]
            found.setdefault(_heading(group), []).extend(made)
    if len(found) == 1:
        return [Group("", tuple(lines)) for lines in found.values()]
    return [Group(name, tuple(lines)) for name, lines in found.items()]


def find(content: Json, line_id: str) -> Json | None:
    """The line of the content with this id."""
    lines = (
        line for period in content["periods"] for group in period["groups"] or () for line in group["lines"]
    )
    return next((line for line in lines if line.get("id") == line_id), None)


def _heading(group: Json) -> str:
    category = group.get("product_category") or {}
    return " · ".join(dict.fromkeys(filter(None, [category.get("name"), group.get("description")])))


def _rules(several: Sequence[Json]) -> dict[str, str]:
    """Which usage each rule is for, by its id, where an item is billed by more than one of them."""
    of_item: dict[str, dict[str, str]] = {}
    for line in several:
        if line.get("pricing_item_config_id"):
            said = conditions.words(line) or "everything else"
            of_item.setdefault(line["pricing_item_id"], {})[line["pricing_item_config_id"]] = said
    return {key: said for rules in of_item.values() if len(rules) > 1 for key, said in rules.items()}


def _line(line: Json, *, gross: bool, end: datetime, rule: str) -> Line:
    amount = line["amount_including_tax" if gross else "amount_excluding_tax"]
    shown = format.money(Decimal(amount["quantity"]), amount["currency"])
    charges = [step for step in line["steps"] if step["type"] == "CHARGE"]
    is_usage = line["meter_value"] is not None
    start, last = parse_instant(line["start_at"]), parse_instant(line["end_at"])
    steps, gap = line_steps.lined_up(line_steps.of(line, charges, amount["currency"]), shown)
    return Line(
        data=line,
        id=line.get("id") or "",
        name=line["description"],
        kind=_kind(line, is_usage=is_usage, advance=start >= end),
        period="" if _packages(line) else format.span(start, last, timezone.get_current_timezone()),
        remark=", ".join(filter(None, [rule, _remark(line)])),
        quantity=_sold(line),
        unit_price=_unit_price(line, charges, amount["currency"]),
        amount=shown,
        gap=gap,
        steps=steps,
        bar=_bar(charges),
        summary=_summary(line, charges),
        total_how=_counted(line),
        is_usage=is_usage,
    )


def _kind(line: Json, *, is_usage: bool, advance: bool) -> str:
    if line["pricing_type"] is None:
        return word(line["type"])
    said = _charged(line, is_usage=is_usage, advance=advance)
    return f"Deduction, {said[:1].lower()}{said[1:]}" if line_steps.is_deducted(line) else said


def _charged(line: Json, *, is_usage: bool, advance: bool) -> str:
    if not is_usage:
        recurs = (line.get("details") or {}).get("proration") or any(
            step["type"] == "PRICING_PERIOD" for step in line["steps"]
        )
        return f"{'Recurring' if recurs else 'One-off'}{', in advance' if advance and recurs else ''}"
    usage = "Usage conversion" if line_steps.is_converted(line) else "Usage"
    return f"{usage}, {_blocks(line) or _model(line)}"


def _model(line: Json) -> str:
    charges = [step for step in line["steps"] if step["type"] == "CHARGE"]
    if line["pricing_type"] == "FLAT" and any(charge["percentage"] for charge in charges):
        return "percentage"
    return MODELS.get(line["pricing_type"] or "", word(line["pricing_type"] or line["type"]))


def _blocks(line: Json) -> str:
    band = line["details"].get("band") or {}
    size = (band.get("block_size") or {}).get("number")
    if not size or Decimal(size) == 1:
        return ""
    return " ".join(filter(None, ["package of", format.number(Decimal(size)), line["unit"]]))


def _packages(line: Json) -> Json | None:
    """The charge of a line that is sold in whole packages, where that is all it charges."""
    charges = [step for step in line["steps"] if step["type"] == "CHARGE"]
    blocks = [charge for charge in charges if charge["charge_type"] == "BLOCKS" and charge["times"]]
    return blocks[0] if len(charges) == 1 and blocks else None


def _remark(line: Json) -> str:
    late = line.get("late_usage")
    if late:
        kind = "Late usage" if line["meter_value"] else "Change"
        return f"{kind} of {late['invoice_number']}"
    proration = (line.get("details") or {}).get("proration")
    if proration and proration["days"] != proration["of_days"]:
        return f"{proration['days']} of {proration['of_days']} days"
    sold = _packages(line)
    if sold:
        return f"{_counted(line)}, {_rounded(sold)}"
    split = (line.get("details") or {}).get("split_pricing")
    if split:
        pairs = split["meter_properties"]
        return ", ".join(f"{each['reference']} {each['value'] or 'not given'}" for each in pairs)
    return ""


def _rounded(sold: Json) -> str:
    """``rounded up to 4 packages``, or ``3.4 packages`` where parts are charged."""
    count = format.number(Decimal(sold["times"]))
    packages = "1 package" if count == "1" else f"{count} packages"
    return f"rounded up to {packages}" if sold["band"]["block_rounding"] != "NONE" else packages


def _quantity(line: Json) -> str:
    if line["quantity"] is None:
        return ""
    value = line["meter_value"]
    quantity = Decimal(line["quantity"])
    if value and value["type"] == "AMOUNT":
        return format.unit_price(quantity, value["amount"]["currency"])
    return format.number(quantity)


def _sold(line: Json) -> str:
    """What the unit price is for: packages where whole ones are sold, else what was counted."""
    sold = _packages(line)
    return format.number(Decimal(sold["times"])) if sold else _quantity(line)


def _counted(line: Json) -> str:
    quantity = _quantity(line)
    return " ".join(filter(None, [quantity, line["unit"]])) if line["meter_value"] else ""


def _unit_price(line: Json, charges: list[Json], currency: str) -> str:
    if len(charges) > 1:
        return f"{len(charges)} {_tier_word(line)}s"
    if not charges:
        return ""
    charge = charges[0]
    if charge["percentage"]:
        return f"{format.number(Decimal(charge['percentage']))}%"
    price = charge["unit_price"]
    if not price:
        return ""
    return format.readable(format.unit_price(Decimal(price), charge["amount"]["currency"] or currency))


def _tier_word(line: Json) -> str:
    return "tier" if line["pricing_type"] in ("TIERED", "TOP_TIERED", "STAIR_STEP") else "charge"


def _summary(line: Json, charges: list[Json]) -> str:
    model = _model(line).capitalize()
    return f"{model}, {len(charges)} {_tier_word(line)}s" if len(charges) > 1 else model


def _bar(charges: list[Json]) -> TierBar | None:
    shares = [Decimal(charge["quantity"]) for charge in charges if charge["charge_type"] != "FIXED_AMOUNT"]
    if len(shares) < 2:
        return None
    words = ", ".join(f"tier {number}: {format.number(each)}" for number, each in enumerate(shares, 1))
    return TierBar(shares, f"Quantity by tier: {words}")
