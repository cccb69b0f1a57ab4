"""Sweeps and the queue that runs them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from accounts import jobs as sweep_jobs
from accounts.models import Platform
from accounts.services import clock, sweeps
from kit import clock as wall
from kit import jobs
from kit.testing import NOON, ApiClient


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, sweeps.Sweep]]:
    """An empty table of sweeps."""
    empty: dict[str, sweeps.Sweep] = {}
    monkeypatch.setattr(sweeps, "_sweeps", empty)
    yield empty


def counting(seen: list[tuple[str, datetime]]) -> Any:
    def run(*, platform: Platform, at: datetime) -> int:
        seen.append((platform.public_id, at))
        return 1

    return run


def failing_on(broken: Platform, seen: list[tuple[str, datetime]]) -> Any:
    def run(*, platform: Platform, at: datetime) -> int:
        if platform == broken:
            raise ZeroDivisionError
        seen.append((platform.public_id, at))
        return 1

    return run


def test_run_due_runs_every_sweep_at_the_platforms_own_time(
    platform: Platform, table: dict[str, sweeps.Sweep]
) -> None:
    clock.freeze(platform=platform, at=NOON)
    seen: list[tuple[str, datetime]] = []
    sweeps.register(sweeps.Sweep(name="metering.fold", run=counting(seen), every=1))
    sweeps.register(sweeps.Sweep(name="billing.finalize", run=counting(seen), every=60))
    said = io.StringIO()
    call_command("run_due", stdout=said)
    assert seen == [(platform.public_id, NOON)] * 2
    assert "billing.finalize: 1 done, 0 failed" in said.getvalue()


def test_a_platform_that_fails_does_not_stop_the_others(
    platform: Platform, stranger: ApiClient, table: dict[str, sweeps.Sweep]
) -> None:
    seen: list[tuple[str, datetime]] = []
    sweeps.register(sweeps.Sweep(name="billing.finalize", run=failing_on(platform, seen), every=60))
    with pytest.raises(CommandError, match=r"billing\.finalize"):
        call_command("run_due", stdout=io.StringIO())
    assert len(seen) == Platform.objects.count() - 1 == 1


def test_fast_sweeps_belong_to_the_loop_and_slow_ones_to_the_schedule(table: dict[str, sweeps.Sweep]) -> None:
    sweeps.register(sweeps.Sweep(name="webhooks.deliver", run=counting([]), every=1))
    sweeps.register(sweeps.Sweep(name="billing.finalize", run=counting([]), every=120))
    assert [sweep.name for sweep in sweep_jobs.fast()] == ["webhooks.deliver"]
    assert sweep_jobs.scheduled() == {"accounts.jobs.tasks.billing_finalize": 2}


def test_schedules_follow_the_code_and_have_no_arguments(db: None, table: dict[str, sweeps.Sweep]) -> None:
    Schedule = apps.get_model("django_q", "Schedule")
    jobs.sync_schedules({"accounts.jobs.tasks.gone": 5, "accounts.jobs.tasks.kept": 5})
    before = Schedule.objects.get(name="accounts.jobs.tasks.kept").next_run
    jobs.sync_schedules({"accounts.jobs.tasks.kept": 7})
    rows = {row.name: row for row in Schedule.objects.all()}
    assert set(rows) == {"accounts.jobs.tasks.kept", jobs.BEAT}
    assert rows["accounts.jobs.tasks.kept"].minutes == 7
    assert rows["accounts.jobs.tasks.kept"].next_run == before
    assert not any(row.args or row.kwargs for row in rows.values())


@pytest.mark.django_db(transaction=True)
def test_the_queue_runs_a_task_once_and_notes_the_heartbeat() -> None:
    before = wall.now()
    jobs.enqueue(jobs.BEAT)
    assert jobs.work_once() == 1
    assert jobs.work_once() == 0
    beaten = jobs.last_beat()
    assert beaten is not None
    assert before <= beaten <= wall.now()


@pytest.mark.django_db(transaction=True)
def test_the_queue_runs_a_scheduled_sweep(table: dict[str, sweeps.Sweep]) -> None:
    Schedule = apps.get_model("django_q", "Schedule")
    Success = apps.get_model("django_q", "Success")
    sweeps.register(sweeps.Sweep(name="billing.finalize", run=counting([]), every=60))
    jobs.sync_schedules(sweep_jobs.scheduled())
    Schedule.objects.exclude(name=jobs.BEAT).update(next_run=wall.now() - timedelta(minutes=1))
    Schedule.objects.filter(name=jobs.BEAT).delete()
    jobs.queue_due()
    jobs.work_once()
    assert Success.objects.get().result == 0


@pytest.mark.django_db(transaction=True)
def test_a_failing_task_is_kept_to_be_tried_again(table: dict[str, sweeps.Sweep]) -> None:
    Failure = apps.get_model("django_q", "Failure")
    OrmQ = apps.get_model("django_q", "OrmQ")
    jobs.enqueue("accounts.jobs.tasks.no_such_sweep")
    jobs.work_once()
    assert Failure.objects.count() == 1
    assert OrmQ.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_task_signed_by_somebody_else_is_dropped() -> None:
    OrmQ = apps.get_model("django_q", "OrmQ")
    OrmQ.objects.create(key="tallydesk", payload="forged:payload", lock=wall.now() - timedelta(seconds=1))
    jobs.work_once()
    assert not OrmQ.objects.exists()
