"""The buttons of the sheet by their last word in the path."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from desk.editors.pricing import paste, tiers
from desk.editors.pricing.sheet import BANDED, Sheet


def acted(verb: str, sheet: Sheet, post: Any) -> tuple[Sheet, str]:
    """The sheet after the button, and the id of the input to go on in."""
    index = _whole(post.get("at"))
    if verb == "add":
        return tiers.add(sheet, index if "at" in post else len(sheet.tiers) - 1)
    if verb == "remove":
        return tiers.remove(sheet, index)
    if verb == "set":
        row, _, value = (post.get("at") or "").partition(":")
        return tiers.set_bound(sheet, _whole(row), value)
    if verb == "open":
        return tiers.set_bound(sheet, index, "")
    if verb == "free":
        return tiers.free_first(sheet)
    if verb in ("replace", "append"):
        return pasted(sheet, post.get("pasted", ""), appending=verb == "append")
    if verb in ("more", "less"):
        return replace(sheet, more=verb == "more"), "tier_size-1" if sheet.model in BANDED else "fee"
    if verb == "model":
        return sheet.with_model(post.get("more") or sheet.model), ""
    return sheet, ""


def pasted(sheet: Sheet, text: str, *, appending: bool) -> tuple[Sheet, str]:
    """Rows from a spreadsheet instead of, or above the open end of, those there are."""
    rows = paste.read(text).rows
    if not rows:
        return sheet, "pasted"
    if appending:
        rows = (*(row for row in sheet.tiers if row.up_to), *rows)
    return Sheet(**{**sheet.__dict__, "rows": rows}), "up_to-1"


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else 0
