"""The queue of background jobs. The only module that knows django-q2, so that another queue is one file away.

Work that falls due is found by sweeps (``accounts.services.sweeps``). A task of the queue is a function
without arguments, named by its dotted path; it may run twice, or at the same time as itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connections

BEAT = "kit.jobs.beat"
BEAT_MINUTES = 1
BEAT_MISSED_AFTER = timedelta(minutes=3)


def beat() -> str:
    """The heartbeat task: it does nothing; its stored success proves that the whole queue works."""
    return "alive"


def last_beat() -> datetime | None:
    """When the queue last finished a heartbeat (wall time, UTC), or None if it never has."""
    from django_q.models import Success

    beats = Success.objects.filter(func=BEAT).order_by("-stopped")
    stopped: datetime | None = beats.values_list("stopped", flat=True).first()
    return stopped


def enqueue(task: str) -> None:
    """Queue the task at the dotted path ``task``; inside a transaction it is queued with its commit."""
    from django_q.tasks import async_task

    async_task(task, group=task)


def sync_schedules(tasks: Mapping[str, int]) -> list[str]:
    """Make the schedule table equal to ``tasks`` (dotted path -> minutes between runs) and the heartbeat.

    No schedule has arguments: one that cannot be parsed would stop all the others. Schedules that are not
    wanted any more are removed; the others keep their next run. Returns the paths.
    """
    from django_q.models import Schedule

    wanted = {**tasks, BEAT: BEAT_MINUTES}
    Schedule.objects.exclude(name__in=wanted).delete()
    known = set(Schedule.objects.values_list("name", flat=True))
    Schedule.objects.bulk_create(
        Schedule(name=path, func=path, schedule_type=Schedule.MINUTES, minutes=minutes, repeats=-1)
        for path, minutes in wanted.items()
        if path not in known
    )
    changed = [row for row in Schedule.objects.all() if row.minutes != wanted[row.name]]
    for row in changed:
        row.minutes = wanted[row.name]
    Schedule.objects.bulk_update(changed, ["minutes"])
    return sorted(wanted)


class Cluster:
    """The running queue: processes forked below this one, which SIGINT and SIGTERM stop from here on."""

    def __init__(self) -> None:
        from django_q.cluster import Cluster as QueueCluster

        # A pool's threads do not survive the fork, and two processes must never share a connection.
        for connection in connections.all():
            connection.close()
            connection.settings_dict.setdefault("OPTIONS", {}).pop("pool", None)
        self._cluster = QueueCluster()
        self._cluster.start()

    @property
    def alive(self) -> bool:
        """False once a signal has stopped it, or its first process has died."""
        return bool(self._cluster.is_running and self._cluster.sentinel.is_alive())

    @property
    def stopped(self) -> bool:
        """True when a signal has stopped it in good order."""
        return bool(self._cluster.has_stopped)
