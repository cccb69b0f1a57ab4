"""Holding a version still while its prices change: only a DRAFT can, and one change at a time."""

from __future__ import annotations

from catalog.models import PricingPlanVersion, Status
from kit import persistence
from kit.errors import CannotUpdate


def locked(version: PricingPlanVersion) -> PricingPlanVersion:
    """The version under a lock, so that it cannot be activated meanwhile; refused unless DRAFT."""
    row = persistence.lock(version)
    assert_draft(row)
    return row


def assert_draft(version: PricingPlanVersion) -> None:
    """Refuse a version that has left DRAFT: what customers were promised does not change."""
    if version.status != Status.DRAFT:
        raise CannotUpdate(
            f"The version is {version.status}: its prices cannot change; make a new version",
            field="status",
            resource_type=version.object_type,
            resource_id=version.public_id,
        )
