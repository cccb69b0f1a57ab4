"""A figure of a platform as it was when it was last drawn up."""

from __future__ import annotations

from django.db import models

from accounts.models import Platform


class FigureKind(models.TextChoices):
    """What is kept."""

    UNBILLED = "UNBILLED", "unbilled"
    RECURRING = "RECURRING", "recurring"


class KeptFigure(models.Model):
    """One row per platform and kind, for a figure that many open pages ask for again and again.

    ``totals``: currency -> what the service of the kind keeps, amounts as text. ``state`` tells what the
    platform's data was like then. Until ``stands_until`` the figure is shown whatever has changed since,
    until ``good_until`` where nothing has. All instants are wall time.
    """

    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, db_index=False, related_name="+")
    kind = models.CharField(max_length=16, choices=FigureKind.choices)
    state = models.CharField(max_length=300)
    totals = models.JSONField(default=dict)
    drawn_at = models.DateTimeField()
    stands_until = models.DateTimeField()
    good_until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "kind"], name="kept_figure_unique"),
            models.CheckConstraint(condition=models.Q(kind__in=FigureKind.values), name="kept_figure_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.platform_id} at {self.drawn_at}"
