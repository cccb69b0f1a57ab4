"""A rule with another price: what else it says (conditions, volume group, split, reset) stays."""

from __future__ import annotations

from typing import Any

from desk.editors.pricing import bundles

Node = dict[str, Any]
OWN = ("pricing_type", "bands", "default_included_volume", "billing_in_advance", "on_demand")


def repriced(rule: Node, config: Node) -> Node:
    """The rule with the price of ``config``; what else it says stays."""
    kept = {name: value for name, value in rule.items() if name not in OWN}
    included = config.get("default_included_volume")
    reset = (rule.get("default_included_volume") or {}).get("reset_type")
    if included and reset:
        config = {**config, "default_included_volume": {**included, "reset_type": reset}}
    found = {**kept, **bundles.goes_on(rule, config)}
    if not found["pricing_type"].endswith(bundles.TOP_UP):
        found.pop("top_up", None)
    return found
