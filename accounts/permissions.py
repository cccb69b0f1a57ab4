"""Permissions are strings RESOURCE.ACTION, as in the reference; roles are sets of them by rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models.api_key import KeyRole
from accounts.models.users import Role

READ_SUFFIXES = (".VIEW", ".PREVIEW", ".DOWNLOAD")


@dataclass(frozen=True, slots=True)
class Powers:
    """What a role may do: change resources whose name starts so, and read all but some."""

    changes: tuple[str, ...]
    unread: tuple[str, ...] = ()

    def allow(self, permission: str) -> bool:
        if permission.startswith(self.unread):
            return False
        return permission.endswith(READ_SUFFIXES) or permission.startswith(self.changes)


EVERYTHING = ("",)
FINANCE = (
    "BILLING_ENTITY.",
    "CUSTOMER.",
    "CONTACT.",
    "COUPON.",
    "CREDIT_TYPE.",
    "EXCHANGE_RATE.",
    "INVOICE.",
    "PAYMENT",
    "PRICING_PLAN_SCHEDULE.",
    "PRICING_PLAN_SUBSCRIPTION",
    "PROMOTION_CODE.",
    "REPORT",
    "WALLET",
)
DEVELOPER = (
    "CATALOG.",
    "CUSTOM_FIELD.",
    "FEATURE.",
    "FILE.",
    "METER",
    "PRICING.",
    "PRICING_GROUP",
    "PRICING_ITEM",
    "PRICING_PLAN.",
    "PRICING_PLAN_VERSION",
    "PRODUCT",
    "REPROCESSING.",
    "TEST_CLOCK.",
    "USER.API.",
    "WEBHOOK",
)
POWERS = {
    Role.OWNER: Powers(EVERYTHING),
    Role.ADMINISTRATOR: Powers(EVERYTHING),
    Role.FINANCE: Powers(FINANCE, unread=("USER.", "WEBHOOK")),
    Role.DEVELOPER: Powers(DEVELOPER, unread=("USER.MORTAL.",)),
    Role.READ_ONLY: Powers((), unread=("USER.", "WEBHOOK")),
}
MEANINGS = {
    Role.OWNER: "Everything, and the only role that can change owners.",
    Role.ADMINISTRATOR: "Everything, users and API keys included.",
    Role.FINANCE: "Reads all but keys and webhooks; changes customers, subscriptions, invoices and payments.",
    Role.DEVELOPER: "Reads all but users; changes meters, events, products, prices, keys and webhooks.",
    Role.READ_ONLY: "Reads everything but users, keys and webhooks; changes nothing.",
}


def allows(*, role: str, scopes: Iterable[str], permission: str) -> bool:
    """Whether a key with ``role`` and ``scopes`` may use ``permission``.

    Scopes narrow a role, never widen it; an empty list narrows nothing.
    """
    if role == KeyRole.READ_ONLY and not permission.endswith(READ_SUFFIXES):
        return False
    granted = list(scopes)
    return not granted or permission in granted


def member_allows(*, role: str, permission: str) -> bool:
    """Whether a member with ``role`` may use ``permission``; an unnamed permission is everyone's."""
    return not permission or POWERS[Role(role)].allow(permission)
