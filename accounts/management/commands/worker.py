"""``manage.py worker``: runs the queue's tasks, and beside them the loop of the fast sweeps."""

import contextlib
import logging
import os
import signal
import threading
import time
from types import FrameType
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections

from accounts import jobs as sweep_jobs
from kit import clock, jobs, memory

log = logging.getLogger(__name__)

TICK = 1.0
SCHEDULE_EVERY = 15.0
WATCH_EVERY = 15.0
LOOP_STUCK_AFTER = 300.0
FINISH_WITHIN = 6.0


class Command(BaseCommand):
    help = "Run background jobs until SIGTERM; ends with status 3 when it hangs or loses the database."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        memory.settle()
        stop = stop_on_signals()
        loop = Loop(stop)
        threading.Thread(target=watch, args=[loop], daemon=True, name="watch").start()
        loop.start()
        try:
            work(stop)
        except OperationalError as error:
            give_up(f"the database does not answer ({str(error).strip()})")
        loop.join(FINISH_WITHIN)


def stop_on_signals() -> threading.Event:
    """An event that SIGINT and SIGTERM set: the task at hand is finished, no other is begun."""
    stop = threading.Event()

    def handler(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, handler)
    signal.signal(signal.SIGTERM, handler)
    return stop


def work(stop: threading.Event) -> None:
    """Run queued tasks until told to stop, looking at the schedules every few seconds."""
    jobs.enqueue(jobs.BEAT)
    scheduled = -SCHEDULE_EVERY
    while not stop.is_set():
        if time.monotonic() - scheduled >= SCHEDULE_EVERY:
            jobs.queue_due()
            scheduled = time.monotonic()
        jobs.work_once()


class Loop(threading.Thread):
    """Runs each fast sweep when its interval has passed."""

    def __init__(self, stop: threading.Event) -> None:
        super().__init__(name="loop", daemon=True)
        self.stop = stop
        self.turned = time.monotonic()
        self._next: dict[str, float] = {}

    def run(self) -> None:
        while not self.stop.wait(TICK):
            try:
                self.turn()
            except OperationalError as error:
                give_up(f"the database does not answer ({str(error).strip()})")
            self.turned = time.monotonic()

    def turn(self) -> None:
        """Run what is due now."""
        for sweep in sweep_jobs.fast():
            now = time.monotonic()
            if now >= self._next.get(sweep.name, 0.0) and not self.stop.is_set():
                sweep_jobs.run(sweep)
                self._next[sweep.name] = now + sweep.every
        close_old_connections()


def watch(loop: Loop) -> None:
    """End the process when the queue or the loop hangs; whoever supervises it starts it again."""
    begun = clock.now()
    while not loop.stop.wait(WATCH_EVERY):
        if not loop.is_alive() or time.monotonic() - loop.turned > LOOP_STUCK_AFTER:
            give_up("the loop of fast sweeps hangs")
        with contextlib.suppress(OperationalError):  # the others notice a lost database
            beaten = max(jobs.last_beat() or begun, begun)
            if clock.now() - beaten > jobs.BEAT_MISSED_AFTER:
                give_up(f"no heartbeat since {beaten:%H:%M:%S} UTC")
        close_old_connections()


def give_up(reason: str) -> NoReturn:
    """End at once: an ordinary exit would wait for the threads that hang."""
    log.critical("The worker gives up, to be started again: %s", reason)
    os._exit(3)
