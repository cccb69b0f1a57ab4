"""Running the sweeps: over every platform, for the worker and for ``manage.py run_due``."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from accounts.models import Environment, Platform
from accounts.services import clock, clock_lock, sweeps

log = logging.getLogger(__name__)

FAST_BELOW = 60  # seconds; the queue's schedules count in minutes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of a sweep did: rows finished, and the platforms on which it failed."""

    name: str
    done: int
    failures: tuple[Exception, ...] = ()


def run(sweep: sweeps.Sweep) -> Outcome:
    """Run the sweep once on every platform, each at its own instant; a platform that fails stops no other."""
    done, failures = 0, []
    for platform in Platform.objects.order_by("pk"):
        try:
            done += _turn(sweep, platform)
        except Exception as failure:  # the edge: whatever one tenant's data does, the others are served
            log.exception("Sweep %s failed on platform %s", sweep.name, platform.public_id)
            failures.append(failure)
    return Outcome(name=sweep.name, done=done, failures=tuple(failures))


def _turn(sweep: sweeps.Sweep, platform: Platform) -> int:
    """One sweep on one platform; nothing while an advance of its test clock does the same in order."""
    if sweep.next_due is None or platform.environment != Environment.TEST:
        return sweep.run(platform=platform, at=clock.now(platform))
    with clock_lock.sweeping(platform) as free:
        return sweep.run(platform=platform, at=clock.now(platform)) if free else 0


def run_as_task(sweep: sweeps.Sweep) -> int:
    """Run the sweep for the queue: a failure marks the task as failed, and the queue tries again."""
    outcome = run(sweep)
    if outcome.failures:
        raise ExceptionGroup(f"Sweep {sweep.name} failed", list(outcome.failures))
    return outcome.done


def fast() -> list[sweeps.Sweep]:
    """The sweeps that the worker runs in its own loop, because they cannot wait for a schedule."""
    return [sweep for sweep in sweeps.registered() if sweep.every < FAST_BELOW]


def scheduled() -> dict[str, int]:
    """Dotted path of the task -> minutes between runs, for every sweep that is not fast."""
    slow = [sweep for sweep in sweeps.registered() if sweep.every >= FAST_BELOW]
    return {sweeps.task_of(sweep.name): sweep.every // 60 for sweep in slow}


class Tasks:
    """Gives every sweep a dotted path of its own, so that no schedule needs an argument."""

    def __getattr__(self, name: str) -> Callable[[], int]:
        for sweep in sweeps.registered():
            if sweeps.attribute(sweep.name) == name:
                return partial(run_as_task, sweep)
        raise AttributeError(f"no sweep is named {name}")


tasks = Tasks()
