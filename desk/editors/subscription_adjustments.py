"""The discounts and markups of a subscription, as its editor asks for them: each of every phase or of one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from billing.selectors.item_terms import ItemTerms
from desk.editors.subscription_adjustment_kinds import KINDS
from desk.editors.subscription_adjustment_list import Adjustments
from desk.forms.base import DeskForm


class AdjustedForm(DeskForm):
    """Rows ``discounts_<n>_value`` and so on, which ``discounts`` counts; markups alike."""

    discounts = forms.CharField(label="Discounts", required=False, widget=forms.HiddenInput)
    markups = forms.CharField(label="Markups", required=False, widget=forms.HiddenInput)

    @property
    def zone(self) -> ZoneInfo:
        """Whose midnight begins the days."""
        return ZoneInfo("UTC")

    @cached_property
    def adjustments(self) -> tuple[Adjustments, ...]:
        """A list of each kind."""
        return tuple(Adjustments(self, kind) for kind in KINDS)

    def ask_adjustments(self, phases: int) -> None:
        """Ask for as many as were sent or are stored, of which each is of one of so many phases."""
        for several in self.adjustments:
            several.ask(phases)

    def offer_targets(self, items: Sequence[ItemTerms]) -> None:
        """Let each be of one of these; what a stored one is of stays until it is chosen anew."""
        for several in self.adjustments:
            several.offer_targets(items)

    @property
    def adjustments_said(self) -> Iterable[int]:
        """The rows of all lists that have a number, valid or not."""
        return [index for several in self.adjustments for index in several.said]

    @property
    def blank_adjustments(self) -> frozenset[str]:
        """The fields of the others, which say nothing."""
        return frozenset().union(*(several.blank for several in self.adjustments))

    @property
    def names_once_stored(self) -> Mapping[str, str]:
        """field -> what the same one of its row is called once the rows were stored."""
        return {
            name: then for several in self.adjustments for name, then in several.names_once_stored.items()
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for several in self.adjustments:
            several.check(values)
        return values

    def field_of(self, path: str) -> str | None:
        """Also for ``phases.<n>.discount.<level>.<m>``: the row of the m-th of that level of the phase."""
        found = re.match(r"phases\.(\d+)\.(\w+)\.(\w+)\.(\d+)", path)
        for several in self.adjustments if found else ():
            if found and found[2] == several.kind.column:
                return several.field_of(int(found[1]), found[3], int(found[4]))
        return super().field_of(path)
