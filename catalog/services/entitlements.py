"""What an entitlement may hold: a value of its feature's kind, one of its words where those are listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.models import Feature, FeatureType
from kit.errors import InvalidField

# The field of an entitlement that holds the value of a feature of this type.
HOLDERS = {
    FeatureType.SWITCH: "switch",
    FeatureType.NUMBER: "number",
    FeatureType.AMOUNT: "amount",
    FeatureType.ENUM: "enum",
    FeatureType.STRING: "string",
}


def assert_fits(*, feature: Feature, entry: Mapping[str, Any], path: str) -> None:
    """Raise InvalidField for a value of another kind, or a word that the feature does not list."""
    own = HOLDERS[FeatureType(feature.type)]
    for name in HOLDERS.values():
        if name != own and entry.get(name) is not None:
            raise InvalidField(
                f"the feature {feature.reference} is of type {feature.type}: use {own}",
                field=f"{path}.{name}",
            )
    word = entry.get("enum")
    if word is not None and word not in (feature.enum_values or ()):
        raise InvalidField(f"must be one of {', '.join(feature.enum_values or ())}", field=f"{path}.enum")


def is_empty(*, feature: Feature, value: Mapping[str, Any]) -> bool:
    """Whether it grants the feature without saying how much of it, or which."""
    return value.get(HOLDERS[FeatureType(feature.type)]) is None
