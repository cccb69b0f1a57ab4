"""`manage.py start`, for real: a copy of the checkout with an embedded database of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from config import devdb

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".data", "var", "tests", "__pycache__", ".*_cache", ".hypothesis"
)
STARTS_WITHIN = 240.0  # generous: the machine may be busy with other tests
MEMORY = 512 * 1024 * 1024


@pytest.fixture
def checkout() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        place = Path(name) / "tallydesk"
        shutil.copytree(devdb.CHECKOUT, place, ignore=LEFT_OUT)
        place.parent.chmod(0o755)
        yield place
        if devdb.home(place).exists():
            devdb.stop(place)
            shutil.rmtree(devdb.home(place))


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(checkout: Path, port: int, **environment: str) -> subprocess.Popen[str]:
    own = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "start"],
        cwd=checkout,
        env=own | {"PORT": str(port), "SANDBOX": "empty"} | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def fetch(port: int, path: str, *, key: str = "") -> dict[str, Any]:
    """The answer as JSON, as soon as there is a good one."""
    end = time.monotonic() + STARTS_WITHIN
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"X-API-KEY": key})
    while True:
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return dict(json.load(answer))
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """What it prints up to a line with these words, or up to its end."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            break
    return "".join(lines)


def count(port: int, name: str, key: str) -> int:
    """How many of them there are."""
    return int(fetch(port, f"/v1/{name}?limit=1", key=key)["total_number_of_pages"])


def kill_when_loading(process: subprocess.Popen[str]) -> None:
    """Let the sandbox begin, then end its loader without a chance to clean up."""
    read_until(process, "Loading the sandbox")
    for child in psutil.Process(process.pid).children():
        if "prepare" in child.cmdline():
            child.kill()
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 1, printed


def stop(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """Stop it by the signal, expecting status 0 and no process left."""
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    printed, _ = process.communicate(timeout=20)
    assert process.returncode == 0, printed
    _, alive = psutil.wait_procs(family, timeout=1)
    assert alive == []


def test_it_serves_stops_cleanly_keeps_its_data_and_loads_the_sandbox_whole(
    checkout: Path, port: int
) -> None:
    first = start(checkout, port)
    assert fetch(port, "/readyz")["status"] == "ready"
    note = (checkout / "var" / "sandbox.json").read_text()
    key = json.loads(note)["api_key"]
    assert "docs/tutorial/first-invoice.md" in read_until(first, "Begin with")
    assert key in read_until(first, "export KEY=")
    assert fetch(port, "/v1/customers", key=key)["data"] == []
    stop(first, signal.SIGTERM)
    assert not devdb.Server(checkout).is_running()

    kill_when_loading(start(checkout, port, SANDBOX="full"))

    second = start(checkout, port, SANDBOX="full")
    assert "Loading the sandbox: 100 %" in read_until(second, "export KEY=")
    assert fetch(port, "/livez") == {"status": "live"}
    assert (checkout / "var" / "sandbox.json").read_text() == note
    assert (count(port, "customers", key), count(port, "pricing-plans", key)) == (24, 5)
    assert len(fetch(port, "/v1/billing-entities", key=key)["data"]) == 1
    assert 230 <= count(port, "invoices", key) <= 290
    assert fetch(port, "/v1/test-clock", key=key)["frozen"] is False
    family = psutil.Process(second.pid).children(recursive=True)
    served = [each for each in family if each.name().startswith("python") or "granian" in each.name()]
    assert sum(each.memory_info().rss for each in served) < MEMORY
    stop(second, signal.SIGINT)


def test_a_busy_port_is_one_sentence(checkout: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        process = start(checkout, port)
        printed, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert len(printed.splitlines()) == 1
    assert str(port) in printed


def test_an_unreachable_database_is_one_sentence_without_the_password(checkout: Path, port: int) -> None:
    process = start(checkout, port, DATABASE_URL="postgres://me:hidden@127.0.0.1:1/tallydesk")
    printed, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert len(printed.splitlines()) == 1
    assert "DATABASE_URL" in printed
    assert "hidden" not in printed


def test_a_wrong_port_is_one_sentence(checkout: Path) -> None:
    process = start(checkout, 0)
    printed, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert printed.startswith("PORT must be")
