"""A platform's catalog as one document: the same text for the same catalog, on any platform."""

from __future__ import annotations

from typing import Any

from accounts.models import Platform
from catalog.api.as_code.kinds import Key, kinds
from catalog.api.as_code.tidy import tidied

FORMAT = 1
Document = dict[str, Any]


def document(platform: Platform) -> Document:
    """``{format, meter_values: [..], .., pricing_plan_versions: [..]}``, each list by reference.

    A fixed number of queries, however large the catalog.
    """
    shown = {
        kind.name: kind.serializer(kind.rows(platform), many=True, context={"platform": platform}).data
        for kind in kinds()
    }
    references = {
        entry["id"]: entry["reference"]
        for entries in shown.values()
        for entry in entries
        if entry.get("reference")
    }
    for kind in kinds():
        references |= kind.names(platform, shown[kind.name])
    found: Document = {"format": FORMAT}
    for kind in kinds():
        entries = [tidied(entry, references) for entry in shown[kind.name]]
        found[kind.name] = sorted(entries, key=kind.key)
    return found


def by_key(found: Document) -> dict[tuple[str, Key], dict[str, Any]]:
    """The entries of a document by (kind, key)."""
    return {(kind.name, kind.key(entry)): entry for kind in kinds() for entry in found.get(kind.name) or ()}
