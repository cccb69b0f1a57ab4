"""Children of the supervisor: started again when they end, stopped with all that they started."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from config import children
from config.children import Child

STUBBORN = (
    "import signal, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "print('on', flush=True)\n"
    "time.sleep(60)\n"
)


def soon(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


@pytest.fixture
def started() -> Iterator[Callable[[str], Child]]:
    made: list[Child] = []

    def start(code: str) -> Child:
        child = Child(name="test child", command=[sys.executable, "-c", code], environment=dict(os.environ))
        made.append(child)
        child.start()
        return child

    yield start
    for child in made:
        child.wait_or_kill(time.monotonic())


def test_a_child_that_ends_is_started_again(
    started: Callable[[str], Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "LONGEST_PAUSE", 0.0)
    child = started("import time; time.sleep(60)")
    assert child.process is not None
    first = child.process.pid
    child.process.kill()
    assert soon(lambda: (child.tend() or child.process) is not None and child.process.pid != first)


def test_a_child_that_fails_at_once_every_time_is_hopeless(
    started: Callable[[str], Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "LONGEST_PAUSE", 0.0)
    child = started("raise SystemExit(1)")
    assert soon(lambda: child.tend() or child.hopeless)


def test_a_child_that_ignores_the_request_is_ended_with_its_own_children(
    started: Callable[[str], Child], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(children, "STOP_SECONDS", 0.5)
    note = tmp_path / "grandchild"
    code = (
        "import subprocess, sys, pathlib\n"
        f"grandchild = subprocess.Popen([sys.executable, '-c', {STUBBORN!r}], stdout=subprocess.PIPE)\n"
        "grandchild.stdout.readline()\n"
        f"pathlib.Path({str(note)!r}).write_text(str(grandchild.pid))\n" + STUBBORN
    )
    child = started(code)
    assert soon(lambda: note.exists() and note.read_text() != "")
    grandchild = int(note.read_text())
    children.stop_all([child])
    assert child.process is None
    assert soon(lambda: gone(grandchild))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_a_killed_supervisor_leaves_no_child() -> None:
    code = (
        "import os, sys, time\n"
        "from config.children import Child\n"
        "child = Child(name='c', command=[sys.executable, '-c', 'import time; time.sleep(60)'],"
        " environment=dict(os.environ))\n"
        "child.start(); print(child.process.pid, flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        child = int(supervisor.stdout.readline())
        supervisor.kill()
    assert soon(lambda: gone(child))


def gone(pid: int) -> bool:
    """True when the process has ended, whether or not somebody has collected it."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    return True
