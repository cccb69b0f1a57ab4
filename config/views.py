"""The API's description of itself, made once per process."""

from __future__ import annotations

import json
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularSwaggerView


@cache
def document() -> bytes:
    """The OpenAPI 3.1 document; it depends on nothing but the code."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    rendered: bytes = OpenApiJsonRenderer().render(schema, renderer_context={})
    return json.dumps(json.loads(rendered)).encode()


@require_GET
def openapi(request: HttpRequest) -> HttpResponse:
    """``/v1/openapi.json``."""
    return HttpResponse(document(), content_type="application/json")


class DocsView(SpectacularSwaggerView):
    """``/v1/docs``: the document, browsable, with nothing loaded from elsewhere."""

    url_name = "openapi"
    authentication_classes: list[type] = []
    permission_classes: list[type] = []
    renderer_classes = SpectacularSwaggerView.renderer_classes
    schema = None


docs = DocsView.as_view()
