"""From the API's bodies to the catalog's document: references for ids, nothing that goes without saying."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Doubled names, what the server sets, and what stands elsewhere in the document.
LEFT_OUT = frozenset(
    {
        "id",
        "object_type",
        "copied_from_pricing_plan_version_id",
        "created_at",
        "details",
        "feature_reference",
        "number_of_redemptions",
        "object",
        "overwrite",
        "pricing_group_id",
        "pricing_plan_version_id",
        "pricing_plan_version_infos",
        "updated_at",
    }
)
DEFAULTS = {
    "amount_type": "EXCLUDING_TAX",
    "product_type": "DEFAULT",
    "selection_constraint": "ANY",
    "variant": "DEFAULT",
}
# A value that says something even when it is empty or false.
SPOKEN = frozenset({"pricing_currencies", "switch"})


def tidied(value: Any, references: Mapping[str, str], name: str = "") -> Any:
    """``value`` with references in the place of ids and without nulls, defaults and doubled names."""
    if isinstance(value, Mapping):
        return _object(value, references)
    if isinstance(value, list):
        return [tidied(each, references, name) for each in value]
    return references.get(value, value) if isinstance(value, str) else value


def _object(given: Mapping[str, Any], references: Mapping[str, str]) -> dict[str, Any]:
    value = dict(given)
    if "pricing_type" in value:
        value.pop("type", None)
    if value.get("usage_based"):
        value.pop("meter_value_calculation_id", None)
        value.pop("report_meter_value_calculation_ids", None)
    if isinstance(value.get("meter_property"), Mapping) and "comparator" in value:
        value.pop("meter_property")
    if value.get("id") in references and not value.get("reference"):
        value["reference"] = references[value["id"]]
    found = {name: tidied(each, references, name) for name, each in value.items() if name not in LEFT_OUT}
    return {name: each for name, each in found.items() if _says(name, each)}


def _says(name: str, value: Any) -> bool:
    if name in SPOKEN:
        return value is not None
    # Zero says something, and equals False.
    silent = value is None or value is False or value in ("", [], {})
    return not silent and DEFAULTS.get(name) != value
