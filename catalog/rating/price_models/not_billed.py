"""NONE: nothing is charged and no invoice line is made; a price of zero differs, it shows its line."""

from __future__ import annotations

from catalog.rating.details import Detail
from catalog.rating.types import Config
from catalog.rating.usage import Usage
from catalog.rating.volume import Volume


def charge(config: Config, volume: Volume, usage: Usage) -> list[Detail]:
    """No lines."""
    return []
