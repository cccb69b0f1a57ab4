"""The one place where errors become answers: ``{type, code, field, message, resource_id, resource_type}``."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from kit import errors

log = logging.getLogger(__name__)

# What the serializer library calls a fault, and what the contract calls it.
CODES = {
    "required": "MISSING_FIELD",
    "null": "MISSING_FIELD",
    "blank": "MISSING_FIELD",
    "empty": "MISSING_FIELD",
}
CONTRACT_CODES = {
    cls.code
    for cls in vars(errors).values()
    if isinstance(cls, type) and issubclass(cls, errors.TallydeskError)
}


def body(error: errors.TallydeskError) -> dict[str, Any]:
    """The contract's ApiError; an extension lists all problems where several were found at once."""
    several = {"problems": list(error.problems)} if error.problems else {}
    return {
        "type": error.type,
        "code": error.code,
        "field": error.field,
        "message": error.message,
        "resource_id": error.resource_id,
        "resource_type": error.resource_type,
        **several,
    }


def json_response(error: errors.TallydeskError) -> JsonResponse:
    """The answer of a plain Django view."""
    return JsonResponse(body(error), status=error.status)


def method_not_allowed(request: HttpRequest, allowed: Sequence[str]) -> JsonResponse:
    """The answer of a plain Django view to a method that it does not have."""
    error = _with_status(errors.BadRequest(f'Method "{request.method}" not allowed.'), 405)
    response = json_response(error)
    response["Allow"] = ", ".join(allowed)
    return response


def exception_handler(exception: Exception, context: dict[str, Any]) -> Response | None:
    """The REST framework's hook: anticipated errors are rendered, others become a logged 500."""
    error = translate(exception)
    set_rollback()
    if error is None:
        log.exception("Unhandled error in %s", type(context.get("view")).__name__)
        error = errors.ApiFailure(
            "Something went wrong on our side; the request id identifies it in the log."
        )
    response = Response(body(error), status=error.status)
    if isinstance(exception, exceptions.MethodNotAllowed):
        response["Allow"] = ", ".join(context["view"].allowed_methods)
    return response


def translate(exception: Exception) -> errors.TallydeskError | None:
    """Our error for a framework's, or None for one that nobody anticipated."""
    match exception:
        case errors.TallydeskError():
            return exception
        case exceptions.ValidationError():
            return first_error(exception.detail)
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return errors.Unauthorized("A valid key is needed in the header X-API-KEY.")
        case exceptions.PermissionDenied():
            return errors.NotAllowed(str(exception.detail))
        case exceptions.UnsupportedMediaType():
            return errors.UnsupportedMediaType("Send the body as application/json.")
        case RequestDataTooBig():
            return _with_status(errors.BadRequest("The body is too large."), 413)
        case Http404() | exceptions.NotFound():
            return errors.NotFound("The requested resource could not be found")
        case exceptions.APIException():
            return _generic(exception)
    return None


def _generic(exception: exceptions.APIException) -> errors.TallydeskError:
    return _with_status(errors.BadRequest(str(exception.detail)), exception.status_code)


def _with_status(error: errors.TallydeskError, status: int) -> errors.TallydeskError:
    error.status = status
    return error


def first_error(detail: Any, path: str = "") -> errors.TallydeskError:
    """One error object per answer: the first leaf of a validation tree, with its dotted path."""
    if isinstance(detail, Mapping):
        key, value = next((k, v) for k, v in detail.items() if v)
        name = "" if key == "non_field_errors" else str(key)
        return first_error(value, ".".join(filter(None, [path, name])))
    if isinstance(detail, list):
        index, value = next((i, v) for i, v in enumerate(detail) if v)
        leaf = isinstance(value, exceptions.ErrorDetail)
        return first_error(value, path if leaf else f"{path}.{index}")
    code = CODES.get(detail.code, detail.code)
    message = "value required, but not set" if code == "MISSING_FIELD" else str(detail)
    error = errors.InvalidField(message, field=path or None)
    error.code = code if code in CONTRACT_CODES else "INVALID_FIELD"
    return error


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's 404 handler: the reference answers an unknown path with this text."""
    return HttpResponse("Page does not exist", status=404, content_type="text/plain")


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's 500 handler, for errors outside the API's own views."""
    connection = transaction.get_connection()
    if connection.in_atomic_block:
        transaction.set_rollback(True)
    return json_response(errors.ApiFailure("Something went wrong on our side."))
