"""Reading and deleting events: ``/v1/events`` and, with the same answers, ``/v1/ingest/meter-data``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import PlatformViewSet
from kit.api import expand, filters, paging
from kit.api.schema import EXPAND
from kit.errors import InvalidField, MissingField, NotFound
from metering.api import cost_prediction
from metering.api import event_documents as documents
from metering.api.event_rows import shown
from metering.api.event_shape import Shown, render, trace
from metering.models import Event, EventDuplicate
from metering.ports import FateKind
from metering.selectors import event_lists
from metering.selectors import events as selector
from metering.selectors.event_lists import Wanted
from metering.selectors.events import Found
from metering.services import events

KINDS = {
    "DEFAULT": frozenset({FateKind.MATCHED, FateKind.LATE}),
    "MATCHED": frozenset({FateKind.MATCHED}),
    "LATE": frozenset({FateKind.LATE}),
    "NOT_MATCHED": frozenset({FateKind.NOT_MATCHED}),
    "DELETED": frozenset({FateKind.DELETED}),
}
EMBEDDED = ("meter_data", "meter_data_id")
NOT_FOUND = "The requested METER_DATA could not be found"
_FILTERS = [
    OpenApiParameter("customer_id", {"type": "string"}, description="Id or reference."),
    OpenApiParameter("reference", {"type": "string"}),
    OpenApiParameter("meter_id", {"type": "string"}, description="Id or reference."),
    OpenApiParameter("deleted", {"type": "boolean"}),
    OpenApiParameter(
        "processed_details_type",
        {"type": "string", "enum": [*KINDS, "DUPLICATE"]},
        description="Looks at the newest 20,000 events; MATCHED, LATE and DELETED are extensions.",
    ),
]
_PREDICTION = OpenApiParameter("cost_prediction", {"type": "boolean"})
_VALIDATION = OpenApiParameter(
    "meter_validation",
    {"type": "string", "enum": ["STATIC", "DYNAMIC"]},
    description="DYNAMIC makes what is missing.",
)


class EventViewSet(PlatformViewSet):
    """Events. The ways in are plain views (``metering.api.ingest``); here they are only described."""

    tag = "ingest"
    serializer_class = documents.MeterDataSerializer
    permissions = {
        "list": "METER_DATA.VIEW",
        "retrieve": "METER_DATA.VIEW",
        "event_trace": "METER_DATA.EVENT_TRACE.VIEW",
        "delete_by_id": "METER_DATA.DELETE",
        "delete_by_reference": "METER_DATA.DELETE",
        "ingest_one": "METER_DATA.INGEST",
        "ingest_list": "METER_DATA.INGEST",
        "ingest_batch": "METER_DATA.INGEST",
        "ingest_events": "METER_DATA.INGEST",
        "calculate": "METER_DATA.INGEST",
    }
    requests = {
        "delete_by_reference": documents.MeterDataSerializer,
        "ingest_one": documents.MeterDataSerializer,
        "calculate": documents.MeterDataSerializer,
        "ingest_list": documents.MeterDatasSerializer,
        "ingest_batch": documents.MeterDatasSerializer,
        "ingest_events": documents.EventsSerializer,
    }
    responses = {
        "event_trace": documents.EventTraceSerializer,
        "ingest_list": documents.MeterDatasSerializer,
        "ingest_batch": documents.MeterDataBatchSerializer,
        "ingest_events": documents.EventBatchSerializer,
    }
    statuses = dict.fromkeys(("ingest_one", "ingest_list", "ingest_batch", "ingest_events", "calculate"), 201)
    parameters = {
        "list": _FILTERS,
        "event_trace": [_PREDICTION, EXPAND],
        "ingest_one": [_PREDICTION, _VALIDATION],
        "ingest_list": [_PREDICTION, _VALIDATION],
        "calculate": [_PREDICTION, _VALIDATION],
        "ingest_batch": [_VALIDATION],
        "ingest_events": [_VALIDATION],
    }

    def list(self, request: Request) -> Response:
        """List events, newest first; those of a reference together with their duplicates."""
        query = request.query_params
        found, envelope = self._page(_wanted(query), query)
        data = self._rendered(found)
        expand.apply(data, query, self.platform)
        return Response({"data": data, **envelope})

    def retrieve(self, request: Request, pk: str) -> Response:
        """Read an event, or a duplicate of one."""
        data = self._rendered([self._found(pk)])
        expand.apply(data, request.query_params, self.platform)
        return Response(data[0])

    def event_trace(self, request: Request, pk: str) -> Response:
        """Where an event ended up: calculations, product items, subscription, rule, invoice."""
        found = self._found(pk)
        event = self._shown([found])[0]
        rendered = render(event, found.fate)
        if request.query_params.get("cost_prediction") == "true":
            rendered["cost_prediction"] = cost_prediction.of_fates(self.platform, [found.fate])[0]
        data = [trace(event, found.fate, rendered)]
        paths = request.query_params.copy()
        links = [path.removeprefix("links.") for path in paths.getlist("expand[]") if path not in EMBEDDED]
        own = {"customer", "customer_id", "ALL"}
        paths.setlist("expand[]", [path for path in links if path in own])
        expand.apply(data, paths, self.platform)
        paths.setlist("expand[]", [path for path in links if path not in own or path == "ALL"])
        expand.apply(data[0]["links"], paths, self.platform)
        return Response(data[0])

    def delete_by_id(self, request: Request, pk: str) -> Response:
        """Delete an event: it stays, marked, and counts no more."""
        row = self._row(pk)
        event = row.event if isinstance(row, EventDuplicate) else row
        return self._deleted(event)

    def delete_by_reference(self, request: Request) -> Response:
        """Delete the event with this reference."""
        body: Any = request.data
        reference = body.get("reference")
        if reference is None:
            raise MissingField(field="reference")
        if not isinstance(reference, str):
            raise InvalidField("must be text", field="reference")
        event = selector.rows(self.platform).filter(reference=reference).first()
        if event is None:
            raise NotFound(NOT_FOUND, resource_type=Event.object_type)
        return self._deleted(event)

    def _deleted(self, event: Event) -> Response:
        gone = events.delete(ctx=self.ctx, event=event)
        return Response(self._rendered(selector.with_fates(self.platform, [gone]))[0])

    def _row(self, public_id: str) -> Event | EventDuplicate:
        row = selector.by_id(self.platform, public_id)
        if row is None:
            raise NotFound(NOT_FOUND, resource_type=Event.object_type)
        return row

    def _found(self, public_id: str) -> Found:
        return selector.with_fates(self.platform, [self._row(public_id)])[0]

    def _page(self, wanted: Wanted, query: Any) -> tuple[Sequence[Found], dict[str, Any]]:
        kind = query.get("processed_details_type")
        if kind is None:
            rows = event_lists.matching(self.platform, wanted)
            chosen, envelope = paging.slice_page(rows, query)
            if wanted.reference is not None and envelope["page"] == 1:
                chosen += event_lists.duplicates(self.platform, wanted)[: envelope["limit"]]
            return selector.with_fates(self.platform, chosen), envelope
        if kind == "DUPLICATE":
            again, envelope = paging.slice_page(event_lists.duplicates(self.platform, wanted), query)
            return selector.with_fates(self.platform, again), envelope
        if kind not in KINDS:
            raise InvalidField(
                f"must be one of {', '.join([*KINDS, 'DUPLICATE'])}", field="processed_details_type"
            )
        rows = event_lists.matching(self.platform, wanted)
        keys, envelope = paging.slice_list(event_lists.keys_of(self.platform, rows, KINDS[kind]), query)
        return selector.with_fates(self.platform, event_lists.by_keys(self.platform, keys)), envelope

    def _shown(self, found: Sequence[Found]) -> Sequence[Shown]:
        return shown(self.platform, found)

    def _rendered(self, found: Sequence[Found]) -> Any:
        rows = self._shown(found)
        return [render(event, each.fate) for event, each in zip(rows, found, strict=True)]


def _wanted(query: Any) -> Wanted:
    deleted = query.get("deleted")
    if deleted not in (None, "true", "false"):
        raise InvalidField("must be true or false", field="deleted")

    def text(name: str) -> str | None:
        raw = query.get(name)
        return None if raw is None else filters.clean(raw, field=name)

    return Wanted(
        customer=text("customer_id"),
        meter=text("meter_id"),
        reference=text("reference"),
        is_deleted=None if deleted is None else deleted == "true",
    )
