"""How a resource looks to the outside. The apps above register it; the outbox only asks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder


class Subject(Protocol):
    """What something can happen to: a resource of a platform, or an event of metering."""

    @property
    def object_type(self) -> str: ...

    @property
    def public_id(self) -> str: ...

    @property
    def shapes_matching(self) -> bool: ...


Renderer = Callable[[Any], dict[str, Any]]
_renderers: dict[str, Renderer] = {}
_loaded: dict[str, Renderer] = {}


def register(object_type: str, renderer: Renderer, *, loaded: Renderer | None = None) -> None:
    """Let ``renderer(instance)`` give the API's representation of ``object_type``.

    ``loaded`` gives it of an instance that was read with everything its representation shows.
    """
    _renderers[object_type] = renderer
    _loaded[object_type] = loaded or renderer


def render(instance: Subject) -> dict[str, Any]:
    """Plain JSON data of the instance, as the API shows it."""
    return _plain(_renderers[instance.object_type](instance))


def render_loaded(instance: Subject) -> dict[str, Any]:
    """The same of an instance as it stands in memory, read with everything that is shown: no query."""
    return _plain(_loaded[instance.object_type](instance))


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(data, cls=DjangoJSONEncoder))
    return plain


def object_types() -> frozenset[str]:
    """Every kind of resource that can be rendered, and so can be the subject of an event."""
    return frozenset(_renderers)
