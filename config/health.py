"""``/livez`` and ``/readyz``: plain pages for whoever watches the installation."""

from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from kit import clock, jobs


class Unmigrated(Exception):
    """Raised, not returned, so that only the good answer is remembered."""


def live(_request: HttpRequest) -> JsonResponse:
    """200 as long as the web server answers at all."""
    return JsonResponse({"status": "live"})


def ready(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers, is migrated, and the worker's heartbeat is fresh; else 503 and why."""
    try:
        checks = {"database": "ok", "migrations": migrations(), "jobs": heartbeat()}
    except DatabaseError:
        checks = {"database": "cannot be reached"}
    good = all(check == "ok" for check in checks.values())
    answer = {"status": "ready" if good else "not ready", "checks": checks}
    return JsonResponse(answer, status=200 if good else 503)


def migrations() -> str:
    """``ok``, or that some migration of the code is missing in the database."""
    try:
        demand_migrated()
    except Unmigrated:
        return "not all are applied"
    return "ok"


@cache
def demand_migrated() -> None:
    """Compare code and database; asked until it is well once, because reading all migrations is slow."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Unmigrated


def heartbeat() -> str:
    """``ok``, or how long the worker has been silent."""
    last = jobs.last_beat()
    if last is None:
        return "no heartbeat yet"
    silence = clock.now() - last
    return "ok" if silence < jobs.BEAT_MISSED_AFTER else f"no heartbeat for {silence.total_seconds():.0f} s"
