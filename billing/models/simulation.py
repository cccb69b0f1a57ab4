"""Simulations too large to answer at once: past usage rated by another version, customer by customer."""

from __future__ import annotations

from typing import Any

from django.db import models

from accounts.models import TenantModel
from billing.models.customer import Customer
from catalog.models import PricingPlanVersion


class Simulation(TenantModel):
    """``version`` tried on periods that start in ``[start_at, end_at)``, against ``against`` or what was."""

    prefix = "ppsi"
    object_type = "SIMULATION"
    shapes_matching = False

    version = models.ForeignKey(PricingPlanVersion, on_delete=models.CASCADE, related_name="+")
    against = models.ForeignKey(
        PricingPlanVersion, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["platform", "-created_at"], name="simulation_listed")]


class SimulatedCustomer(models.Model):
    """A customer of a simulation; ``outcomes`` (one per currency, in the API's shape) empty until done.

    ``attempts`` is how often it was begun.
    """

    platform = models.ForeignKey(
        "accounts.Platform", on_delete=models.PROTECT, related_name="+", editable=False
    )
    simulation = models.ForeignKey(Simulation, on_delete=models.CASCADE, related_name="rows")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    outcomes: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    attempts = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["simulation", "customer"], name="simulated_customer_once")
        ]
        indexes = [
            models.Index(
                fields=["platform", "simulation"],
                condition=models.Q(outcomes__isnull=True),
                name="simulated_customer_pending",
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer} in {self.simulation}"
