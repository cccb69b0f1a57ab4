"""The worker and an advance of the test clock never sweep one platform at once; on real threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event, Lock
from typing import Any

import pytest
from django.db import connection

from accounts import jobs
from accounts.models import Platform
from accounts.services import clock, sweeps
from kit.testing import NOON

pytestmark = pytest.mark.django_db(transaction=True)
DUE = NOON + timedelta(days=1)


class Claiming:
    """A sweep of one row that, like every sweep, passes over a row that another one holds."""

    def __init__(self) -> None:
        self.row, self.done = Lock(), 0
        self.begun, self.go_on = Event(), Event()

    def run(self, *, platform: Platform, at: datetime) -> int:
        if self.done or at < DUE or not self.row.acquire(blocking=False):
            return 0
        self.begun.set()
        assert self.go_on.wait(20)
        self.done += 1
        self.row.release()
        return 1

    def next_due(self, *, platform: Platform) -> datetime | None:
        return None if self.done else DUE


@pytest.fixture
def claiming(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Claiming:
    found = Claiming()
    sweep = sweeps.Sweep("test", found.run, every=1, next_due=found.next_due)
    monkeypatch.setattr(sweeps, "_sweeps", {"test": sweep})
    clock.freeze(platform=platform, at=NOON)
    return found


def in_thread(pool: ThreadPoolExecutor, call: Callable[[], Any]) -> Any:
    def run() -> Any:
        try:
            return call()
        finally:
            connection.close()

    return pool.submit(run)


def test_an_advance_waits_for_the_sweep_that_the_worker_runs(platform: Platform, claiming: Claiming) -> None:
    clock.freeze(platform=platform, at=DUE)
    with ThreadPoolExecutor(2) as pool:
        worker = in_thread(pool, lambda: jobs.run(sweeps.registered()[0]))
        assert claiming.begun.wait(20)
        row = Platform.objects.get(pk=platform.pk)
        advance = in_thread(pool, lambda: clock.advance(platform=row, to=DUE + timedelta(days=1)))
        assert not advance.done()
        claiming.go_on.set()
        assert worker.result(20).done == 1
        assert advance.result(20).test_now == DUE + timedelta(days=1)
    assert claiming.done == 1


def test_the_worker_leaves_a_platform_alone_while_its_clock_is_advanced(
    platform: Platform, claiming: Claiming
) -> None:
    with ThreadPoolExecutor(1) as pool:
        row = Platform.objects.get(pk=platform.pk)
        advance = in_thread(pool, lambda: clock.advance(platform=row, to=DUE))
        assert claiming.begun.wait(20)
        assert jobs.run(sweeps.registered()[0]) == jobs.Outcome("test", 0)
        claiming.go_on.set()
        advance.result(20)
    assert claiming.done == 1


def test_what_a_request_holds_for_a_moment_is_done_before_the_advance_answers(
    platform: Platform, claiming: Claiming, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = iter([True, True, True, False])
    claiming.go_on.set()
    run = claiming.run
    busy = sweeps.Sweep(
        "busy",
        lambda *, platform, at: 0 if at >= DUE and next(held, False) else run(platform=platform, at=at),
        every=1,
        next_due=claiming.next_due,
    )
    monkeypatch.setattr(sweeps, "_sweeps", {"busy": busy})
    clock.advance(platform=platform, to=DUE + timedelta(days=3))
    assert claiming.done == 1
    assert next(held, None) is None
