"""Moving a record through its statuses: the effect in one sentence, then the verb."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from desk.components.facts import Fact
from desk.forms.base import DeskForm
from desk.screens.forms import FormScreen
from kit.errors import NotFound

Verbs = Mapping[str, tuple[str, str, str]]
"""By the verb in the path: the words of the button, what was done, what it means for the record."""


class MoveScreen(FormScreen):
    """Activate, deprecate, archive or delete a ``what``, as far as ``verbs`` knows it."""

    verbs: ClassVar[Verbs]
    what: ClassVar[str]
    has_calls = True
    row: Any

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs["verb"] in self.verbs:
            button, past, _ = self.verbs[kwargs["verb"]]
            self.title, self.verb = f"{button} this {self.what}?", f"{button} {self.what}"  # type: ignore[misc]
            self.message = f"{self.what.capitalize()} {past}"  # type: ignore[misc]
            self.verb_style = "solid-bad" if kwargs["verb"] == "delete" else "primary"  # type: ignore[misc]
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None) -> DeskForm:
        if self.kwargs["verb"] not in self.verbs:
            raise NotFound("There is no such action.")
        return DeskForm(data)

    def facts(self) -> list[Fact]:
        row = self.row
        return [Fact(self.what.capitalize(), row.name or row.reference), Fact("Reference", row.reference)]

    def consequences(self) -> list[tuple[str, str]]:
        return [("info", self.verbs[self.kwargs["verb"]][2])]
