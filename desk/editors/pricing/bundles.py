"""Bundles (TOP_UP prices) in the editor: shown as the price model that they are bundles of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TOP_UP = "_TOP_UP"
KEPT = {"LOST": "sold in bundles", "KEPT": "sold in bundles, what is left is kept"}
OF_UNITS = ("minimum_number", "maximum_number")
OF_BLOCKS = ("block_size", "block_rounding")


def base_of(body: Mapping[str, Any]) -> str:
    """The price model without the bundles."""
    return str(body["pricing_type"]).removesuffix(TOP_UP)


def can_be_sold(body: Mapping[str, Any]) -> bool:
    """Whether the price says what one bundle is: a block in each band, or the band itself."""
    if base_of(body) == "STAIR_STEP":
        return True
    sizes = [
        band.get("block_size") and band.get("block_rounding") != "NONE" for band in body.get("bands") or ()
    ]
    return base_of(body) in ("FLAT", "TIERED") and bool(sizes) and all(sizes)


def goes_on(rule: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    """``config`` with what the sheet cannot show of the bands of ``rule``, and bundles where it had them."""
    if not rule.get("bands") or base_of(rule) != base_of(config):
        return dict(config)
    names = OF_UNITS + (OF_BLOCKS if base_of(config) in ("TIERED", "TOP_TIERED") else ())
    old = rule["bands"]
    bands = [
        {**{name: was[name] for name in names if was.get(name) is not None}, **band}
        for band, was in zip(config["bands"], [*old, *old[-1:] * len(config["bands"])], strict=False)
    ]
    found = {**config, "bands": bands}
    if str(rule["pricing_type"]).endswith(TOP_UP) and can_be_sold(found):
        found["pricing_type"] = base_of(config) + TOP_UP
    return found
