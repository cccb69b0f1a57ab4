"""Events: the truth from which all usage can be rebuilt."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Func, Q

from accounts.models import Platform
from kit import ids
from metering.models.meter import Meter

_OF_MORE = "@? '$[*] ? (@.k > 1)'"
SEVERAL_UNITS = f"e.count > 1 OR e.more {_OF_MORE}"
"""Whether a value of event ``e`` stands for several units, as the index ``event_of_units`` has it."""


class Event(models.Model):
    """One billable action (the API's meter data), unique per platform and reference for ever.

    Written only by ``metering.services.ingest``, one statement per request. The first value stands
    in columns; further ones in ``more`` as ``[{"v": key, "n": "1.5", "c": "EUR", "k": 2}]``.
    ``count`` says for how many units the value stands; empty means one. Rows are wide in number,
    so foreign keys are kept by the service and not checked by the database (a fifth of the time).
    """

    prefix: ClassVar[str] = "metd"
    object_type: ClassVar[str] = "METER_DATA"
    shapes_matching: ClassVar[bool] = False

    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    customer_id = models.BigIntegerField(help_text="Billing's key; see metering.ports.")
    meter = models.ForeignKey(
        Meter, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    subscription_id = models.BigIntegerField(null=True, help_text="The subscription that the event names.")
    timestamp = models.DateTimeField(help_text="When it happened.")
    stored_at = models.DateTimeField(help_text="When it was durably here.")
    deleted_at = models.DateTimeField(null=True)
    meter_value_id = models.BigIntegerField(null=True)
    count = models.BigIntegerField(null=True)
    number = models.DecimalField(max_digits=38, decimal_places=12, null=True)
    payload_hash = models.BinaryField(max_length=16)
    reference = models.CharField(max_length=256, db_collation="C")
    currency = models.CharField(max_length=3, null=True)
    properties = models.JSONField(null=True, help_text="Property key -> value; empty when it has none.")
    more = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "reference"], name="event_reference_unique")
        ]
        # Each costs every event: the usage of a customer, and lists by arrival and by time.
        indexes = [
            models.Index(fields=["customer_id", "meter", "timestamp"], name="event_by_time"),
            models.Index(fields=["platform", "id"], name="event_by_arrival"),
            models.Index(fields=["platform", "timestamp", "id"], name="event_listed"),
            models.Index(
                fields=["platform", "deleted_at"], condition=Q(deleted_at__isnull=False), name="event_deleted"
            ),
            models.Index(
                fields=["customer_id", "meter", "timestamp"],
                condition=Q(count__gt=1)
                | Q(
                    Func(
                        F("more"),
                        template=f"%(expressions)s {_OF_MORE}",
                        output_field=models.BooleanField(),
                    )
                ),
                name="event_of_units",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def public_id(self) -> str:
        """``metd_…``: not stored, made from the key and the millisecond of ``stored_at``."""
        return ids.encode(self.prefix, at=self.stored_at, number=self.pk)


class EventDuplicate(models.Model):
    """A second arrival of a reference with the same payload; it counts for nothing.

    Its key comes from the events' own sequence, so that a public id names either an event or a duplicate.
    """

    prefix: ClassVar[str] = "metd"

    id = models.BigIntegerField(primary_key=True)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="duplicates")
    stored_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.encode(self.prefix, at=self.stored_at, number=self.pk)


def locate(public_id: str) -> tuple[int, int] | None:
    """(milliseconds of ``stored_at``, key) that an event's public id tells, or None for anything else."""
    found = ids.decode(public_id, prefix=Event.prefix)
    return found if found and found[1] < 1 << 63 else None


def made_at(stored_at: datetime, *, millis: int) -> bool:
    """Whether an id that says ``millis`` can be of a row stored then: others are not ours."""
    return ids.milliseconds(stored_at) == millis
