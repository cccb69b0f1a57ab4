"""Sweeps: what falls due with time, done row by row, per platform, as often as anyone likes.

A sweep selects due rows ``FOR UPDATE SKIP LOCKED`` and finishes each in its own transaction, so it
may run twice, in two processes, or die in the middle. Most runs find nothing: each asks first, without
a transaction, whether anything is due. The worker runs them by wall time; the test
clock runs the ones that say when they are next due (``next_due``) boundary by boundary.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Platform
from kit import jobs


@dataclass(frozen=True, slots=True)
class Sweep:
    """``run(platform=, at=)`` does what is due and returns how many rows it finished.

    ``every``: seconds between runs by the worker. ``next_due(platform=)``: the earliest instant at
    which the sweep will have work, or None; only sweeps that follow the test clock have it.
    """

    name: str
    run: Callable[..., int]
    every: int
    next_due: Callable[..., datetime | None] | None = None


_sweeps: dict[str, Sweep] = {}


def register(sweep: Sweep) -> None:
    """Make a sweep known; apps do so when they are ready. Order of registration is order of running."""
    _sweeps[sweep.name] = sweep


def registered() -> list[Sweep]:
    """Every sweep, in the order in which they run."""
    return list(_sweeps.values())


def attribute(name: str) -> str:
    """The name of a sweep's task below ``accounts.jobs.tasks``."""
    return name.replace(".", "_")


def task_of(name: str) -> str:
    """The dotted path by which the queue runs the sweep of this name."""
    return f"accounts.jobs.tasks.{attribute(name)}"


def hurry(name: str) -> None:
    """Have the queue run the sweep soon, for work that should not wait for its turn.

    Inside a transaction it is queued with its commit. Should it get lost, the sweep's turn comes anyway.
    """
    jobs.enqueue(task_of(name))


def next_due(*, platform: Platform) -> datetime | None:
    """The earliest instant at which any clock-bound sweep has work on this platform."""
    dues = [sweep.next_due(platform=platform) for sweep in registered() if sweep.next_due]
    return min((due for due in dues if due is not None), default=None)


def run_due(*, platform: Platform, at: datetime) -> int:
    """Run the sweeps that follow the clock and are due by ``at``, each asked in its turn; the rows done.

    What one does may fall due for another at the same instant: it is for the caller to ask again.
    """
    return sum(
        sweep.run(platform=platform, at=at)
        for sweep in registered()
        if sweep.next_due and _is_due(sweep.next_due(platform=platform), at)
    )


def run_clock_bound(*, platform: Platform, at: datetime) -> int:
    """Run the sweeps that follow the clock until none of them finds work; the number of rows done."""
    total = 0
    while done := sum(sweep.run(platform=platform, at=at) for sweep in registered() if sweep.next_due):
        total += done
    return total


def _is_due(due: datetime | None, at: datetime) -> bool:
    return due is not None and due <= at
