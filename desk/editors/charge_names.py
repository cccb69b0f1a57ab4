"""What a charge to come is called on a page."""

from __future__ import annotations

from billing.calc.charge import Charge
from desk.editors.pricing import conditions


def name(charge: Charge) -> str:
    """The item, with what tells its lines apart: ``Egress, region is eu``, or the values of a split line."""
    said = [charge.item.description]
    if charge.is_usage and len(charge.item.rules) > 1:
        said.append(conditions.rated(charge.rule.config) or "all other usage")
    for split, value in zip(charge.rule.config.split, charge.values or (), strict=False):
        said.append(f"{split.meter_property} {value or 'not given'}")
    return ", ".join(said)
