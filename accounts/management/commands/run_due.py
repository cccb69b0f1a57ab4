"""``manage.py run_due``: run every sweep once, without the queue (cron, recovery, tests)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import jobs
from accounts.services import sweeps


class Command(BaseCommand):
    help = "Run each sweep once over all platforms; exit status 1 if any failed."

    def handle(self, *args: Any, **options: Any) -> None:
        outcomes = [jobs.run(sweep) for sweep in sweeps.registered()]
        for outcome in outcomes:
            self.stdout.write(f"{outcome.name}: {outcome.done} done, {len(outcome.failures)} failed")
        failed = [outcome.name for outcome in outcomes if outcome.failures]
        if failed:
            raise CommandError(f"failed: {', '.join(failed)}; the log above says why")
