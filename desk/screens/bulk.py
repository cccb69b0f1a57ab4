"""Bulk actions: confirm with counts, then one result per row, never a silent partial success.

What failed can be tried again, and taken away as CSV.
"""

from __future__ import annotations

import csv
import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import HttpResponse

from desk.components import format
from desk.components.curl import Call, Snippets
from desk.listing import State
from desk.screens import export, undo
from desk.screens.listed import Listed
from desk.tables import Bulk, Result
from kit.errors import InvalidOperation, NotFound, TallydeskError
from kit.money import Money

MOST = 500
UNFORESEEN = "Nothing was changed: something unforeseen happened. Name this request to who runs Tallydesk:"
log = logging.getLogger(__name__)


def run(screen: Listed, state: State) -> HttpResponse:
    """Ask first; with ``confirmed``, do it row by row."""
    post = screen.request.POST
    if "failures" in post:
        return _failures(post.getlist("failures")[:MOST])
    action = next((item for item in screen.table.bulk if item.name == post.get("bulk")), None)
    if action is None:
        raise NotFound("There is no such action.")
    screen.need(action.permission)
    rows = selected(screen, state)
    context: dict[str, Any] = {"action": action, "state": state, "table": screen.table}
    if action.question:
        return _answered(screen, action, rows, context)
    if "as_curl" in post:
        return _copied(screen, action.calls([row for row in rows if not action.refuses(row)]))
    if "confirmed" not in post:
        return _asked(screen, action, rows, context)
    return _told(screen, action, [_result(screen, action, row) for row in rows], context)


def _answered(screen: Listed, action: Bulk, rows: list[Any], context: dict[str, Any]) -> HttpResponse:
    """Ask the action's own question; with a valid answer, do it for all rows together."""
    question, post = action.question, screen.request.POST
    assert question is not None
    fitting = [row for row in rows if not action.refuses(row)]
    form = question.form(screen.operator, fitting, post if "confirmed" in post else None)
    context |= {"form": form}
    if "as_curl" in post:
        problems = [] if form.is_valid() else form.problems()
        return _copied(screen, [] if problems else question.calls(screen.operator, fitting, form), problems)
    if "confirmed" not in post:
        return _asked(screen, action, rows, context)
    if not form.is_valid():
        return _asked(screen, action, rows, context, status=422)
    try:
        with transaction.atomic():
            done = question.begin(screen.operator, fitting, form)
    except TallydeskError as error:
        form.refuse(error)
        return _asked(screen, action, rows, context, status=422)
    left = [_left(screen, action, row) for row in rows if action.refuses(row)]
    if len(done) == 1 and not left and not done[0].problem:
        return screen.done(done[0].href, done[0].name)
    return _told(screen, action, [*done, *left], context)


def _copied(screen: Listed, calls: Sequence[Call], problems: Sequence[Any] = ()) -> HttpResponse:
    """The API requests that do the same, or why the API would refuse them."""
    snippets = Snippets(tuple(calls), key="bulk-call")
    return screen.render("desk/curl_dialog.html", title="Copy as cURL", snippets=snippets, problems=problems)


def _told(screen: Listed, action: Bulk, results: Sequence[Result], context: dict[str, Any]) -> HttpResponse:
    """One result per row."""
    return screen.render(
        "desk/bulk_result.html",
        title=action.label,
        results=results,
        done=sum(1 for result in results if not result.problem and not result.left),
        failed=sum(1 for result in results if result.problem),
        left=sum(1 for result in results if result.left),
        retry=action.question is None,
        undo=undo.url_for(screen.operator),
        **context,
    )


def _asked(
    screen: Listed, action: Bulk, rows: list[Any], context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """How many rows it takes, why it leaves the others, and what they come to."""
    fitting = [row for row in rows if not action.refuses(row)]
    return screen.render(
        "desk/bulk_confirm.html",
        status=status,
        title=action.label,
        keys=[screen.key(row) for row in rows],
        rows=rows,
        fitting=fitting,
        reasons=Counter(reason for row in rows if (reason := action.refuses(row))).most_common(),
        sums=_sums(action, screen.decorated(fitting)) if action.money else [],
        **context,
    )


def _sums(action: Bulk, rows: list[Any]) -> list[str]:
    """What the rows come to, currency by currency."""
    assert action.money is not None
    totals: dict[str, Money] = {}
    for amount in filter(None, map(action.money, rows)):
        so_far = totals.get(amount.currency)
        totals[amount.currency] = so_far + amount if so_far else amount
    return [format.money_with_code(total.quantity, total.currency) for _, total in sorted(totals.items())]


def selected(screen: Listed, state: State) -> list[Any]:
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


def _result(screen: Listed, action: Bulk, row: Any) -> Result:
    name, href, key = screen.row_name(row), screen.href(row), screen.key(row)
    if action.refuses(row):
        return _left(screen, action, row)
    try:
        with transaction.atomic():
            action.run(ctx=screen.operator.ctx, instance=row)
    except TallydeskError as error:
        return Result(name, href, error.message, key=key)
    except Exception:  # whatever one row's data does, the others are served and each is told of
        log.exception("Bulk %s failed for %s", action.name, key)
        return Result(name, href, f"{UNFORESEEN} {screen.operator.request_id}", key=key)
    return Result(name, href)


def _left(screen: Listed, action: Bulk, row: Any) -> Result:
    return Result(screen.row_name(row), screen.href(row), left=action.refuses(row))


def _failures(lines: list[str]) -> HttpResponse:
    """What failed, as CSV: each line is a row's id, its name and the problem, as the results showed them."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="failures.csv"'
    writer = csv.writer(response)
    writer.writerow(["ID", "Name", "Problem"])
    writer.writerows([export.safe(cell) for cell in line.split("\t", 2)] for line in lines)
    return response
