"""What of a list screen its bulk actions, its export and its saved views work with."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from django.db.models import QuerySet

from desk.screens.base import Screen
from desk.tables import Table


class Listed(Screen):
    """Rows with a ``table``, where each leads and what it is called."""

    table: ClassVar[Table]

    @abstractmethod
    def rows(self) -> QuerySet[Any]:
        """The platform's rows with what the columns read (no query per row)."""

    def href(self, row: Any) -> str:
        """The page of a row; empty when there is only a drawer."""
        return ""

    def key(self, row: Any) -> str:
        return str(row.public_id)

    def row_name(self, row: Any) -> str:
        """What a row is called where its cells are not shown: in bulk results, to a screen reader."""
        return str(getattr(row, "name", None) or row)

    def decorated(self, rows: list[Any]) -> list[Any]:
        """The page's rows with whatever a second query for all of them adds."""
        return rows
