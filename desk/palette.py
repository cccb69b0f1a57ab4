"""Search or jump: what can be found, registered by the screens that show it.

    palette.register(Named("Products", "tag", "PRODUCT.VIEW", products_like, "product", order=("name", "pk")))

All kinds that are ``Named`` are asked for with one statement. Of any other ``Kind``, ``find(operator, text)``
gives Hits, best first. Eight are shown per kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, IntegerField, QuerySet, TextField, Value, Window
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, NullIf, RowNumber
from django.urls import reverse

from desk import navigation
from desk.navigation import FOOT, MENU, SETTINGS, TABS, Item
from desk.operators import Operator

PER_KIND = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """A result: where it leads, its name, a quiet second text."""

    label: str
    url: str
    note: str = ""
    icon: str = ""  # that of its kind


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record or action."""

    label: str
    icon: str
    permission: str
    find: Callable[[Operator, str], list[Hit]]


@dataclass(frozen=True, slots=True)
class Named:
    """One kind of record that its columns name; ``rows(operator, text)`` are those that match.

    ``url`` leads to the record of a public id: a function, or the name of its page. ``name`` and ``note``
    are what a row shows.
    """

    label: str
    icon: str
    permission: str
    rows: Callable[[Operator, str], QuerySet[Any]]
    url: Callable[[str], str] | str
    order: tuple[str, ...]
    name: str | Combinable = "name"
    note: str | Combinable = "reference"
    most: int = PER_KIND

    def address(self, public_id: str) -> str:
        if callable(self.url):
            return self.url(public_id)
        return reverse(f"desk:{self.url}", args=[public_id])


def first_of(*names: str) -> Combinable:
    """The first of these columns that is filled."""
    return Coalesce(*(NullIf(F(name), Value("")) for name in names), Value(""))


@dataclass(frozen=True, slots=True)
class Jump:
    """An action that can be started from anywhere, such as ``New meter`` at ``desk:meter-new``."""

    label: str
    name: str
    permission: str = ""


_kinds: list[Kind | Named] = []
_jumps: list[Jump] = []


def register(*things: Kind | Named | Jump) -> None:
    """Make a kind of record or an action findable (from the screens' module, at import)."""
    for thing in things:
        if isinstance(thing, Jump):
            _jumps.append(thing)
        else:
            _kinds.append(thing)


def search(operator: Operator, text: str) -> list[tuple[str, list[Hit]]]:
    """(heading, hits) of records, pages and actions that match. ``>`` asks for actions only."""
    only_actions = text.startswith(">")
    wanted = text.removeprefix(">").strip()
    groups = [("Actions", _actions(operator, wanted))]
    if not only_actions:
        records = _records(operator, wanted) if wanted else []
        groups = [*records, ("Pages", _pages(operator, wanted)), *groups]
    return [(label, hits[:PER_KIND]) for label, hits in groups if hits]


def _records(operator: Operator, text: str) -> list[tuple[str, list[Hit]]]:
    kinds = [kind for kind in _kinds if operator.can(kind.permission)]
    named = _named([kind for kind in kinds if isinstance(kind, Named)], operator, text)
    return [
        (kind.label, named[kind.label] if isinstance(kind, Named) else _found(kind, operator, text))
        for kind in kinds
    ]


def _found(kind: Kind, operator: Operator, text: str) -> list[Hit]:
    return [replace(hit, icon=hit.icon or kind.icon) for hit in kind.find(operator, text)]


def _named(kinds: Sequence[Named], operator: Operator, text: str) -> dict[str, list[Hit]]:
    """Label -> hits, with one statement for all of these kinds."""
    found: dict[str, list[Hit]] = defaultdict(list)
    if not kinds:
        return found
    first, *others = [_columns(number, kind, operator, text) for number, kind in enumerate(kinds)]
    for number, _, public_id, name, note in sorted(first.union(*others, all=True)):
        kind = kinds[number]
        found[kind.label].append(Hit(name, kind.address(public_id), note, kind.icon))
    return found


def _columns(number: int, kind: Named, operator: Operator, text: str) -> QuerySet[Any, Any]:
    """(which kind, which place, public id, name, note) of the first that match."""
    rows = kind.rows(operator, text).annotate(
        hit_kind=Cast(Value(number), IntegerField()),
        hit_place=Window(RowNumber(), order_by=list(kind.order)),
        hit_name=Cast(kind.name, TextField()),
        hit_note=Coalesce(kind.note, Value(""), output_field=TextField()),
    )
    columns = rows.values_list("hit_kind", "hit_place", "public_id", "hit_name", "hit_note")
    first: QuerySet[Any, Any] = columns.order_by("hit_place")[: kind.most]
    return first


def _pages(operator: Operator, text: str) -> list[Hit]:
    items = [
        *_flat(navigation.visible(MENU, operator.can)),
        *_flat(navigation.visible(TABS, operator.can)),
        *_flat(navigation.visible(FOOT, operator.can)),
        *(("Settings", item) for item in navigation.visible(SETTINGS, operator.can)),
    ]
    return [
        Hit(item.label, item.url, folder, item.icon or "right")
        for folder, item in items
        if text.lower() in f"{folder} {item.label}".lower()
    ]


def _flat(items: list[Item]) -> Iterator[tuple[str, Item]]:
    for item in items:
        if item.children:
            yield from ((item.label, child) for child in item.children)
        else:
            yield "", item


def _actions(operator: Operator, text: str) -> list[Hit]:
    return [
        Hit(jump.label, url, "Action", "plus")
        for jump in _jumps
        if text.lower() in jump.label.lower()
        and operator.can(jump.permission)
        and (url := navigation.address(jump.name))
    ]
