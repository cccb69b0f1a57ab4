"""Fields of endpoints: secrets that are never shown again, and state that only the server sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema_field

from kit.api.fields import ReservedField, TextField

MASK = "********"


class OptionalTextField(TextField):
    """Text that may be absent: null in the API, empty in the column."""

    def to_representation(self, value: str) -> Any:
        return value or None


@extend_schema_field(
    {
        "type": ["string", "null"],
        "maxLength": 1000,
        "description": f"Answered as `{MASK}` when it is set; that value sent back leaves it as it is.",
    }
)
class SecretField(TextField):
    """Written in clear, read as a mask."""

    def __init__(self, *, sealed: str) -> None:
        self.sealed = sealed
        super().__init__(trim_whitespace=False)

    def get_attribute(self, instance: Any) -> str | None:
        return MASK if getattr(instance, self.sealed) else None


class StateField(ReservedField):
    """What only the server sets: ignored on input, so that a resource can be sent back as it was read."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self.read = read
        super().__init__()

    def get_attribute(self, instance: Any) -> Any:
        return self.read(instance)

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field({"type": ["string", "null"], "description": "Set by the server; ignored on input."})
class StateTextField(StateField):
    """State that is text."""
