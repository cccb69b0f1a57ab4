"""What a charge to come is called on a page."""

from __future__ import annotations

from billing.calc.charge import Charge
from desk.editors.pricing import conditions


def name(charge: Charge) -> str:
    """The item, with what tells its lines apart: ``Egress, region is eu``, the values of a split line, or the
    invoice that billed the period before.
    """
    said = [charge.item.description]
    if charge.is_usage and len(charge.item.rules) > 1:
        said.append(conditions.rated(charge.rule.config) or "all other usage")
    for split, value in zip(charge.rule.config.split, charge.values or (), strict=False):
        said.append(f"{split.meter_property} {value or 'not given'}")
    if charge.late:
        said.append(f"{'late usage of' if charge.is_usage else 'change to'} {charge.late.invoice_number}")
    return ", ".join(said)
