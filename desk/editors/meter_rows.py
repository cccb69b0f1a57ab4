"""The repeated rows of the meter form: values, properties, calculations, as typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desk.editors.products import slug

# The columns of each kind of row, as they are named in the form: ``values_0_name``.
KINDS: dict[str, tuple[str, ...]] = {
    "values": ("existing", "name", "reference", "type", "required"),
    "properties": ("existing", "name", "reference", "type", "words", "required"),
    "calculations": ("type", "source", "persist", "reference"),
}
MOST_ROWS = 20
EVENTS = "events"
Rows = dict[str, list[dict[str, str]]]


def gathered(data: Mapping[str, Any]) -> Rows:
    """The rows of posted ``data``, kind by kind, however incomplete."""
    return {
        kind: [
            {name: data.get(f"{kind}_{index}_{name}", "") for name in names}
            for index in range(count_of(data, kind))
        ]
        for kind, names in KINDS.items()
    }


def flattened(rows: Rows) -> dict[str, str]:
    """The rows under the names of the form's fields."""
    return {
        f"{kind}_{index}_{name}": value
        for kind, found in rows.items()
        for index, row in enumerate(found)
        for name, value in row.items()
    }


def count_of(data: Mapping[str, Any], kind: str) -> int:
    """How many rows of ``kind`` the form says it has."""
    text = data.get(f"{kind}_count", "")
    return min(int(text), MOST_ROWS) if isinstance(text, str) and text.isdecimal() and len(text) < 4 else 0


def resized(rows: Rows, action: str) -> Rows:
    """The rows after ``add-values`` or ``remove-values-1``; calculations keep pointing at what they named."""
    verb, _, rest = action.partition("-")
    kind, _, at = rest.partition("-")
    if kind not in KINDS:
        return rows
    if verb == "add" and len(rows[kind]) < MOST_ROWS:
        return {**rows, kind: [*rows[kind], dict.fromkeys(KINDS[kind], "")]}
    if verb == "remove" and at.isdecimal() and int(at) < len(rows[kind]):
        return _without(rows, kind, int(at))
    return rows


def _without(rows: Rows, kind: str, at: int) -> Rows:
    left = {**rows, kind: [row for index, row in enumerate(rows[kind]) if index != at]}
    if kind != "calculations":
        left["calculations"] = [
            {**row, "source": _moved(row["source"], kind, at)} for row in rows["calculations"]
        ]
    return left


def _moved(source: str, kind: str, gone: int) -> str:
    """The name of a source once row ``gone`` of ``kind`` is away; nothing if it was that row."""
    prefix, _, number = source.partition(":")
    if prefix != kind or not number.isdecimal() or int(number) < gone:
        return source
    return "" if int(number) == gone else f"{kind}:{int(number) - 1}"


def words_of(text: str) -> list[str]:
    """The values of a "One of" property: separated by commas or lines, each once."""
    found = [word.strip() for word in text.replace("\n", ",").split(",")]
    return list(dict.fromkeys(word for word in found if word))


def sources(rows: Rows, known: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a calculation may be made over: the rows above it by name, and the events themselves.

    ``known`` names what exists already: public id -> name.
    """
    found = []
    for kind, one in (("values", "Value"), ("properties", "Property")):
        for index, row in enumerate(rows[kind]):
            name = known.get(row["existing"]) or row["reference"] or row["name"]
            found.append((f"{kind}:{index}", name or f"{one} {index + 1}"))
    return [*found, (EVENTS, "events")]


def sample(rows: Rows, known: Mapping[str, tuple[str, str]], *, meter: str, at: str) -> dict[str, Any]:
    """An event that the meter would accept. ``known``: public id -> (reference, an example value)."""
    body: dict[str, Any] = {
        "reference": "example-0001",
        "customer_reference": "acme",
        "meter_reference": meter or "meter",
        "timestamp": at,
    }
    if rows["values"]:
        body["meter_values"] = [_value(row, known) for row in rows["values"]]
    if rows["properties"]:
        body["meter_properties"] = [_property(row, known) for row in rows["properties"]]
    return body


def _value(row: Mapping[str, str], known: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    reference, kind = known.get(row["existing"], (row["reference"] or slug(row["name"] or "value"), ""))
    if (kind or row["type"]) == "AMOUNT":
        return {"reference": reference, "amount": {"quantity": "12.50", "currency": "EUR"}}
    return {"reference": reference, "number": "1"}


def _property(row: Mapping[str, str], known: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    words = words_of(row["words"]) if row["type"] == "ENUM" else []
    example = words[0] if words else "1" if row["type"] == "NUMBER" else "text"
    reference, found = known.get(row["existing"], (row["reference"] or slug(row["name"] or "property"), ""))
    return {"reference": reference, "value": found or example}
