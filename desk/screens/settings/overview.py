"""A settings page: what holds now, as facts in cards, and the one action that changes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from desk.components.actions import Action, offered
from desk.components.facts import Fact
from desk.screens.base import Screen


@dataclass(frozen=True, slots=True)
class Card:
    """``note`` says when it applies; ``columns`` and ``rows`` are a table under the facts.

    Columns named in ``figures`` are right aligned; ``actions`` change what the card says.
    """

    title: str
    facts: list[Fact] = field(default_factory=list)
    note: str = ""
    columns: tuple[str, ...] = ()
    rows: list[list[Any]] = field(default_factory=list)
    figures: tuple[str, ...] = ()
    actions: list[Action] = field(default_factory=list)

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """(column, whether it is right aligned)."""
        return [(name, name in self.figures or not name) for name in self.columns]

    @property
    def lines(self) -> list[list[tuple[Any, bool]]]:
        """The rows, each cell with the alignment of its column."""
        ends = [end for _, end in self.heads]
        return [list(zip(row, ends, strict=True)) for row in self.rows]


class SettingsPage(Screen):
    """``cards()`` and ``actions()`` of a settings page."""

    template = "desk/settings/overview.html"
    description: ClassVar[str] = ""

    def cards(self) -> list[Card]:
        """What holds now."""
        return []

    def actions(self) -> list[Action]:
        return []

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(
            cards=self.cards(),
            actions=offered(self.actions(), self.operator),
            description=self.description,
        )
