"""Every operation names the permission it needs; an operation that names none is refused."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission

from accounts.permissions import allows


class OperationPermission(BasePermission):
    """Checks the view's ``permissions[action]``: one name, or several of which one is enough."""

    def has_permission(self, request: Any, view: Any) -> bool:
        key = request.auth
        if key is None:
            raise NotAuthenticated
        if view.action in (None, "metadata"):  # no such method here: the view answers 405
            return True
        needed = needs(view, view.action)
        if not any(allows(role=key.role, scopes=key.scopes, permission=name) for name in needed):
            raise PermissionDenied(f"This key lacks the permission {' or '.join(needed)}.")
        return True


def needs(view: Any, action: str) -> list[str]:
    """The permissions of which one is enough for ``action``."""
    wanted = view.permissions[action]
    return [wanted] if isinstance(wanted, str) else list(wanted)


def crud(resource: str, **others: str | tuple[str, ...]) -> dict[str, str | tuple[str, ...]]:
    """The usual permissions of a resource, plus those of its own actions."""
    return {
        "list": f"{resource}.VIEW",
        "retrieve": f"{resource}.VIEW",
        "search": f"{resource}.VIEW",
        "create": f"{resource}.CREATE",
        "upsert": (f"{resource}.CREATE", f"{resource}.UPDATE"),
        "update": f"{resource}.UPDATE",
        "destroy": f"{resource}.DELETE",
        **others,
    }
