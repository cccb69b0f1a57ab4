"""``manage.py prepare``: everything that must be true of the database before Tallydesk is served from it."""

import sys
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from accounts import jobs as sweep_jobs
from accounts.models import Platform
from accounts.services import sandbox
from billing.sandbox import load, traffic
from billing.sandbox.progress import Bar
from kit import clock, jobs, memory

OLDEST_SERVER = 15
SANDBOXES = ("full", "empty")


class Command(BaseCommand):
    help = "Check the database, migrate it, load the sandbox once, write the schedules."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SANDBOX not in SANDBOXES:
            raise CommandError(f"SANDBOX must be {' or '.join(SANDBOXES)}, not {settings.SANDBOX!r}.")
        demand_database()
        self.stderr.write("Preparing the database")
        call_command("migrate", interactive=False, verbosity=0)
        jobs.sync_schedules(sweep_jobs.scheduled())
        facts = sandbox.load(note=settings.BASE_DIR / "var" / "sandbox.json", at=clock.now())
        if settings.SANDBOX == "full":
            memory.settle()
            platform = Platform.objects.get(public_id=facts["platform_id"])
            if load.once(platform=platform, at=clock.now(), bar=Bar(sys.stderr, "Loading the sandbox")):
                traffic.send(platform=platform, key=facts["api_key"])


def demand_database() -> None:
    """Raise CommandError with one sentence when the database cannot be used.

    Asks without the connection pool, which would try for ten seconds and log each attempt.
    """
    parameters = connection.get_connection_params()
    parameters.pop("pool", None)
    where = f"{parameters.get('host') or 'the local socket'}, database {parameters.get('dbname')}"
    try:
        with psycopg.connect(**{**parameters, "connect_timeout": 5}) as server:
            version = server.info.server_version // 10_000
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise CommandError(f"The database of DATABASE_URL ({where}) cannot be reached: {reason}") from error
    if version < OLDEST_SERVER:
        raise CommandError(
            f"Tallydesk needs PostgreSQL {OLDEST_SERVER} or newer; {where} is version {version}."
        )
