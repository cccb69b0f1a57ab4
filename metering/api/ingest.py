"""The ways in for events: plain views, because a framework's serializers cost ten times the database.

They answer exactly as the rest of the API does: same key, same permission, same errors.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from kit import clock
from kit.api import errors, parsing
from kit.errors import BadRequest, InvalidField, MissingField, TallydeskError, UnsupportedMediaType
from metering.api import ingest_answers as answers
from metering.api.keys import authorized
from metering.services import dynamic, forecast, ingest

PERMISSION = "METER_DATA.INGEST"
MAX_EVENTS = 10_000
# Without one of these the parser itself has refused every character and number that may not be there.
SUSPECT = (b"\\", b"\x7f", b"NaN", b"Infinity")
View = Callable[[HttpRequest], HttpResponse]
Handler = Callable[[HttpRequest, dict[str, Any], int, datetime], Any]


def ingesting(handler: Handler) -> View:
    """A view of ``handler(request, body, platform_id, wall)``: the handler's answer with status 201."""

    @csrf_exempt
    @wraps(handler)
    def view(request: HttpRequest) -> HttpResponse:
        try:
            wall = clock.now()
            key = authorized(request, permission=PERMISSION, at=wall)
            if request.method != "POST":
                return errors.method_not_allowed(request, ("POST",))
            body = _body(request)
            return _json(handler(request, body, key.platform_id, wall), status=201)
        except TallydeskError as error:
            return errors.json_response(error)

    return view


@ingesting
def one(request: HttpRequest, body: dict[str, Any], platform_id: int, wall: datetime) -> Any:
    """Store an event."""
    predicted = _predicted(request)
    _prepare(request, [body], platform_id, wall)
    result = ingest.together(platform_id=platform_id, documents=[body], wall=wall)
    return answers.with_fates(result, predicted=predicted)[0]


@ingesting
def several(request: HttpRequest, body: dict[str, Any], platform_id: int, wall: datetime) -> Any:
    """Store a list of events, all or none."""
    predicted = _predicted(request)
    documents = _documents(body, "meter_datas")
    _prepare(request, documents, platform_id, wall)
    result = ingest.together(platform_id=platform_id, documents=documents, wall=wall, field="meter_datas")
    return {"meter_datas": answers.with_fates(result, predicted=predicted)}


@ingesting
def calculated(request: HttpRequest, body: dict[str, Any], platform_id: int, wall: datetime) -> Any:
    """Check an event and say what it would meet and what its invoices would come to, without storing it.

    With ``meter_validation=DYNAMIC`` as if what it names had been made first; that does not stay either.
    """
    _predicted(request)
    define = None if _static(request) else dynamic.define
    return forecast.trial(
        platform_id=platform_id, document=body, wall=wall, tell=answers.calculation, define=define
    )


def batch(name: str) -> View:
    """The view of batches that stand under ``name`` in the body."""

    @ingesting
    def view(request: HttpRequest, body: dict[str, Any], platform_id: int, wall: datetime) -> Any:
        """Store up to 10,000 events; each is answered on its own, and none waits for another's fault."""
        documents = _documents(body, name)
        _prepare(request, documents, platform_id, wall)
        result = ingest.each(platform_id=platform_id, documents=documents, wall=wall)
        return {name: answers.per_item(result, documents)}

    return view


def _body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object sent. Characters are looked at one by one only where an escape could hide some."""
    try:
        raw = request.body
    except RequestDataTooBig:
        error = BadRequest("The body is too large.")
        error.status = 413
        raise error from None
    if not raw.strip():
        return {}
    if request.content_type != "application/json":
        raise UnsupportedMediaType("Send the body as application/json.")
    body = parsing.load(raw)
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    if any(mark in raw for mark in SUSPECT):
        parsing.check_text(body)
    return body


def _documents(body: dict[str, Any], name: str) -> list[Any]:
    documents = body.get(name)
    if documents is None or documents == []:
        raise MissingField(field=name)
    if not isinstance(documents, list):
        raise InvalidField("must be a list", field=name)
    if len(documents) > MAX_EVENTS:
        raise InvalidField(
            f"value holds too many items ({len(documents)}, maximum allowed: {MAX_EVENTS})", field=name
        )
    return documents


def _prepare(request: HttpRequest, documents: Sequence[Any], platform_id: int, wall: datetime) -> None:
    """With ``meter_validation=DYNAMIC`` what the events name is made first."""
    if not _static(request):
        dynamic.define(platform_id=platform_id, documents=documents, wall=wall)


def _static(request: HttpRequest) -> bool:
    kind = request.GET.get("meter_validation", "STATIC")
    if kind not in ("STATIC", "DYNAMIC"):
        raise InvalidField("must be STATIC or DYNAMIC", field="meter_validation")
    return kind == "STATIC"


def _predicted(request: HttpRequest) -> bool:
    asked = request.GET.get("cost_prediction", "false")
    if asked not in ("true", "false"):
        raise InvalidField("must be true or false", field="cost_prediction")
    return asked == "true"


def _json(data: Any, *, status: int) -> HttpResponse:
    text = json.dumps(data, separators=(",", ":"))
    return HttpResponse(text, status=status, content_type="application/json")


first_batch = batch("meter_datas")
second_batch = batch("events")
