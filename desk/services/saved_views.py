"""Keep, change and drop saved views."""

from __future__ import annotations

from django.db import transaction

from accounts.context import Context
from accounts.models import User
from desk.models import SavedView, Visibility
from kit import persistence
from kit.errors import InvalidField, MissingField


@transaction.atomic
def create(
    *, ctx: Context, owner: User, table: str, name: str, query: str, visibility: Visibility
) -> SavedView:
    """A new view of ``table``; its name is unique among the owner's."""
    name = name.strip()
    if not name:
        raise MissingField("Enter a name for the view.", field="name")
    if len(name) > 60:
        raise InvalidField("A view's name has at most 60 characters.", field="name")
    view = SavedView.stamped(
        platform=ctx.platform,
        at=ctx.at,
        owner=owner,
        table=table,
        name=name,
        query=query[:2000],
        visibility=visibility,
    )
    persistence.insert(view)
    return view


@transaction.atomic
def update(*, ctx: Context, view: SavedView, query: str) -> None:
    """Let the view hold ``query`` from now on."""
    locked = persistence.lock(view)
    locked.query, locked.updated_at = query[:2000], ctx.at
    persistence.store(locked, ["query", "updated_at"])


def delete(*, view: SavedView) -> None:
    """Forget the view; the list itself is untouched."""
    persistence.remove(view)
