"""Saved views as tabs over a list: All first, then the member's own and the shared ones."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpResponse

from desk.listing import State
from desk.models import SavedView, Visibility
from desk.screens.listed import Listed
from desk.services import saved_views
from kit.errors import NotFound


@dataclass(frozen=True, slots=True)
class Tab:
    """``changed``: the list differs from what the view holds."""

    label: str
    url: str
    current: bool
    key: str = ""
    changed: bool = False
    mine: bool = False


def tabs(screen: Listed, state: State) -> list[Tab]:
    """All, then what the list offers by itself, then every view this member may see."""
    presets = [Tab(label, f"?{query}", state.as_view == query) for label, query in screen.table.presets]
    chosen = state.query.get("view", "")
    found = [
        Tab(
            label=view.name,
            url=f"?{view.query}&view={view.public_id}".replace("?&", "?"),
            current=view.public_id == chosen,
            key=view.public_id,
            changed=view.public_id == chosen and view.query != state.as_view,
            mine=view.owner_id == screen.operator.user.pk,
        )
        for view in visible(screen)
    ]
    offered = [*presets, *found]
    return [Tab("All", "?", not any(tab.current for tab in offered)), *offered]


def visible(screen: Listed) -> list[SavedView]:
    """The member's own views and the shared ones, by name."""
    operator = screen.operator
    mine = Q(owner=operator.user) | Q(visibility=Visibility.SHARED)
    rows = SavedView.objects.for_platform(operator.platform).filter(mine, table=screen.table.key)
    return list(rows.order_by("name", "pk"))


def change(screen: Listed, state: State) -> HttpResponse:
    """Save as new, update or delete, then show the list as the view has it."""
    post, operator = screen.request.POST, screen.operator
    if post["view_action"] == "create":
        shared = Visibility.SHARED if post.get("shared") else Visibility.PRIVATE
        view = saved_views.create(
            ctx=operator.ctx,
            owner=operator.user,
            table=screen.table.key,
            name=post.get("name", ""),
            query=state.as_view,
            visibility=shared,
        )
        return screen.done(f"?{view.query}&view={view.public_id}", "View saved")
    own = SavedView.objects.for_platform(operator.platform).filter(owner=operator.user)
    chosen = own.filter(public_id=post.get("view", ""), table=screen.table.key).first()
    if chosen is None:
        raise NotFound("There is no such view of yours.")
    if post["view_action"] == "delete":
        saved_views.delete(view=chosen)
        return screen.done("?", "View deleted")
    saved_views.update(ctx=operator.ctx, view=chosen, query=state.as_view)
    return screen.done(f"?{state.as_view}&view={chosen.public_id}", "View updated")
