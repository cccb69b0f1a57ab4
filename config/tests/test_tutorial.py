"""The tutorial's commands, run as they are printed, against a running server."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from billing.models import Invoice

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial" / "first-invoice.md"


def blocks() -> list[str]:
    return re.findall(r"^```bash\n(.*?)^```$", TUTORIAL.read_text(), flags=re.DOTALL | re.MULTILINE)


@pytest.fixture
def shell(transactional_db, live_server, opened, tmp_path):
    """Run a script in one shell with the variables that `make start` tells the reader to set."""

    def run(script: str) -> str:
        environment = {
            "PATH": "/usr/bin:/bin:/usr/local/bin",
            "TALLYDESK": live_server.url,
            "KEY": opened.api_key,
        }
        done = subprocess.run(
            ["bash", "-eu", "-c", script],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def answers(output: str) -> list[dict]:
    """The JSON objects that the commands printed, one after another."""
    decoder, found, position = json.JSONDecoder(), [], 0
    while position < len(output):
        value, position = decoder.raw_decode(output, position)
        found.append(value)
        position += len(output[position:]) - len(output[position:].lstrip())
    return found


def test_every_command_of_the_tutorial_works_as_written(shell, tmp_path):
    printed = answers(shell("\n".join(blocks())))
    assert [answer for answer in printed if "code" in answer] == []
    calculated = next(answer for answer in printed if "curve" in answer)
    assert calculated["amount"] == {"quantity": "47.50", "currency": "EUR"}
    drafts = next(answer for answer in printed if "data" in answer)["data"]
    assert [(each["status"], each["invoice_amount_including_tax"]["quantity"]) for each in drafts] == [
        ("DRAFT", "57.48")
    ]
    final = printed[-1]
    assert (final["status"], final["invoice_amount_including_tax"]["quantity"]) == ("FINAL", "57.48")
    assert final["invoice_number"]
    assert Invoice.objects.get(public_id=final["id"]).status == "FINAL"
    assert (tmp_path / "first-invoice.pdf").read_bytes().startswith(b"%PDF")
