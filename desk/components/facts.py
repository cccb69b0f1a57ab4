"""A fact of a record: a label, its value, where it leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fact:
    """``value`` may be text, a badge, or anything that renders itself."""

    label: str
    value: Any
    url: str = ""
    copy: str = ""
