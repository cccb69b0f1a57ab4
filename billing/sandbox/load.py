"""Live the company's year on an untouched platform, through the services, under its test clock.

Everything is one transaction: a loader that is killed leaves nothing behind, and the next one starts
again. What it makes depends only on the day on which it runs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from accounts.context import Context
from accounts.models import Membership, Platform, Role
from accounts.services import clock
from billing.models import BillingEntity, Customer, CustomerStatus
from billing.sandbox import agreements, data, offer, parties, payments, usage
from billing.sandbox.calendar import Calendar
from billing.sandbox.happenings import Happening
from billing.sandbox.progress import Bar
from metering.models import Meter
from metering.selectors import configuration as configurations
from metering.services import ingest

LOCK = 7_102_003
BATCH = 2_000
ACTOR = "mara.okafor@halyard.example"


def once(*, platform: Platform, at: datetime, bar: Bar) -> bool:
    """Load the company unless something is on the platform already; whether it was loaded now.

    The year ends at ``at``, the wall clock's instant, and the platform's clock is free afterwards.
    """
    with transaction.atomic():
        _alone()
        platform.refresh_from_db()
        if not _is_untouched(platform):
            return False
        _Year(platform, Calendar(at, ZoneInfo(parties.ZONE)), bar).live()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return True


def _alone() -> None:
    """A second loader waits here, and then finds the platform touched."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _is_untouched(platform: Platform) -> bool:
    rows = (BillingEntity, Customer, Meter)
    return platform.test_now is None and not any(
        model.objects.for_platform(platform).exists() for model in rows
    )


@dataclass
class _Year:
    platform: Platform
    calendar: Calendar
    bar: Bar
    waiting: deque[Happening] = field(default_factory=deque)

    def live(self) -> None:
        steps = list(self.calendar.steps())
        customers = data.read("customers")
        signed = data.read("agreements")
        story = data.read("story")
        pays_after = {each["reference"]: each["pays_after"] for each in customers if "pays_after" in each}
        clock.freeze(platform=self.platform, at=self.calendar.begin)
        parties.found(self._ctx(self.calendar.begin), story["members"])
        self.waiting = deque(sorted(self._happenings(story, signed, customers), key=lambda each: each.at))
        sent = self._usage(signed)
        for number, step in enumerate(steps, 1):
            clock.advance(platform=self.platform, to=step)
            self._act(step)
            payments.arrive(self._ctx(step), pays_after)
            self._send(sent, step)
            self.bar.to(done=number, of=len(steps), what=f"{step:%B %Y}")
        clock.release(platform=self.platform)

    def _happenings(self, story: Any, signed: Any, customers: Any) -> Iterable[Happening]:
        yield from offer.happenings(self.calendar, data.read("catalog"), story["releases"])
        yield from agreements.happenings(self.calendar, story, signed, customers)
        for entry in story["prospects"]:
            yield self._prospect(
                entry, next(each for each in customers if each["reference"] == entry["customer"])
            )
        yield Happening(self.calendar.at, lambda ctx: self._last(ctx, story))

    def _prospect(self, entry: Any, body: Any) -> Happening:
        """Somebody who has not signed yet."""
        when = self.calendar.of(entry)
        return Happening(when, lambda ctx: parties.enroll(ctx, body, status=CustomerStatus.DRAFT))

    def _last(self, ctx: Context, story: Any) -> None:
        """What is young: contacts, an endpoint, an invitation."""
        for contact in story["contacts"]:
            parties.name_contact(ctx, contact)
        parties.register_endpoint(ctx, story["webhook"])
        owner = Membership.objects.filter(platform=self.platform, role=Role.OWNER).earliest("pk")
        parties.invite(ctx, owner=owner)

    def _usage(self, signed: Any) -> deque[tuple[datetime, usage.Document]]:
        starts: dict[str, datetime] = {}
        for each in signed:
            start = self.calendar.of(each)
            starts[each["customer"]] = min(start, starts.get(each["customer"], start))
        return deque(usage.of(self.calendar, data.read("usage"), starts).documents())

    def _act(self, step: datetime) -> None:
        while self.waiting and self.waiting[0].at <= step:
            self.waiting.popleft().act(self._ctx(step))

    def _send(self, sent: deque[tuple[datetime, usage.Document]], step: datetime) -> None:
        documents = []
        while sent and sent[0][0] <= step:
            documents.append(sent.popleft()[1])
        # The clock has moved since the last batch: to ask is cheaper than to judge every event twice.
        configurations.refreshed(configurations.current(self.platform.pk))
        for first in range(0, len(documents), BATCH):
            some = documents[first : first + BATCH]
            ingest.together(platform_id=self.platform.pk, documents=some, wall=step, field="events")

    def _ctx(self, at: datetime) -> Context:
        return Context(platform=self.platform, at=at, actor_type="USER", actor=ACTOR)
