"""Money and quantities are decimals: no float is made anywhere near them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("package", ["billing", "catalog", "metering", "kit"])
def test_b19_no_float_is_named_or_written(package: str) -> None:
    files = [path for path in (ROOT / package).rglob("*.py") if "tests" not in path.parts]
    assert files
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Name) and node.id in ("float", "round"))
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]
    assert found == []
