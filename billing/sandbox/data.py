"""The company's data files, read as a catalog is read: text and whole numbers, nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from catalog.api.as_code import text

FOLDER = Path(__file__).parent / "data"


def read(name: str) -> Any:
    """What stands in ``data/<name>.yaml``."""
    return text.read((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
