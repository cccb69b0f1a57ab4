"""The queue of background jobs. The only module that knows django-q2, so that another queue is one file away.

Work that falls due is found by sweeps (``accounts.services.sweeps``). A task of the queue is a function
without arguments, named by its dotted path; it may run twice, or at the same time as itself.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from multiprocessing import Value
from queue import Queue
from typing import Any

log = logging.getLogger(__name__)

BEAT = "kit.jobs.beat"
BEAT_MINUTES = 1
BEAT_MISSED_AFTER = timedelta(minutes=3)

_LAST = "STOP"  # the library's mark for the end of a queue


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


def queue_due() -> None:
    """Queue a task for every schedule whose time has come; safe in several workers at once."""
    from django_q.scheduler import scheduler

    scheduler()


def work_once() -> int:
    """Run the next waiting task, store its result and acknowledge it; the number of tasks run.

    Waits about a second when there is none. A task that fails or exceeds the queue's timeout stays queued and
    is tried again later, until its attempts are used up. Call it in the main thread: the timeout is a signal.
    """
    from django_q.brokers import get_broker

    broker = get_broker()
    taken = broker.dequeue() or []
    for receipt, payload in taken:
        _run(broker, receipt, payload)
    return len(taken)


def _run(broker: Any, receipt: int, payload: str) -> None:
    """Hand one task to the library's own worker and monitor, which usually run in processes of their own."""
    from django_q.conf import Conf
    from django_q.monitor import monitor
    from django_q.signing import BadSignature, SignedPackage
    from django_q.worker import worker

    try:
        task = SignedPackage.loads(payload)
    except (TypeError, BadSignature):
        log.error("Task %s was not signed by this installation and is dropped", receipt)
        broker.fail(receipt)
        return
    waiting: Queue[Any] = Queue()
    waiting.put(task | {"ack_id": receipt, "cluster": Conf.CLUSTER_NAME})
    waiting.put(_LAST)
    finished: Queue[Any] = Queue()
    worker(waiting, finished, Value("f", -1), Conf.TIMEOUT)
    finished.put(_LAST)
    monitor(finished, broker)
