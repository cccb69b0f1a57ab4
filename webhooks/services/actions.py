"""The names of what can happen: ``RESOURCE.ACTION``, and lifecycle names in lower case.

Endpoints choose among them. Names of resources that the reference API knows and this installation
does not have yet may be chosen too: they never occur.
"""

from __future__ import annotations

from collections.abc import Iterable

from kit.errors import InvalidField
from webhooks.services import rendering

VERBS = ("CREATED", "UPDATED", "DELETED")
# Events come by the million: only that one is gone is told one by one.
ONLY = {"METER_DATA": ("DELETED",)}
# The reference spells the third verb in two ways.
ALIASES = {"DELETE": "DELETED"}
RESOURCES = frozenset(
    "ALERT_RULE BILLABLE_METRIC BILLING_ENTITY CONTACT COUPON CUSTOMER FEATURE FILE FILE_PROCESSING_SETTINGS "
    "INVOICE METER METER_PROPERTY METER_VALUE METER_VALUE_CALCULATION PAYMENT PAYMENT_ACCEPTOR PLATFORM "
    "PRICING PRICING_GROUP PRICING_PLAN PRICING_PLAN_SCHEDULE PRICING_PLAN_SUBSCRIPTION PRICING_PLAN_VERSION "
    "PRODUCT PRODUCT_CATEGORY PRODUCT_ITEM QUOTE QUOTE_VERSION WALLET WEBHOOK".split()
)
LIFECYCLE = {
    "COUPON": ("coupon.redeemed",),
    "INVOICE": ("invoice.finalized", "invoice.paid", "invoice.voided", "invoice.archived"),
    "PAYMENT": ("payment.succeeded", "payment.failed"),
    "PRICING_PLAN_SUBSCRIPTION": (
        "subscription.activated",
        "subscription.cancelled",
        "subscription.voided",
        "subscription.archived",
    ),
    "WALLET": ("wallet.depleted",),
}


def catalogue() -> list[dict[str, object]]:
    """What can happen here, per resource: its verbs, then its lifecycle names."""
    known = sorted(rendering.object_types())
    return [{"object_type": each, "actions": [*_verbs(each), *LIFECYCLE.get(each, ())]} for each in known]


def parse(names: Iterable[str], *, field: str) -> list[str]:
    """The names as events carry them, each once; an unknown one is InvalidField naming its place."""
    return list(dict.fromkeys(_parse(name, field=f"{field}.{index}") for index, name in enumerate(names)))


def _verbs(resource: str) -> tuple[str, ...]:
    return ONLY.get(resource, VERBS)


def _parse(name: str, *, field: str) -> str:
    if any(name in names for names in LIFECYCLE.values()):
        return name
    resource, _, verb = name.partition(".")
    verb = ALIASES.get(verb, verb)
    if verb in _verbs(resource) and (resource in RESOURCES or resource in rendering.object_types()):
        return f"{resource}.{verb}"
    raise InvalidField(
        "must be RESOURCE.ACTION, such as INVOICE.CREATED, or a lifecycle name, such as invoice.finalized; "
        "GET /v1/webhooks/actions lists them",
        field=field,
    )
