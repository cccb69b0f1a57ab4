"""JSON as the API writes it, indented."""

from __future__ import annotations

import json
from typing import Any


def pretty(value: Any) -> str:
    """Two spaces, keys as they come, text as it is."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)
