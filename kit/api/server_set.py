"""A request may carry the whole resource, as a client that sends back what it read does.

What only the server sets is then accepted and ignored; the document says so instead of hiding it.
"""

from __future__ import annotations

from typing import Any

SERVER_SET = {
    "type": ["object", "array", "string", "number", "boolean", "null"],
    "description": "Set by the server: accepted in a request, and ignored.",
    "x-server-set": True,
}


def declare(components: dict[str, Any]) -> None:
    """Give each ``XRequest`` and ``PatchedXRequest`` the properties that only ``X`` has."""
    for name, schema in list(components.items()):
        for request in (f"{name}Request", f"Patched{name}Request"):
            taken = components.get(request, {}).get("properties")
            if taken is not None:
                missing = schema.get("properties", {}).keys() - taken.keys()
                taken.update({field: dict(SERVER_SET) for field in sorted(missing)})
