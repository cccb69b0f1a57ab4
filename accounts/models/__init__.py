"""Who is using Tallydesk: platforms, people, keys, and what they did."""

from accounts.models.api_key import ApiKey, KeyRole
from accounts.models.api_log import ApiRequest, RequestSource
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
from accounts.models.sign_in import AttemptKind, Invitation, SignInAttempt, UserSession
from accounts.models.users import Membership, Role, User

__all__ = [
    "ApiKey",
    "ApiRequest",
    "AttemptKind",
    "AuditEntry",
    "Environment",
    "IdempotencyRecord",
    "Invitation",
    "KeyRole",
    "LateUsage",
    "Membership",
    "Platform",
    "RequestSource",
    "Role",
    "SignInAttempt",
    "TenantModel",
    "TenantQuerySet",
    "User",
    "UserSession",
    "known",
    "unique_reference",
]
