"""The rows that discounts, or markups, of stored phases are: one for all that agree, else one for each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from billing.calc.schedule_terms import LEVELS
from desk.editors import subscription_adjustment as adjustment
from desk.editors import subscription_targets as targets
from desk.editors.subscription_adjustment import EVERY, Span
from desk.editors.subscription_adjustment_kinds import Kind
from desk.editors.subscription_alike import alike
from kit.money import plain

Values = dict[str, Any]


def rows_of(spans: Sequence[Span]) -> list[Values] | None:
    """Such rows that each phase would keep of them just what it has; None where there are none."""
    apart = [_row(level, body, span) for span in spans for level, body in adjustment.entries(span.stored)]
    if len(spans) == 1:
        return [{**row, "phase": EVERY} for row in apart]
    for rows in (in_turn(_together(apart, spans)), in_turn(apart)):
        if all(alike(adjustment.said(rows, span) or {}) == alike(span.stored or {}) for span in spans):
            return rows
    return None


def in_turn(rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The rows as they are once they were stored: level by level, those without a number last."""
    return sorted(rows, key=_turn)


def _turn(row: Mapping[str, Any]) -> tuple[bool, int]:
    is_blank = not str(row["value"] or "").strip()
    return is_blank, [*LEVELS].index(targets.level_of(row["on"] or "")[0])


def values_of(kind: Kind, rows: Iterable[Values]) -> Values:
    """What the fields start from."""
    numbered = list(enumerate(rows))
    fields = {
        kind.field(index, name): _text(row.get(name)) for index, row in numbered for name in kind.fields
    }
    return {kind.rows: len(numbered), **fields}


def _text(value: Any) -> Any:
    return plain(value) if isinstance(value, Decimal) else value


def _row(level: str, body: adjustment.Json, span: Span) -> Values:
    return {**adjustment.values_of(level, body, span.zone), "phase": str(span.number + 1)}


def _together(apart: Sequence[Values], spans: Sequence[Span]) -> list[Values]:
    """A row of several phases once, where what it would be in each of them is there; in the order of all."""
    wholes: dict[int, Values] = {}  # place of a row -> the row of several phases that it is a part of
    for place, row in enumerate(apart):
        whole = {**row, "phase": EVERY}
        parts = None if place in wholes else _parts(whole, apart, wholes, spans)
        if parts and len(parts) > 1:
            wholes |= dict.fromkeys(parts, whole)
    return _in_turn(apart, wholes)


def _parts(
    whole: Values, apart: Sequence[Values], taken: Collection[int], spans: Sequence[Span]
) -> list[int] | None:
    """The places of the rows that it stands for; None where a phase has not what it would be there."""
    found = []
    for span in spans:
        for level, (body,) in (adjustment.entry(whole, span) or {}).items():
            part = _row(level, body, span)
            places = (n for n, row in enumerate(apart) if n not in taken and row == part)
            if (place := next(places, None)) is None:
                return None
            found.append(place)
    return found


def _in_turn(apart: Sequence[Values], wholes: Mapping[int, Values]) -> list[Values]:
    """The rows so that each phase has its own in their order; fewer where there is no such."""
    queues: dict[str, list[int]] = {}
    for place, row in enumerate(apart):
        queues.setdefault(row["phase"], []).append(place)
    rows: list[Values] = []
    while heads := [queue[0] for queue in queues.values() if queue]:
        for head in heads:
            whole = wholes.get(head)
            parts = [n for n, each in wholes.items() if each is whole] if whole else [head]
            if set(parts) <= set(heads):
                break
        else:
            return rows
        rows.append(whole or apart[head])
        queues = {key: [n for n in queue if n not in parts] for key, queue in queues.items()}
    return rows
