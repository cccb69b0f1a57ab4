"""One rule on its way into the database: judged by ``rating.config``, its doubled names made one."""

from __future__ import annotations

from typing import Any

from catalog.rating.parsing import config as rating_config
from catalog.rating.types import Config
from catalog.services.tree_links import Links, property_entries, property_key
from catalog.services.tree_walk import Node
from kit.errors import InvalidField

MIRRORED = ("billing_period", "pricing_period", "bands")
NOT_STORED = ("id", "object_type", "type", "details")


def normalized(node: Node, *, links: Links, path: str) -> tuple[dict[str, Any], Config, list[Any]]:
    """(the body to store, the parsed config, the meter properties that it names).

    The body has ``pricing_type`` alone of the doubled names, and id, reference and type of each property.
    Raises InvalidField or MissingField with the whole path.
    """
    named = []
    for at, entry in property_entries(node, path):
        row = links.properties[property_key(entry, at)]
        named.append(row)
        known = {"id": row.public_id, "reference": row.reference}
        # Its type tells whoever parses the stored rule that values are compared as numbers.
        entry |= {**known, "meter_property": {**known, "type": row.type}}
    parsed = rating_config.parse(node, path=path)
    body = {name: value for name, value in node.items() if name not in NOT_STORED}
    body |= {"pricing_type": parsed.pricing_type.value, **_mirrored(node, path)}
    return body, parsed, list(dict.fromkeys(named))


def _mirrored(node: Node, path: str) -> dict[str, Any]:
    """What may stand in ``details`` instead; the same thing said differently twice is refused."""
    details = node.get("details") or {}
    found = {}
    for name in MIRRORED:
        given = [value for value in (node.get(name), details.get(name)) if value is not None]
        if len(given) == 2 and given[0] != given[1]:
            raise InvalidField(f"contradicts {name}", field=f"{path}.details.{name}")
        if given:
            found[name] = given[0]
    return found
