"""An example body for a schema, from its own examples, enumerations, formats and types."""

from __future__ import annotations

from typing import Any

BY_FORMAT = {
    "date-time": "2026-04-01T00:00:00Z",
    "decimal": "42.5",
    "email": "ap@client.example",
    "uri": "https://client.example/hook",
}
BY_TYPE: dict[str, Any] = {"string": "text", "integer": 1, "number": 1, "boolean": True}
MAX_DEPTH = 6


def example_of(schema: dict[str, Any], components: dict[str, Any], depth: int = 0) -> Any:
    """A value that the schema admits; null where nesting grows too deep."""
    if "$ref" in schema:
        return example_of(components[schema["$ref"].rsplit("/", 1)[-1]], components, depth)
    if "example" in schema:
        return schema["example"]
    if "enum" in schema:
        return next((word for word in schema["enum"] if word), None)
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return example_of(schema[several][0], components, depth)
    return _by_type(schema, components, depth)


def _by_type(schema: dict[str, Any], components: dict[str, Any], depth: int) -> Any:
    kind = schema.get("type", "null")
    if isinstance(kind, list):
        kind = "null" if "null" in kind and len(kind) > 2 else kind[0]
    if kind == "array":
        return [example_of(schema["items"], components, depth + 1)] if depth < MAX_DEPTH else []
    if kind == "object":
        if depth >= MAX_DEPTH:
            return {}
        properties = schema.get("properties", {})
        shown = {name: each for name, each in properties.items() if "x-server-set" not in each}
        return {name: example_of(each, components, depth + 1) for name, each in shown.items()}
    if kind == "string" and schema.get("format") in BY_FORMAT:
        return BY_FORMAT[schema["format"]]
    return BY_TYPE.get(kind)
