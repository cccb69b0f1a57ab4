"""``manage.py worker``: the queue's processes, and beside them the loop of the fast sweeps."""

import contextlib
import logging
import os
import threading
import time
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections, connection

from accounts import jobs as sweep_jobs
from kit import clock, jobs

log = logging.getLogger(__name__)

TICK = 1.0
WATCH_EVERY = 15.0
LOOP_STUCK_AFTER = 600.0


class Command(BaseCommand):
    help = "Run background jobs until SIGTERM; ends with status 3 when the queue's heartbeat stops."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        cluster = jobs.Cluster()
        jobs.enqueue(jobs.BEAT)
        loop = Loop()
        threading.Thread(target=watch, args=[loop], daemon=True).start()
        while cluster.alive:
            try:
                loop.turn()
            except OperationalError as error:
                give_up(f"the database does not answer ({str(error).strip()})")
            time.sleep(TICK)
        if not cluster.stopped:
            give_up("the queue's first process has died")


class Loop:
    """Runs each fast sweep when its interval has passed."""

    def __init__(self) -> None:
        self.turned = time.monotonic()
        self._next: dict[str, float] = {}

    def turn(self) -> None:
        close_old_connections()
        for sweep in sweep_jobs.fast():
            now = time.monotonic()
            if now >= self._next.get(sweep.name, 0.0):
                sweep_jobs.run(sweep)
                self._next[sweep.name] = now + sweep.every
        self.turned = time.monotonic()


def watch(loop: Loop) -> None:
    """End the process when the queue or the loop hangs; whoever supervises it starts it again.

    A killed idle worker leaves the queue's lock held for good: all its processes look alive, none works, and
    SIGTERM cannot stop them. Only the missing heartbeat shows it.
    """
    begun = clock.now()
    while True:
        time.sleep(WATCH_EVERY)
        if time.monotonic() - loop.turned > LOOP_STUCK_AFTER:
            give_up("the loop of fast sweeps hangs")
        with contextlib.suppress(OperationalError):  # the loop notices a lost database
            beaten = max(jobs.last_beat() or begun, begun)
            if clock.now() - beaten > jobs.BEAT_MISSED_AFTER:
                give_up(f"no heartbeat since {beaten:%H:%M:%S} UTC")
        connection.close()


def give_up(reason: str) -> NoReturn:
    """End at once: an ordinary exit would wait for the queue's processes, which may never end."""
    log.critical("The worker gives up, to be started again: %s", reason)
    os._exit(3)
