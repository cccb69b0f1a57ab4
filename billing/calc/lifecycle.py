"""The state tables of billing; everything that changes a status asks here first."""

from kit.lifecycle import Flow

INVOICE = Flow(
    "INVOICE",
    {
        "DRAFT": ("FINAL", "VOID"),
        # A final invoice keeps its number and its content; voiding marks it as not owed.
        "FINAL": ("VOID", "ARCHIVED"),
        "VOID": ("ARCHIVED",),
        "ARCHIVED": (),
    },
)

SUBSCRIPTION = Flow(
    "PRICING_PLAN_SUBSCRIPTION",
    {
        "DRAFT": ("ACTIVE", "VOID", "ARCHIVED"),
        "ACTIVE": ("CANCELLED", "VOID"),
        "CANCELLED": ("VOID", "ARCHIVED"),
        "VOID": ("ARCHIVED",),
        "ARCHIVED": (),
    },
)

CUSTOMER = Flow(
    "CUSTOMER",
    {
        "DRAFT": ("ACTIVE", "ARCHIVED", "CLOSED"),
        "ACTIVE": ("DEPRECATED", "ARCHIVED", "CLOSED"),
        "DEPRECATED": ("ARCHIVED", "CLOSED"),
        "ARCHIVED": ("CLOSED",),
        # CLOSED is what `forget` leaves behind: personal data erased, never usable again.
        "CLOSED": (),
    },
)

PLAN_MIGRATION = Flow(
    "PRICING_PLAN_MIGRATION",
    {
        "PREVIEWING": ("READY",),
        # One thing at a time; what is applied and what is taken back is each subscription's state.
        "READY": ("PREVIEWING", "APPLYING", "REVERTING"),
        "APPLYING": ("READY",),
        "REVERTING": ("READY",),
    },
)

FLOWS = {flow.resource: flow for flow in (INVOICE, SUBSCRIPTION, CUSTOMER, PLAN_MIGRATION)}


def assert_can(resource: str, current: str, target: str) -> None:
    """Raise InvalidOperation unless a `resource` (its API resource type) may go from one to the other."""
    FLOWS[resource].assert_can(current, target)
