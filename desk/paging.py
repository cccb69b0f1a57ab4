"""Which page of some rows a query string asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

SIZES = (25, 50, 100)
DEFAULT_SIZE = 50


class Paged:
    """What the query string says about a page of rows, and the links to the others."""

    query: QueryDict

    @property
    def page(self) -> int:
        return max(1, _whole(self.query.get("page"), 1))

    @property
    def size(self) -> int:
        size = _whole(self.query.get("size"), DEFAULT_SIZE)
        return size if size in SIZES else DEFAULT_SIZE

    @property
    def sizes(self) -> list[tuple[int, str]]:
        return [(size, self.link(size=size)) for size in SIZES]

    @property
    def previous(self) -> str:
        return self.link(page=self.page - 1)

    @property
    def next(self) -> str:
        return self.link(page=self.page + 1)

    def link(self, **values: str | int) -> str:
        """This list's link with some parameters replaced, from its first page unless ``page`` is given."""
        changed = self.query.copy()
        changed.pop("page", None)
        for name, value in values.items():
            changed[name] = str(value)
        return f"?{changed.urlencode()}"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows, counted from one; ``has_more`` than ``total`` there are."""

    rows: list[Any]
    total: int
    number: int
    size: int
    has_more: bool = False

    @property
    def first(self) -> int:
        return min(self.total, (self.number - 1) * self.size + 1)

    @property
    def last(self) -> int:
        return min(self.total, self.number * self.size)

    @property
    def has_next(self) -> bool:
        return self.last < self.total


@dataclass
class Slices(Paged):
    """The pages of rows that are known already, because their sums are told with each of them."""

    query: QueryDict

    def page_of(self, rows: Sequence[Any]) -> Page:
        """The page that is asked for; beyond the end, the last one."""
        number = min(self.page, max(1, -(-len(rows) // self.size)))
        start = (number - 1) * self.size
        return Page(list(rows[start : start + self.size]), len(rows), number, self.size)


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else default
