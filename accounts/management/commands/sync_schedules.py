"""``manage.py sync_schedules``: make the queue's schedules equal to the sweeps in code."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import jobs as sweep_jobs
from kit import jobs


class Command(BaseCommand):
    help = "Create, update and remove the queue's schedules so that they match the code."

    def handle(self, *args: Any, **options: Any) -> None:
        for path in jobs.sync_schedules(sweep_jobs.scheduled()):
            self.stdout.write(path)
