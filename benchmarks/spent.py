"""What a piece of work takes: on the clock, and of the processors' time.

The clock depends on what else the machine does; processor time of this process and of its connection's
server process hardly does. The latter is known where the server runs on this machine (Linux tells it);
elsewhere it counts as none.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Spent:
    """Milliseconds: ``wall`` on the clock, ``python`` and ``database`` of processor time."""

    wall: float = 0
    python: float = 0
    database: float = 0

    @property
    def work(self) -> float:
        """Processor time of both."""
        return self.python + self.database


@contextmanager
def measured() -> Iterator[Spent]:
    """Fills what it yields when the block ends."""
    found = Spent()
    wall, python, database = time.perf_counter(), time.process_time(), _of_server()
    yield found
    found.wall = (time.perf_counter() - wall) * 1000
    found.python = (time.process_time() - python) * 1000
    found.database = _of_server() - database


def _of_server() -> float:
    from django.db import connection

    connection.ensure_connection()
    try:
        told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text()
    except OSError:
        return 0
    return int(told.split()[0]) / 1e6
