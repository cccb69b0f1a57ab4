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


def register(object_type: str, renderer: Renderer) -> None:
    """Let ``renderer(instance)`` give the API's representation of ``object_type``."""
    _renderers[object_type] = renderer


def render(instance: Subject) -> dict[str, Any]:
    """Plain JSON data of the instance, as the API shows it."""
    data = _renderers[instance.object_type](instance)
    plain: dict[str, Any] = json.loads(json.dumps(data, cls=DjangoJSONEncoder))
    return plain


def object_types() -> frozenset[str]:
    """Every kind of resource that can be rendered, and so can be the subject of an event."""
    return frozenset(_renderers)
