"""A platform with a world in it, in a database of the benchmark's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from benchmarks import serving


@contextmanager
def founded(name: str, *, at: datetime) -> Iterator[tuple[Any, Any]]:
    """(world, API client) of a platform opened at ``at``; both are gone afterwards."""
    with serving.database(name):
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        from accounts.models import Environment
        from accounts.services import platforms, request_log
        from billing.tests.world import World
        from kit.testing import ApiClient

        opened = platforms.open_platform(
            name="Benchmark",
            environment=Environment.TEST,
            owner_email="bench@example.com",
            owner_password="benchmark-only",
            at=at,
        )
        api = ApiClient(opened.api_key)
        api.client.defaults["SERVER_NAME"] = "localhost"
        try:
            yield World(opened.platform), api
        finally:
            request_log.write()  # nothing is left for its thread when the database goes
            connections.close_all()
