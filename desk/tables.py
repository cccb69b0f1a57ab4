"""A list as data: columns, filters, search, sort, bulk actions. All of its state is in the query string."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from desk.components.badges import word
from desk.components.columns import Amount, Amounts, Code, Column, Custom, Day, Figure, Moment, Phrase, Status
from desk.components.filters import Choice, Contains, Days, Filter, statuses
from kit.money import Money

if TYPE_CHECKING:
    from desk.components.curl import Call
    from desk.forms.base import DeskForm
    from desk.operators import Operator


def _takes(row: Any) -> str:
    return ""


def unless(*statuses: str) -> Callable[[Any], str]:
    """``Bulk.refuses`` for an action on rows of these statuses: the others are left alone."""
    return lambda row: "" if row.status in statuses else f"already {word(row.status).lower()}"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row: done, or the ``problem``; ``left`` when nothing was tried.

    ``key`` is how the row is chosen again, to retry what failed.
    """

    name: str
    href: str
    problem: str = ""
    left: str = ""
    key: str = ""


class Question(Protocol):
    """What a bulk action has to know before it begins; it then takes all rows together."""

    verb: str

    def form(self, operator: Operator, rows: Sequence[Any], data: Any = None) -> DeskForm:
        """The question about these rows."""
        ...

    def begin(self, operator: Operator, rows: Sequence[Any], form: Any) -> list[Result]:
        """Act on a valid answer. One result alone that is done is the page to go on to."""
        ...

    def calls(self, operator: Operator, rows: Sequence[Any], form: Any) -> list[Call]:
        """The API requests that stand for it."""
        ...


def _left_alone(**_: Any) -> None:
    """The ``run`` of an action that takes its rows together."""


def _no_calls(rows: Sequence[Any]) -> list[Call]:
    """The ``calls`` of an action whose question has them."""
    return []


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """An action on selected rows. ``run(ctx=, instance=)`` is a service call; ``says`` explains it.

    ``refuses(row)`` says why a row is left alone ("already final"), or nothing. ``money(row)`` is summed per
    currency before it is confirmed. Each row is its own transaction and its own result; what
    ``services.undo`` can take back is offered with the results. ``calls(rows)`` are the API requests that do
    the same to the rows it takes. With a ``question`` there is neither ``run`` nor ``calls``: it has its own.
    """

    name: str
    label: str
    permission: str
    run: Callable[..., Any] = _left_alone
    calls: Callable[[Sequence[Any]], list[Call]] = _no_calls
    question: Question | None = None
    says: str = ""
    style: str = ""
    refuses: Callable[[Any], str] = _takes
    money: Callable[[Any], Money | None] | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """``key`` names the list in saved views; ``default`` is the sort, ``-name`` for descending.

    ``presets`` are the views that everybody has: (label, query string).
    """

    key: str
    one: str
    many: str
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    search: Sequence[str] = ()
    default: str = ""
    tiebreak: str = "pk"
    bulk: Sequence[Bulk] = ()
    presets: Sequence[tuple[str, str]] = ()


__all__ = [
    "Amount",
    "Amounts",
    "Bulk",
    "Choice",
    "Code",
    "Column",
    "Contains",
    "Custom",
    "Day",
    "Days",
    "Figure",
    "Filter",
    "Moment",
    "Phrase",
    "Question",
    "Result",
    "Status",
    "Table",
    "statuses",
    "unless",
]
