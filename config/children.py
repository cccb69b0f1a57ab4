"""Child processes of `manage.py start`: each in its own process group, restarted when it ends, stopped whole.

Standard library only: the supervisor loads no Django and stays small.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from config.console import say

STOP_SECONDS = 8.0
QUICK_SECONDS = 10.0  # a child that ends sooner than this after its start has failed, not crashed
QUICK_FAILURES = 3
LONGEST_PAUSE = 30.0

_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


def end_with_parent() -> Callable[[], None] | None:
    """A hook that has Linux send SIGTERM to the child when the supervisor is killed: no orphan stays."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def hook() -> None:
        prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)

    return hook


@dataclass(slots=True)
class Child:
    """One program to keep running."""

    name: str
    command: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    not_before: float = field(default=0.0)

    def start(self) -> None:
        """Start the program in a session of its own, where the terminal's Ctrl-C does not reach it."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent(),
        )

    def tend(self) -> None:
        """Start again what has ended, after a pause that doubles with every quick failure."""
        if self.process is None:
            if time.monotonic() >= self.not_before:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self._signal(signal.SIGKILL)  # what the ended leader left behind
        self.process = None
        quick = time.monotonic() - self.started < QUICK_SECONDS
        self.failures = self.failures + 1 if quick else 0
        pause = min(2.0**self.failures, LONGEST_PAUSE)
        self.not_before = time.monotonic() + pause
        say(f"The {self.name} ended (status {code}); starting it again in {pause:.0f} s.")

    @property
    def hopeless(self) -> bool:
        """True when it fails at once every time."""
        return self.failures >= QUICK_FAILURES

    def ask_to_stop(self) -> None:
        self._signal(signal.SIGTERM, group=False)

    def wait_or_kill(self, deadline: float) -> None:
        """Wait until `deadline` (monotonic seconds), then end the whole group."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, deadline - time.monotonic()))
        self._signal(signal.SIGKILL)
        self.process.wait()
        self.process = None

    def _signal(self, number: int, *, group: bool = True) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if group:
                os.killpg(self.process.pid, number)
            else:
                os.kill(self.process.pid, number)


def stop_all(children: list[Child]) -> None:
    """Ask every child to stop, give them a few seconds together, and end what is left."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.wait_or_kill(deadline)
