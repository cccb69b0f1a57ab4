"""Search or jump: what can be found, registered by the screens that show it.

    palette.register(Kind("Customers", "people", "CUSTOMER.VIEW", find=customers_like))

``find(operator, text)`` gives Hits, best first; eight are shown per kind. ``prefixes`` lets a pasted
public id jump straight to its page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

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
class Jump:
    """An action that can be started from anywhere, such as ``New meter`` at ``desk:meter-new``."""

    label: str
    name: str
    permission: str = ""


_kinds: list[Kind] = []
_jumps: list[Jump] = []


def register(*things: Kind | Jump) -> None:
    """Make a kind of record or an action findable (from the screens' module, at import)."""
    for thing in things:
        if isinstance(thing, Kind):
            _kinds.append(thing)
        else:
            _jumps.append(thing)


def search(operator: Operator, text: str) -> list[tuple[str, list[Hit]]]:
    """(heading, hits) of records, pages and actions that match. ``>`` asks for actions only."""
    only_actions = text.startswith(">")
    wanted = text.removeprefix(">").strip()
    groups = [("Actions", _actions(operator, wanted))]
    if not only_actions:
        records = [(kind.label, _found(kind, operator, wanted)) for kind in _kinds] if wanted else []
        groups = [*records, ("Pages", _pages(operator, wanted)), *groups]
    return [(label, hits[:PER_KIND]) for label, hits in groups if hits]


def _found(kind: Kind, operator: Operator, text: str) -> list[Hit]:
    hits = kind.find(operator, text) if operator.can(kind.permission) else []
    return [replace(hit, icon=hit.icon or kind.icon) for hit in hits]


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
