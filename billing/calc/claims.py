"""When several subscriptions of a customer price one meter: whose an event is that names none."""

from collections.abc import Iterable

from kit.period import Span


def won(span: Span, rivals: Iterable[Span]) -> tuple[Span, ...]:
    """The parts of `span` in which none of `rivals` is in force, in order of time."""
    parts = [span]
    for rival in sorted(rivals, key=lambda each: each.start):
        last = parts.pop()
        taken = last.intersect(rival)
        if taken is None:
            parts.append(last)
            continue
        parts += [Span(last.start, taken.start)] if last.start < taken.start else []
        parts.append(Span(max(taken.end, last.start), last.end))
        if parts[-1].is_empty:
            break
    return tuple(part for part in parts if not part.is_empty)
