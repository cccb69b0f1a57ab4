"""Who is using Tallydesk: platforms, people, keys, and what they did."""

from accounts.models.api_key import ApiKey, KeyRole
from accounts.models.audit import AuditEntry
from accounts.models.idempotency import IdempotencyRecord
from accounts.models.platform import (
    Environment,
    LateUsage,
    Platform,
    TenantModel,
    TenantQuerySet,
    known,
    unique_reference,
)
from accounts.models.users import Membership, Role, User

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Environment",
    "IdempotencyRecord",
    "KeyRole",
    "LateUsage",
    "Membership",
    "Platform",
    "Role",
    "TenantModel",
    "TenantQuerySet",
    "User",
    "known",
    "unique_reference",
]
