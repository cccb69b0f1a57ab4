"""Run the commands of a page of the documentation as they are printed."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"
TUTORIAL = DOCS / "tutorial" / "first-invoice.md"
Run = Callable[[str], str]


def blocks(text: str) -> list[str]:
    """The ``bash`` blocks of a page; blocks in ``sh`` and ``text`` are not for tests."""
    return re.findall(r"^```bash\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)


def shell(environment: dict[str, str], directory: Path) -> Run:
    """Runs a script in one bash that stops at the first error; answers what it printed."""

    def run(script: str) -> str:
        done = subprocess.run(
            ["bash", "-eu", "-c", script],
            env={"PATH": "/usr/bin:/bin:/usr/local/bin", **environment},
            cwd=directory,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def answers(output: str) -> list[Any]:
    """The JSON values that the commands printed, one after another."""
    decoder, found, position = json.JSONDecoder(), [], 0
    output = output.strip()
    while position < len(output):
        value, position = decoder.raw_decode(output, position)
        found.append(value)
        position += len(output[position:]) - len(output[position:].lstrip())
    return found
