"""How one member likes Desk to look, kept per platform."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Platform, known


class Theme(models.TextChoices):
    SYSTEM = "SYSTEM", "As the system"
    LIGHT = "LIGHT", "Light"
    DARK = "DARK", "Dark"


class Density(models.TextChoices):
    COMFORTABLE = "COMFORTABLE", "Comfortable"
    COMPACT = "COMPACT", "Compact"


class Shortcuts(models.TextChoices):
    """Whether single keys act (WCAG 2.1.4 asks for a way to switch them off)."""

    ON = "ON", "On"
    OFF = "OFF", "Off"


class Preference(models.Model):
    """A member's theme, density, keyboard and open folders."""

    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    theme = models.CharField(max_length=8, choices=Theme.choices, default=Theme.SYSTEM)
    density = models.CharField(max_length=16, choices=Density.choices, default=Density.COMFORTABLE)
    shortcuts = models.CharField(max_length=4, choices=Shortcuts.choices, default=Shortcuts.ON)
    open_folders = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "user"], name="preference_unique"),
            known("theme", Theme, model="preference"),
            known("density", Density, model="preference"),
            known("shortcuts", Shortcuts, model="preference"),
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.platform}"
