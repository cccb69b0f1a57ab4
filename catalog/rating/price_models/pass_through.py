"""PASS_THROUGH: the charge is the metered amount itself."""

from __future__ import annotations

from catalog.rating.details import Detail, DetailKind
from catalog.rating.types import Config
from catalog.rating.usage import Usage
from catalog.rating.volume import Volume


def charge(config: Config, volume: Volume, usage: Usage) -> list[Detail]:
    """One line; none for zero."""
    return [Detail(DetailKind.PASS_THROUGH, volume.quantity, volume.quantity)] if volume.quantity else []
