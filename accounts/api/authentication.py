"""X-API-KEY: the key names the platform, and with it everything the request can see."""

from __future__ import annotations

from typing import Any

from rest_framework.authentication import BaseAuthentication

from accounts.models import ApiKey
from accounts.services import api_keys, request_log
from kit import clock


class ApiKeyAuthentication(BaseAuthentication):
    """Sets ``request.auth`` to the ApiKey, its platform loaded."""

    def authenticate(self, request: Any) -> tuple[None, ApiKey] | None:
        secret = request.headers.get("X-API-KEY")
        if not secret:
            return None
        at = clock.now()
        key = api_keys.find(secret=secret, at=at)
        if key is None:
            return None
        api_keys.note_use(key=key, at=at)
        request._request.caller = request_log.caller_of(key)
        return None, key

    def authenticate_header(self, request: Any) -> str:
        return "X-API-KEY"
