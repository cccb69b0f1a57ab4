"""Bundles (TOP_UP prices) in the editor: shown as the price model that they are bundles of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TOP_UP = "_TOP_UP"
KEPT = {"LOST": "sold in bundles", "KEPT": "sold in bundles, what is left is kept"}


def base_of(body: Mapping[str, Any]) -> str:
    """The price model without the bundles."""
    return str(body["pricing_type"]).removesuffix(TOP_UP)


def is_sold(body: Mapping[str, Any]) -> bool:
    """Whether the price is one of bundles."""
    return str(body["pricing_type"]).endswith(TOP_UP)


def can_be_sold(body: Mapping[str, Any]) -> bool:
    """Whether the price says what one bundle is: a block in each band, or the band itself."""
    if base_of(body) == "STAIR_STEP":
        return True
    sizes = [
        band.get("block_size") and band.get("block_rounding") != "NONE" for band in body.get("bands") or ()
    ]
    return base_of(body) in ("FLAT", "TIERED") and bool(sizes) and all(sizes)


def goes_on(rule: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    """``config``, in bundles where ``rule`` had them and its price still says what one is."""
    kept = is_sold(rule) and base_of(rule) == base_of(config) and can_be_sold(config)
    return {**config, "pricing_type": base_of(config) + TOP_UP} if kept else dict(config)
