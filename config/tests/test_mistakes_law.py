"""The page of mistakes and the tests that are named after them say the same."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "explanation" / "mistakes-of-billing.md"
PACKAGES = ("accounts", "billing", "catalog", "config", "desk", "kit", "metering", "webhooks")
# Everything that counts money or usage.
EXACT = ("billing", "catalog", "metering", "kit/money.py", "kit/formats.py")
FLOATING = re.compile(r"::(?:float|real|double)|double precision|float8|FloatField", re.IGNORECASE)


def modules(*names: str) -> list[Path]:
    found = [
        each for name in names for each in ([ROOT / name] if "." in name else (ROOT / name).rglob("*.py"))
    ]
    assert found
    return found


def listed() -> tuple[set[int], set[int]]:
    guarded, coming = PAGE.read_text().split("## Yet to come")
    first, second = (re.findall(r"^\| B(\d+) \|", part, re.MULTILINE) for part in (guarded, coming))
    return {int(number) for number in first}, {int(number) for number in second}


def named(pattern: str, paths: list[Path]) -> set[int]:
    return {int(number) for path in paths for number in re.findall(pattern, path.read_text())}


def test_every_mistake_that_is_guarded_against_has_a_test():
    tests = [path for path in modules(*PACKAGES) if path.name.startswith("test_")]
    guarded, coming = listed()
    tested = named(r"def test_b(\d\d)_", tests)
    assert guarded <= tested
    assert tested <= guarded | coming
    assert guarded | coming == set(range(1, 61))


def test_every_number_in_a_comment_is_explained():
    guarded, coming = listed()
    assert named(r"\bB(\d+)\)", modules(*PACKAGES)) <= guarded | coming


@pytest.mark.parametrize("path", EXACT)
def test_b19_nothing_that_counts_money_or_usage_names_a_float(path):
    for module in modules(path):
        if "tests" in module.parts:
            continue
        text = module.read_text()
        names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
        assert "float" not in names, module
        assert not FLOATING.search(text), module
