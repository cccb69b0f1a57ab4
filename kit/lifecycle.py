"""State tables: which status may follow which.

A flow is data. Services ask it before they change a status; nothing else decides. A status never
follows itself: whoever accepts an unchanged status in a request leaves the row alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kit.errors import InvalidOperation

CLOSING = ("INACTIVE", "DEPRECATED", "ARCHIVED")


@dataclass(frozen=True, slots=True)
class Flow:
    """The statuses of one kind of resource, each with those that may follow it."""

    resource: str
    following: Mapping[str, tuple[str, ...]]

    def allows(self, current: str, target: str) -> bool:
        return target in self.following[current]

    def assert_can(self, current: str, target: str) -> None:
        """Raise InvalidOperation, naming both statuses and what is allowed, unless the step exists."""
        if self.allows(current, target):
            return
        allowed = " or ".join(self.following[current]) or "nothing, it is an end state"
        name = self.resource.lower().replace("_", " ")
        message = f"{name}: cannot go from {current} to {target}; from {current} it can go to {allowed}"
        raise InvalidOperation(message, field="status", resource_type=self.resource)

    def assert_can_return(self, current: str, previous: str) -> None:
        """Raise InvalidOperation unless ``current`` closed what was ``previous``: only that is taken back."""
        if current in CLOSING and self.allows(previous, current):
            return
        name = self.resource.lower().replace("_", " ")
        message = f"{name}: {current} cannot be taken back to {previous}"
        raise InvalidOperation(message, field="status", resource_type=self.resource)


def core_flow(resource: str) -> Flow:
    """DRAFT, ACTIVE, DEPRECATED, ARCHIVED: forward only, steps may be skipped except into DEPRECATED.

    DRAFT is editable and not usable, ACTIVE usable, DEPRECATED kept by existing users and closed to
    new ones, ARCHIVED hidden and read-only.
    """
    return Flow(
        resource,
        {
            "DRAFT": ("ACTIVE", "ARCHIVED"),
            "ACTIVE": ("DEPRECATED", "ARCHIVED"),
            "DEPRECATED": ("ARCHIVED",),
            "ARCHIVED": (),
        },
    )


def switched_flow(resource: str) -> Flow:
    """The core flow of what can also be switched off and on again: INACTIVE is closed to new use for now."""
    return Flow(
        resource,
        {
            "DRAFT": ("ACTIVE", "ARCHIVED"),
            "ACTIVE": ("INACTIVE", "DEPRECATED", "ARCHIVED"),
            "INACTIVE": ("ACTIVE", "DEPRECATED", "ARCHIVED"),
            "DEPRECATED": ("ARCHIVED",),
            "ARCHIVED": (),
        },
    )
