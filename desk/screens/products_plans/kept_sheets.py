"""Prices that cannot be stored yet, remembered per rule for this browser: leaving loses nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase

from desk.editors.pricing import stored_sheet
from desk.editors.pricing.sheet import Sheet
from kit.errors import TallydeskError

KEPT = "unsaved_prices"


class TakenOut(TallydeskError):
    """The item that is priced is no longer in the version."""

    code = "RESOURCE_CHANGED"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            "Someone else took this item out of the version while you had it open. What you typed is kept: "
            "add the item in step 3 again, and it is there."
        )


@dataclass(frozen=True, slots=True)
class KeptSheets:
    """Those of one item of a version; ``rule`` counts its rules from one, zero before it has any."""

    session: SessionBase
    version: str
    item: str

    def keep(self, rule: int, sheet: Sheet) -> None:
        self.session[KEPT] = {**self.session.get(KEPT, {}), self._place(rule): stored_sheet.packed(sheet)}

    def forget(self, rule: int) -> None:
        kept = dict(self.session.get(KEPT, {}))
        if kept.pop(self._place(rule), None):
            self.session[KEPT] = kept

    def of(self, rule: int) -> Sheet | None:
        found = self.session.get(KEPT, {}).get(self._place(rule))
        return stored_sheet.unpacked(found) if found else None

    def _place(self, rule: int) -> str:
        return f"{self.version}/{self.item}/{rule}"


def places(session: SessionBase, version: str) -> list[tuple[str, int]]:
    """(item, rule) of every price of the version that waits in this browser."""
    found = [place.split("/") for place in session.get(KEPT, {}) if place.startswith(f"{version}/")]
    return [(item, int(rule)) for _, item, rule in found]
