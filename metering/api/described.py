"""Plain views in the API's description: they borrow the declarations of the events' view set."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from metering.api import ingest
from metering.api.events import EventViewSet


class IngestViewSet(EventViewSet):
    """What the schema shows of the ways in; requests never come here."""

    ingest_one = staticmethod(ingest.one)
    ingest_list = staticmethod(ingest.several)
    ingest_batch = staticmethod(ingest.first_batch)
    ingest_events = staticmethod(ingest.second_batch)
    calculate = staticmethod(ingest.calculated)


def described(view: Any, **actions: str) -> Any:
    """``view``, shown in the schema as these actions (method -> action) of ``IngestViewSet``."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = view(request, *args, **kwargs)
        return response

    marked: Any = csrf_exempt(shown)
    marked.cls, marked.actions, marked.initkwargs = IngestViewSet, actions, {}
    return marked


def by_method(*, get: Any, post: Any) -> Any:
    """One path that reads with one view and ingests with the other."""

    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = post if request.method == "POST" else get
        response: HttpResponse = chosen(request, *args, **kwargs)
        return response

    return described(view, **get.actions, **post.actions)
