"""What happens on the way: verbs with the instant from which they may run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rest_framework.exceptions import ValidationError

from accounts.context import Context
from accounts.models import Platform
from kit.api import errors as edge

Act = Callable[[Context], object]


@dataclass(frozen=True, slots=True)
class Happening:
    """``act`` runs at the first stop of the clock at or after ``at``."""

    at: datetime
    act: Act


def judged(serializer: Any, body: Any, platform: Platform) -> dict[str, Any]:
    """The fields of a request body, as the API hands them to its services. Raises the API's error."""
    reading = serializer(data=body, context={"platform": platform})
    try:
        reading.is_valid(raise_exception=True)
    except ValidationError as error:
        raise edge.first_error(error.detail) from error
    fields: dict[str, Any] = reading.validated_data
    return fields
