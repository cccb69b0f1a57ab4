"""What the drafts of a platform came to when they were last drawn up together."""

from __future__ import annotations

from django.db import models

from accounts.models import Platform


class UnbilledTotals(models.Model):
    """One row per platform, for a figure that many open pages ask for again and again.

    ``totals``: currency -> ``[drafts, amount without tax]``. ``state`` tells what the platform's data was
    like then. Until ``stands_until`` the figure is shown whatever has changed since, until ``good_until``
    where nothing has. All instants are wall time.
    """

    platform = models.OneToOneField(Platform, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=300)
    totals = models.JSONField(default=dict)
    drawn_at = models.DateTimeField()
    stands_until = models.DateTimeField()
    good_until = models.DateTimeField()

    class Meta:
        verbose_name_plural = "unbilled totals"

    def __str__(self) -> str:
        return f"Unbilled on {self.platform_id} at {self.drawn_at}"
