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

FLOWS = {flow.resource: flow for flow in (INVOICE, SUBSCRIPTION, CUSTOMER)}


def assert_can(resource: str, current: str, target: str) -> None:
    """Raise InvalidOperation unless a `resource` (its API resource type) may go from one to the other."""
    FLOWS[resource].assert_can(current, target)
