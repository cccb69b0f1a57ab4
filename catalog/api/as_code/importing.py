"""From a document to the platform's catalog, all or nothing, through the services that the API calls.

What closes (INACTIVE, DEPRECATED, ARCHIVED) is made open first and closed at the end, from the codes and
plans back to the meters: an ACTIVE version may name a product that was archived after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from rest_framework.exceptions import ValidationError

from accounts.context import Context
from catalog.api.as_code import export
from catalog.api.as_code.kinds import VERSIONS, WITHOUT_STATUS, Key, Kind, kinds, label
from catalog.api.as_code.tidy import tidied
from catalog.api.fields import LARGEST
from catalog.models import CouponStatus, Status
from catalog.services import differences
from kit.api import errors as edge
from kit.errors import InvalidField, MissingField, TallydeskError

Entry = dict[str, Any]
Progress = Callable[[str], None]
CLOSED = (CouponStatus.INACTIVE, Status.DEPRECATED, Status.ARCHIVED)


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one entry: CREATE, UPDATE, or ABSENT (on the platform only; it is left alone)."""

    kind: str
    reference: str
    action: str
    differences: tuple[differences.Difference, ...] = ()


def changes(*, ctx: Context, document: Any, progress: Progress = lambda line: None) -> list[Change]:
    """Make the platform's catalog as the document says, and answer what that changed.

    Nothing is deleted. Raises a TallydeskError whose field starts with the entry's place, such as
    ``products.3.category_id``; nothing is changed then.
    """
    _assert_document(document)
    with transaction.atomic():
        before = export.document(ctx.platform)
        _Import(ctx, document, export.by_key(before), progress).run()
        after = export.document(ctx.platform)
    return [*_made(export.by_key(before), export.by_key(after)), *_absent(before, document)]


def dry_run(*, ctx: Context, document: Any, progress: Progress = lambda line: None) -> list[Change]:
    """What ``changes`` would answer or raise, with nothing changed in the end."""
    with transaction.atomic():
        found = changes(ctx=ctx, document=document, progress=progress)
        transaction.set_rollback(True)
    return found


class _Import:
    """One run over a document."""

    def __init__(self, ctx: Context, document: Any, present: dict[Any, Entry], progress: Progress) -> None:
        self.ctx = ctx
        self.document = document
        self.present = present
        self.progress = progress
        self.closing: list[tuple[Kind, str, Any, str]] = []

    def run(self) -> None:
        for kind in kinds():
            for index, entry in _ordered(kind, self.document.get(kind.name) or []):
                self._placed(kind, f"{kind.name}.{index}", entry)
        for kind, at, row, status in reversed(self.closing):
            with _within(at):
                kind.service.update(ctx=self.ctx, instance=row, fields={"status": status})

    def _placed(self, kind: Kind, at: str, entry: Entry) -> None:
        key = kind.key(entry)
        there = self.present.get((kind.name, key))
        wanted = tidied(entry, {})
        status = wanted.pop("status", None)
        if there is None:
            row = self._created(kind, at, wanted, status)
        else:
            status = None if status == there.get("status") else status
            changed = _changed(there, wanted)
            if not changed and not status:
                return
            row = self._updated(kind, at, key, changed, status)
        if status in CLOSED:
            self.closing.append((kind, at, row, status))
        self.progress(f"{'update' if there else 'create'} {kind.name} {label(key)}")

    def _created(self, kind: Kind, at: str, wanted: Entry, status: str | None) -> Any:
        fields = self._judged(kind, at, wanted)
        if kind.name == VERSIONS:
            fields["version"] = wanted.get("version")
            opening = Status.DRAFT if status == Status.ARCHIVED else _open(status)
            return self._call(kind.service.create, at, {**fields, "status": opening})
        if kind.name in WITHOUT_STATUS:
            return self._call(kind.service.create, at, fields)
        if status != Status.ARCHIVED:
            return self._call(kind.service.create, at, {**fields, "status": _open(status)})
        return self._once_open(kind, at, fields)

    def _once_open(self, kind: Kind, at: str, fields: Entry) -> Any:
        """What will be ARCHIVED, open where it can be: others may need it so on the way."""
        try:
            with transaction.atomic():
                return kind.service.create(ctx=self.ctx, fields={**fields, "status": Status.ACTIVE})
        except TallydeskError:
            return self._call(kind.service.create, at, {**fields, "status": Status.DRAFT})

    def _updated(self, kind: Kind, at: str, key: Key, changed: Entry, status: str | None) -> Any:
        row = self._row(kind, key)
        fields = self._judged(kind, at, changed, instance=row, partial=True)
        if status and status not in CLOSED:
            fields["status"] = status
        elif status not in (None, Status.ARCHIVED) and row.status == Status.DRAFT:
            fields["status"] = Status.ACTIVE
        with _within(at):
            return kind.service.update(ctx=self.ctx, instance=row, fields=fields)

    def _row(self, kind: Kind, key: Key) -> Any:
        return kind.row(kind.rows(self.ctx.platform), key)

    def _judged(self, kind: Kind, at: str, wanted: Entry, **existing: Any) -> Entry:
        serializer = kind.serializer(data=wanted, context={"platform": self.ctx.platform}, **existing)
        try:
            serializer.is_valid(raise_exception=True)
        except ValidationError as error:
            raise edge.first_error(error.detail, at) from error
        fields: Entry = serializer.validated_data
        fields.pop("status", None)
        return fields

    def _call(self, verb: Callable[..., Any], at: str, fields: Entry) -> Any:
        with _within(at):
            return verb(ctx=self.ctx, fields=fields)


class _within:
    """Errors of the block gain the entry's place."""

    def __init__(self, at: str) -> None:
        self.at = at

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, TallydeskError):
            error.within(self.at)


def _assert_document(document: Any) -> None:
    if not isinstance(document, dict):
        raise InvalidField("must be an object with the kinds of a catalog", field="catalog")
    if document.get("format") != export.FORMAT:
        raise InvalidField(f"must be {export.FORMAT}", field="format")
    names = {kind.name: kind for kind in kinds()}
    for name in document:
        if name != "format" and name not in names:
            raise InvalidField(f"must be one of {', '.join(names)}", field=name)
    for name, kind in names.items():
        _assert_entries(kind, document.get(name, []))


def _assert_entries(kind: Kind, entries: Any) -> None:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidField("must be a list of objects", field=kind.name)
    seen = set()
    for index, entry in enumerate(entries):
        at = f"{kind.name}.{index}"
        for name in kind.named:
            if not entry.get(name):
                raise MissingField(field=f"{at}.{name}")
        if kind.name == VERSIONS and (
            type(entry["version"]) is not int or not 0 < entry["version"] <= LARGEST
        ):
            raise InvalidField("must be a whole number from 1", field=f"{at}.version")
        if entry.get("status", Status.DRAFT) not in kind.statuses:
            raise InvalidField(f"must be one of {', '.join(kind.statuses)}", field=f"{at}.status")
        if kind.key(entry) in seen:
            raise InvalidField(f"{label(kind.key(entry))} stands in the document twice", field=at)
        seen.add(kind.key(entry))


def _ordered(kind: Kind, entries: list[Entry]) -> Iterator[tuple[int, Entry]]:
    """Entries with their places: versions by number, a product after the one it is below."""
    placed = sorted(enumerate(entries), key=lambda pair: kind.key(pair[1]))
    if kind.name != "products":
        yield from placed
        return
    waiting = {entry["reference"]: (index, entry) for index, entry in placed}
    while waiting:
        above = {name: str(entry.get("parent_product_id")) for name, (_, entry) in waiting.items()}
        ready = [name for name, parent in above.items() if parent not in waiting]
        if not ready:
            index, _ = next(iter(waiting.values()))
            raise InvalidField("is below itself", field=f"products.{index}.parent_product_id")
        for name in ready:
            yield waiting.pop(name)


def _open(status: str | None) -> str:
    return Status.ACTIVE if status in CLOSED else status or Status.DRAFT


def _changed(there: Entry, wanted: Entry) -> Entry:
    """The fields of an entry that differ; what it no longer has is emptied."""
    lost = {name: _empty(value) for name, value in there.items() if name not in wanted and name != "status"}
    new = {name: value for name, value in wanted.items() if _plain(value) != _plain(there.get(name))}
    return lost | new


def _empty(value: Any) -> Any:
    return False if value is True else [] if isinstance(value, list) else None


def _plain(value: Any) -> Any:
    """For comparing: a whole number in YAML may stand for a decimal, which the API shows as text."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if type(value) is int else value


def _made(before: dict[Any, Entry], after: dict[Any, Entry]) -> Iterator[Change]:
    for (kind, key), entry in after.items():
        old = before.get((kind, key))
        if old is None:
            yield Change(kind, label(key), "CREATE")
        elif found := tuple(differences.between(old, entry)):
            yield Change(kind, label(key), "UPDATE", found)


def _absent(before: Any, document: Any) -> Iterator[Change]:
    told = export.by_key(document)
    for kind, key in export.by_key(before):
        if (kind, key) not in told:
            yield Change(kind, label(key), "ABSENT")
