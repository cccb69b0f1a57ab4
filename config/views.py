"""The API's description of itself, made once per process, and the errors outside any view."""

from __future__ import annotations

import json
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularSwaggerView

from desk.screens import faults
from kit.api import errors

READING = ("GET", "HEAD")


@cache
def document() -> bytes:
    """The OpenAPI 3.1 document; it depends on nothing but the code."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    rendered: bytes = OpenApiJsonRenderer().render(schema, renderer_context={})
    return json.dumps(json.loads(rendered)).encode()


@csrf_exempt
def openapi(request: HttpRequest) -> HttpResponse:
    """``/v1/openapi.json``; any other method than GET is answered as the API answers it."""
    if request.method not in READING:
        return errors.method_not_allowed(request, READING)
    return HttpResponse(document(), content_type="application/json")


class DocsView(SpectacularSwaggerView):
    """``/v1/docs``: the document, browsable, with nothing loaded from elsewhere."""

    url_name = "openapi"
    authentication_classes: list[type] = []
    permission_classes: list[type] = []
    renderer_classes = SpectacularSwaggerView.renderer_classes
    schema = None


docs = DocsView.as_view()


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: a page for browsers at Desk, the contract's text elsewhere."""
    if request.path.startswith("/desk/"):
        return faults.page_not_found(request)
    return errors.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a page for browsers at Desk, the contract's body elsewhere."""
    answer = errors.server_error(request)
    return faults.server_error(request) if request.path.startswith("/desk/") else answer
