"""How the amount of a line came about, row by row, from the steps that the invoice keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils import timezone

from billing.calc import parts
from billing.calc.targets import COMPARED
from desk.components import figures, format
from desk.components.badges import word
from desk.components.plot import tint
from desk.editors.pricing import unit_words
from desk.screens.invoicing import deductions
from kit.period import parse_instant

Json = Mapping[str, Any]
SILENT = ("QUANTITY", "CHARGE", "TOTAL", "ROUNDING")
STEPS = {
    "NET_NEGATIVE": "Below zero",
    "INCLUDED_VOLUME": "Included volume",
    "ROLLOVER": "Carried over",
    "TIERING": "Tier volume",
    "PRICING_PERIOD": "Price period",
    "EXCHANGE": "Exchange",
    "ALREADY_BILLED": "Billed before",
    "BASE": "Off",
    "IN_FORCE": "Days",
}


MOST_PLACES = 6


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the explanation. ``tint`` is the shade of its tier, empty for other rows.

    ``exact`` is what ``how`` and ``amount`` say with all their digits, where those are shortened.
    """

    label: str
    how: str
    amount: str
    tint: str = ""
    gap: str = ""
    exact: str = ""

    @property
    def readable(self) -> Step:
        """With fractions that do not end cut to what can be read."""
        how, amount = format.readable(self.how), format.readable(self.amount)
        if (how, amount) == (self.how, self.amount):
            return self
        exact = " = ".join(filter(None, [self.how, self.amount]))
        return replace(self, how=how, amount=amount, exact=exact)


def lined_up(steps: Iterable[Step], total: str) -> tuple[tuple[Step, ...], str]:
    """The steps, and the total, with the room that each lacks beside the one of most decimal places."""
    known = tuple(each.readable for each in steps)
    most = max(map(_places, [total, *(each.amount for each in known)]))
    if most > MOST_PLACES:  # the room would be wider than the figures
        return known, ""
    gaps = [figures.missing(_places(each.amount), most) if each.amount else "" for each in known]
    found = (replace(each, gap=gap) for each, gap in zip(known, gaps, strict=True))
    return tuple(found), figures.missing(_places(total), most)


def _places(amount: str) -> int:
    return len(amount.partition(".")[2].rstrip("…"))


def is_deducted(line: Json) -> bool:
    """Whether the line reduces the invoice."""
    return any(step["type"] == deductions.DEDUCTION for step in line["steps"])


def is_converted(line: Json) -> bool:
    """Whether the line turns usage into money: its parts tell which usage."""
    return any(sub["type"] == "USAGE_BASED_CONVERSION" for sub in line.get("sub_lines") or ())


def of(line: Json, charges: list[Json], currency: str) -> Iterator[Step]:
    """Rows before the charges, the charges, what changed their total, and rounding where it did anything.

    A row tells what it adds or takes away, so that what stands in the column adds up to the line.
    """
    steps = line["steps"]
    if is_deducted(line):
        steps = deductions.as_borne(steps)
        charges = [step for step in steps if step["type"] == "CHARGE"]
    counted = [step for step in steps if step["type"] != deductions.DEDUCTION]
    added = {
        (part["type"], part["description"]): part["amount"]
        for part in parts.of(counted, line_type=line["type"])
    }
    changed = [step for step in steps if step["type"] not in SILENT]
    at = next((number for number, step in enumerate(steps) if step["type"] == "TOTAL"), len(steps))
    early = [step for step in steps[:at] if step["type"] not in SILENT]
    yield from (_other(step, currency, added) for step in early)
    for number, charge in enumerate(charges):
        shade = tint(number, len(charges)) if len(charges) > 1 else ""
        yield _charge(charge, currency, shade, "Conversion" if is_converted(line) else "Charge")
    yield from (_other(step, currency, added) for step in changed if step not in early)
    for step in steps:
        if step["type"] == "ROUNDING" and Decimal(step["unrounded_amount"]) != Decimal(step["amount"]):
            how = step["description"].partition(":")[0]
            yield replace(_other(step, currency, added), how=how)


def _other(step: Json, currency: str, added: Mapping[tuple[str, str], str]) -> Step:
    label = STEPS.get(step["type"], word(step["type"]))
    amount = step.get("amount")
    quantity = amount.get("quantity") if isinstance(amount, Mapping) else amount
    if step["type"] in parts.REACHED:
        quantity = added.get((step["type"], step["description"]))
    shown = "" if quantity is None else format.unit_price(Decimal(quantity), currency)
    if step["type"] == "MARKUP":
        return Step(label, _markup(step), shown)
    if step["type"] in BESIDE:
        return Step(label, BESIDE[step["type"]](step, shown, currency), "")
    return Step(label, step["description"], shown)


def _markup(step: Json) -> str:
    """``5% added``, or the amount; what the charge then came to stands in the total."""
    added, _, reached = step["description"].partition(": ")
    if step["percentage"] is not None:
        return str(added)
    currency = reached.rpartition(" ")[2]
    return f"{format.unit_price(Decimal(step['added']), currency)} added"


def _base(step: Json, shown: str, currency: str) -> str:
    items = ", ".join(step.get("items") or ())
    return f"Charges of {shown}{' for ' if items else ''}{items}"


def _condition(step: Json, shown: str, currency: str) -> str:
    bound = format.unit_price(Decimal(step["value"]), currency)
    return f"If the charges are {COMPARED[step['comparator']]} {bound}: before any discount they are {shown}"


def _days(step: Json, shown: str, currency: str) -> str:
    zone = timezone.get_current_timezone()
    since = f"From {format.first(parse_instant(step['start_at']), zone)}"
    return f"{since} to {format.last(parse_instant(step['end_at']), zone)}" if step["end_at"] else since


# What a discount is of, when and why: they stand beside the amounts, not among them.
BESIDE: Mapping[str, Callable[[Json, str, str], str]] = {
    "BASE": _base,
    "CONDITION": _condition,
    "IN_FORCE": _days,
}


def _charge(charge: Json, currency: str, shade: str, name: str) -> Step:
    amount = charge["amount"]
    label = _band(charge["band"]) or name
    how = charge["description"].rpartition(": ")[2]
    price = charge["unit_price"]
    if price and charge["charge_type"] == "UNITS":
        unit = format.unit_price(Decimal(price), amount["currency"] or currency)
        how = f"{unit_words.bounded(charge) or format.number(Decimal(charge['quantity']))} × {unit}"
    elif price and charge["times"]:
        unit = format.unit_price(Decimal(price), amount["currency"] or currency)
        bound = unit_words.bounded(charge) if charge["charge_type"] == "BLOCKS" else ""
        how = f"{format.number(Decimal(charge['times']))} × {unit}{f', for {bound}' if bound else ''}"
    return Step(
        label, how, format.unit_price(Decimal(amount["quantity"]), amount["currency"] or currency), shade
    )


def _band(band: Json | None) -> str:
    """``First 1,000``, ``1,001 to 10,000``, ``10,001 and up``; ``Above …`` where bounds are not whole."""
    if band is None:
        return ""
    lower, top = _bound(band["tier_lower_bound"]), _bound(band["tier_top_bound"])
    if not lower:
        return "" if top is None else f"First {format.number(top)}"
    if lower != lower.to_integral_value() or (top is not None and top != top.to_integral_value()):
        return f"Above {format.number(lower)}" + (f" up to {format.number(top)}" if top is not None else "")
    first = format.number(lower + 1)
    return f"{first} and up" if top is None else f"{first} to {format.number(top)}"


def _bound(value: Json | None) -> Decimal | None:
    if value is None:
        return None
    return Decimal(value["amount"]["quantity"] if value.get("amount") else value["number"])
