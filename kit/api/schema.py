"""OpenAPI 3.1 out of the declarations that run: permissions, parameters, envelopes, errors, examples."""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import force_instance
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, inline_serializer
from rest_framework import serializers

from kit.api import server_set
from kit.api.examples import example_of

ERRORS = {
    "400": "Something in the request is wrong; `field` names it.",
    "401": "The key is missing, unknown, expired or revoked.",
    "403": "The key lacks the permission of this operation.",
    "404": "No such resource on this platform.",
    "405": "This path has no such method.",
    "409": "It exists already, or the Idempotency-Key was used for another request.",
    "413": "The body is too large.",
    "415": "The body is not application/json.",
    "422": "The first request with this Idempotency-Key is still running.",
    "500": "Our fault; nothing was changed.",
}
PAGE = [
    OpenApiParameter("page", {"type": "integer", "minimum": 1, "default": 1}, description="Page to read."),
    OpenApiParameter(
        "limit", {"type": "integer", "minimum": 1, "maximum": 1000}, description="Rows per page."
    ),
]
EXPAND = OpenApiParameter(
    "expand[]",
    {"type": "array", "items": {"type": "string"}},
    description="Id fields to fill with their objects, such as `customer_id`; nested with dots; `ALL`.",
)

FIELD_ACTIONS = OpenApiParameter(
    "field_actions", {"type": "string"}, description="Not supported yet: a value is refused."
)
UPSERT = [
    OpenApiParameter(
        "identifier_field",
        {"type": "string", "enum": ["id", "reference"]},
        description="What finds the resource to change.",
    ),
    OpenApiParameter(
        "custom_field_reference", {"type": "string"}, description="Not supported yet: a value is refused."
    ),
    FIELD_ACTIONS,
]


class LinksSerializer(serializers.Serializer):
    """Query strings of neighboring pages."""

    first = serializers.CharField()
    previous = serializers.CharField(allow_null=True)
    current = serializers.CharField()
    next = serializers.CharField(allow_null=True)


class ResourceSchema(AutoSchema):
    """Reads what a resource view set declares; a view set may set ``requests`` and ``responses``
    (action -> serializer class), ``statuses`` (action -> success status) and ``examples`` (action -> what
    makes them, once all apps are ready) for its own actions."""

    view: Any

    def get_tags(self) -> list[str]:
        return [self.view.tag]

    def get_operation_id(self) -> str:
        path = self.path.strip("/").replace("{", "").replace("}", "")
        for mark in "/-.":
            path = path.replace(mark, "_")
        return f"{self.method.lower()}_{path}"

    def get_override_parameters(self) -> list[Any]:
        view: Any = self.view
        found: list[Any] = []
        if self._lists():
            found += PAGE
            orderable = sorted(getattr(view, "orderable", {}))
            if orderable:
                found += [
                    OpenApiParameter("order_by", {"type": "string", "enum": orderable}),
                    OpenApiParameter("order_direction", {"type": "string", "enum": ["asc", "desc"]}),
                ]
        if view.action == "list":
            found += [OpenApiParameter(each.name, each.schema()) for each in getattr(view, "filters", [])]
        if view.action in ("list", "search", "retrieve"):
            found.append(EXPAND)
        if view.action == "upsert":
            found += UPSERT
        return found + list(getattr(view, "parameters", {}).get(view.action, []))

    def get_examples(self) -> list[OpenApiExample]:
        made = getattr(self.view, "examples", {}).get(self.view.action)
        return [*super().get_examples(), *(made() if made else ())]

    def get_request_serializer(self) -> Any:
        requests = getattr(self.view, "requests", {})
        if self.view.action in requests:
            return requests[self.view.action]
        if self.view.action == "search":
            from kit.api.search import SearchSerializer

            return SearchSerializer
        if self.view.action in ("create", "upsert", "update"):
            return self.view.get_serializer_class()
        return None

    def get_response_serializers(self) -> Any:
        chosen = getattr(self.view, "responses", {}).get(self.view.action)
        if chosen is None:
            chosen = self.view.get_serializer_class()
            if self._lists():
                chosen = envelope(chosen, paginated=getattr(self.view, "paginated", True))
        # A dictionary says itself which status and media type it means: {(200, "text/csv"): …}.
        return chosen if isinstance(chosen, dict) else {self._status(): chosen}

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        wanted = self.view.permissions[self.view.action]
        names = [wanted] if isinstance(wanted, str) else list(wanted)
        operation["x-permission"] = names
        note = f"Permission: {' or '.join(f'`{name}`' for name in names)}."
        operation["description"] = "\n\n".join(filter(None, [operation.get("description"), note]))
        return operation

    def _is_list_view(self, serializer: Any = None) -> bool:
        # The library takes every answer of `list` for an array; ours are described as their envelope.
        return isinstance(serializer, serializers.ListSerializer)

    def _status(self) -> str:
        default = {"create": "201", "upsert": "201"}.get(self.view.action, "200")
        return str(getattr(self.view, "statuses", {}).get(self.view.action, default))

    def _lists(self) -> bool:
        return self.view.action in ("list", "search") and not getattr(self.view, "is_single", False)


@cache
def envelope(row: type[serializers.Serializer], *, paginated: bool) -> Any:
    """The answer of a list of ``row``. Made once, so that list and search share one component."""
    name = row.__name__.removesuffix("Serializer")
    fields: dict[str, Any] = {"data": force_instance(row(many=True))}
    if not paginated:
        return inline_serializer(f"{name}ListSerializer", fields)
    whole = serializers.IntegerField
    fields |= {
        "page": whole(),
        "limit": whole(),
        "total_number_of_pages": whole(),
        "links": LinksSerializer(),
    }
    return inline_serializer(f"{name}PageSerializer", fields)


def finish(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Last touch: the errors of every operation, and an example wherever a body has none."""
    components = result["components"]["schemas"]
    components["ApiError"] = _error_schema()
    server_set.declare(components)
    for item in result["paths"].values():
        for method, operation in item.items():
            if method in ("get", "post", "put", "patch", "delete"):
                _finish_operation(operation, components, has_body=method != "get")
    _tidy(result)
    return result


def _tidy(node: Any) -> None:
    """Say once what may be null: a nullable field of a nullable type says it twice, and then null fits
    two branches of a ``oneOf``, which allows one."""
    if isinstance(node, dict):
        if "oneOf" in node:
            branches = node.pop("oneOf")
            once = [each for index, each in enumerate(branches) if each not in branches[:index]]
            if {} not in once:
                node["oneOf"] = once
        if isinstance(node.get("type"), list):
            node["type"] = list(dict.fromkeys(node["type"]))
        for each in node.values():
            _tidy(each)
    elif isinstance(node, list):
        for each in node:
            _tidy(each)


def _finish_operation(operation: dict[str, Any], components: dict[str, Any], *, has_body: bool) -> None:
    for status, meaning in ERRORS.items():
        operation["responses"].setdefault(status, _error_response(status, meaning))
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    for body in bodies:
        for media in body.get("content", {}).values():
            if "schema" in media and "example" not in media and "examples" not in media:
                media["example"] = example_of(media["schema"], components)


def _error_response(status: str, meaning: str) -> dict[str, Any]:
    code = {"401": "UNAUTHORISED", "403": "USER_NOT_ALLOWED", "404": "RESOURCE_NOT_FOUND"}.get(
        status, "INVALID_FIELD"
    )
    kind = "API_ERROR" if status == "500" else "INVALID_REQUEST"
    example = {
        "type": kind,
        "code": "INTERNAL_ERROR" if status == "500" else code,
        "field": None,
        "message": meaning,
        "resource_id": None,
        "resource_type": None,
    }
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/ApiError"}, "example": example}}
    return {"description": meaning, "content": content}


def _error_schema() -> dict[str, Any]:
    text, nullable = {"type": "string"}, {"type": ["string", "null"]}
    return {
        "type": "object",
        "required": ["type", "code", "message"],
        "properties": {
            "type": {"type": "string", "enum": ["API_ERROR", "INVALID_REQUEST"]},
            "code": text,
            "field": nullable,
            "message": text,
            "resource_id": nullable,
            "resource_type": nullable,
            "problems": {
                "type": "array",
                "description": "Beside the first one all that were found, where activation finds several.",
                "items": {"type": "object", "properties": {"field": nullable, "message": text}},
            },
        },
    }
