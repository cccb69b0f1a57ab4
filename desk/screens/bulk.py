"""Bulk actions: confirm with counts, then one result per row, never a silent partial success."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpResponse

from desk.tables import Bulk, State
from kit.errors import InvalidOperation, NotFound, TallydeskError

if TYPE_CHECKING:
    from desk.screens.lists import ListScreen

MOST = 500


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row."""

    name: str
    href: str
    problem: str = ""


def run(screen: ListScreen, state: State) -> HttpResponse:
    """Ask first; with ``confirmed``, do it row by row."""
    post = screen.request.POST
    action = next((item for item in screen.table.bulk if item.name == post.get("bulk")), None)
    if action is None:
        raise NotFound("There is no such action.")
    screen.need(action.permission)
    rows = selected(screen, state)
    context: dict[str, Any] = {
        "action": action,
        "rows": rows,
        "state": state,
        "table": screen.table,
        "one": screen.table.one,
    }
    if "confirmed" not in post:
        keys = [screen.key(row) for row in rows]
        return screen.render("desk/bulk_confirm.html", title=action.label, keys=keys, **context)
    results = [_result(screen, action, row) for row in rows]
    failed = [result for result in results if result.problem]
    return screen.render(
        "desk/bulk_result.html",
        title=action.label,
        results=results,
        failed=failed,
        done=len(results) - len(failed),
        **context,
    )


def selected(screen: ListScreen, state: State) -> list[Any]:
    """The chosen rows, or all that match the list's filters."""
    post = screen.request.POST
    rows = state.narrow(screen.rows())
    if "everything" not in post:
        rows = rows.filter(public_id__in=post.getlist("selected")[:MOST])
    chosen = list(state.ordered(rows)[: MOST + 1])
    if not chosen:
        raise InvalidOperation(f"Select at least one {screen.table.one} first.")
    if len(chosen) > MOST:
        raise InvalidOperation(f"At most {MOST} {screen.table.many} at once: narrow the list first.")
    return chosen


def _result(screen: ListScreen, action: Bulk, row: Any) -> Result:
    name, href = str(row), screen.href(row)
    try:
        with transaction.atomic():
            action.run(ctx=screen.operator.ctx, instance=row)
    except TallydeskError as error:
        return Result(name, href, error.message)
    return Result(name, href)
