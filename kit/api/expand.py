"""``expand[]=customer_id`` fills ``customer`` beside it; paths may nest, ``ALL`` expands the first level.

In a list of ``{id, object}``, such as a meter's ``meter_values``, it fills each ``object``.

Each app registers who can fill a field (``register``) when it is ready; one query per path step
loads all objects of an answer, however many rows it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.http import QueryDict

from kit.errors import InvalidField

Row = dict[str, Any]
Loader = Callable[[Any, set[str]], dict[str, Row]]

_loaders: dict[str, Loader] = {}
_links: dict[str, Loader] = {}
MAX_PATHS = 50


def register(field: str, loader: Loader) -> None:
    """Let ``loader(platform, public_ids) -> {public_id: object}`` fill the twin of ``field``."""
    _loaders[field] = loader


def register_links(name: str, loader: Loader) -> None:
    """Let ``loader`` fill the ``object`` of each ``{id, object}`` in the list ``name``."""
    _links[name] = loader


def twin(field: str) -> str:
    """The sibling that holds the object: ``customer_id`` -> ``customer``, ``product_ids`` -> ``products``."""
    if not field.endswith("_ids"):
        return field[:-3]
    one = field[:-4]
    return f"{one[:-1]}ies" if one.endswith("y") else f"{one}s"


def apply(data: Any, query: QueryDict, platform: Any) -> None:
    """Expand ``data`` (an object or a list of objects) in place as the query's ``expand[]`` asks."""
    paths = query.getlist("expand[]")
    if len(paths) > MAX_PATHS:
        raise InvalidField(
            f"value holds too many items ({len(paths)}, maximum allowed: {MAX_PATHS})", field="expand[]"
        )
    rows = data if isinstance(data, list) else [data]
    if "ALL" in paths:
        paths = sorted(
            key for key in {key for row in rows for key in row} if key in _loaders or key in _links
        )
    for path in paths:
        _expand(rows, path.split("."), platform, path)


def _expand(rows: list[Row], steps: list[str], platform: Any, path: str) -> None:
    """Walk ``steps`` from ``rows``, loading what a step names by id and descending into what it holds."""
    name, rest = steps[0], steps[1:]
    if name in _links:
        _expand_links(rows, name, rest, platform, path)
        return
    field = _id_field(name)
    if field is None and not rest:
        raise InvalidField(f"{path} cannot be expanded", field="expand[]")
    holder = twin(field) if field else name
    if field:
        _fill([row for row in rows if row.get(holder) is None], field, platform)
    if rest:
        below = list(_objects(row.get(holder) for row in rows))
        if below:
            _expand(below, rest, platform, path)


def _expand_links(rows: list[Row], name: str, rest: list[str], platform: Any, path: str) -> None:
    """As ``_expand``, of the list ``name``; a step ``id`` or ``object`` names what is filled anyway."""
    links = [link for link in _objects(row.get(name) for row in rows) if "object" in link]
    wanted = {link["id"] for link in links if link["object"] is None}
    objects = _links[name](platform, wanted) if wanted else {}
    for link in links:
        link["object"] = link["object"] or objects.get(link["id"])
    below = [link["object"] for link in links if link["object"]]
    rest = rest[1:] if rest[:1] in (["id"], ["object"]) else rest
    if rest and below:
        _expand(below, rest, platform, path)


def _id_field(name: str) -> str | None:
    """The registered id field that ``name`` means: itself, or the twin it is called by."""
    one = f"{name[:-3]}y" if name.endswith("ies") else name[:-1]
    candidates = [name, f"{name}_id", f"{one}_ids" if name.endswith("s") else ""]
    return next((candidate for candidate in candidates if candidate in _loaders), None)


def _fill(rows: list[Row], field: str, platform: Any) -> None:
    wanted = {key for row in rows for key in _keys(row.get(field))}
    if not wanted:
        return
    objects = _loaders[field](platform, wanted)
    for row in rows:
        value = row.get(field)
        if isinstance(value, list):
            row[twin(field)] = [objects[key] for key in value if key in objects]
        elif value is not None:
            row[twin(field)] = objects.get(value)


def _keys(value: Any) -> list[str]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _objects(values: Iterable[Any]) -> Iterator[Row]:
    for value in values:
        if isinstance(value, dict):
            yield value
        elif isinstance(value, list):
            yield from (item for item in value if isinstance(item, dict))
