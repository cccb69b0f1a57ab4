"""Every anticipated error, as a class with a code, an HTTP status and data.

Services raise them; one renderer at the edge (``kit.api.errors``) turns them into the
contract's body ``{type, code, field, message, resource_id, resource_type}``, with ``problems`` beside
it where there are several.

    TallydeskError
    ├── InvalidRequest              400 INVALID_REQUEST
    │   ├── BadRequest              400 BAD_REQUEST
    │   ├── InvalidField            400 INVALID_FIELD
    │   ├── MissingField            400 MISSING_FIELD
    │   ├── MissingReference        400 MISSING_REFERENCE
    │   ├── InvalidId               400 INVALID_ID
    │   ├── InvalidOperation        400 INVALID_OPERATION
    │   ├── UnableToProcess         400 UNABLE_TO_PROCESS_INSTRUCTIONS
    │   ├── ReferencedNotFound      400 RESOURCES_NOT_FOUND
    │   ├── NotUsable               400 RESOURCE_NOT_FOUND
    │   ├── CannotDelete            400 COULD_NOT_DELETE_RESOURCE
    │   ├── CannotUpdate            400 COULD_NOT_UPDATE_RESOURCE
    │   ├── Unauthorized            401 UNAUTHORISED
    │   ├── NotAllowed              403 USER_NOT_ALLOWED
    │   ├── NotFound                404 RESOURCE_NOT_FOUND
    │   ├── AlreadyExists           409 RESOURCE_ALREADY_EXISTS
    │   ├── IdempotencyConflict     409 IDEMPOTENCY_CHECK_FAILED
    │   ├── IdempotencyInProgress   422 IDEMPOTENCY_CHECK_FAILED
    │   └── UnsupportedMediaType    415 UNSUPPORTED_MEDIA_TYPE
    └── ApiFailure                  500 INTERNAL_ERROR
        └── Unavailable             503 INTERNAL_ERROR
"""

from __future__ import annotations

from collections.abc import Sequence


class TallydeskError(Exception):
    """An error we expect, can explain, and answer with a status of its own."""

    type = "INVALID_REQUEST"
    code = "INVALID_REQUEST"
    status = 400

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        resource_type: str | None = None,
        resource_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.resource_type = resource_type
        self.resource_id = resource_id
        self.problems: tuple[dict[str, str], ...] = ()

    def within(self, prefix: str) -> TallydeskError:
        """The same error seen from the enclosing object: its field gains ``prefix.``."""
        self.field = f"{prefix}.{self.field}" if self.field else prefix
        return self


class InvalidRequest(TallydeskError):
    """The caller's fault, with nothing more specific to say."""


class BadRequest(InvalidRequest):
    code = "BAD_REQUEST"


class InvalidField(InvalidRequest):
    code = "INVALID_FIELD"


class MissingField(InvalidRequest):
    code = "MISSING_FIELD"

    def __init__(self, message: str = "value required, but not set", *, field: str) -> None:
        super().__init__(message, field=field)


class MissingReference(InvalidRequest):
    code = "MISSING_REFERENCE"


class InvalidId(InvalidRequest):
    code = "INVALID_ID"


class InvalidOperation(InvalidRequest):
    """The resource exists but its state does not allow this."""

    code = "INVALID_OPERATION"


class UnableToProcess(InvalidRequest):
    """What is stored does not allow it; ``problems`` are all reasons, ``{field, message}``."""

    code = "UNABLE_TO_PROCESS_INSTRUCTIONS"

    def with_all(self, problems: Sequence[dict[str, str]]) -> UnableToProcess:
        """The same error, which tells of all that is wrong."""
        self.problems = tuple(problems)
        return self


class ReferencedNotFound(InvalidRequest):
    """A body names something that does not exist on this platform."""

    code = "RESOURCES_NOT_FOUND"


class NotUsable(InvalidRequest):
    """A body names something that exists, yet is not in a state in which it can be used so."""

    code = "RESOURCE_NOT_FOUND"


class CannotDelete(InvalidRequest):
    code = "COULD_NOT_DELETE_RESOURCE"


class CannotUpdate(InvalidRequest):
    code = "COULD_NOT_UPDATE_RESOURCE"


class Unauthorized(InvalidRequest):
    code = "UNAUTHORISED"
    status = 401


class NotAllowed(InvalidRequest):
    code = "USER_NOT_ALLOWED"
    status = 403


class NotFound(InvalidRequest):
    """The path names something that does not exist on this platform."""

    code = "RESOURCE_NOT_FOUND"
    status = 404


class AlreadyExists(InvalidRequest):
    code = "RESOURCE_ALREADY_EXISTS"
    status = 409


class IdempotencyConflict(InvalidRequest):
    code = "IDEMPOTENCY_CHECK_FAILED"
    status = 409


class IdempotencyInProgress(InvalidRequest):
    code = "IDEMPOTENCY_CHECK_FAILED"
    status = 422


class UnsupportedMediaType(InvalidRequest):
    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415


class ApiFailure(TallydeskError):
    """Our fault."""

    type = "API_ERROR"
    code = "INTERNAL_ERROR"
    status = 500


class Unavailable(ApiFailure):
    """Our fault, and a retry may well succeed."""

    status = 503
