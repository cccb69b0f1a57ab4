"""What tests of every app share: a platform, a key, a client that speaks JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.test import Client

NOON = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)


@dataclass
class Answer:
    """A response with its body parsed."""

    status: int
    body: Any
    headers: Any
    content: bytes

    def ok(self) -> Any:
        """The body of a successful answer; the error is shown otherwise."""
        assert 200 <= self.status < 300, (self.status, self.body)
        return self.body


class ApiClient:
    """Calls the API with a key: ``api.post("/v1/meters", {...}).ok()``."""

    def __init__(self, key: str | None) -> None:
        self.client = Client(raise_request_exception=True)
        self.key = key

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request; a body that is not bytes is sent as JSON."""
        if self.key is not None:
            headers.setdefault("X-API-KEY", self.key)
        data = (
            body
            if isinstance(body, bytes)
            else b""
            if body is None
            else json.dumps(body, default=str).encode()
        )
        response = self.client.generic(
            method, path, data, content_type=headers.pop("Content-Type", "application/json"), headers=headers
        )
        content = response.getvalue()
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        return Answer(
            response.status_code, json.loads(content) if is_json else None, response.headers, content
        )

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.request("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.request("PUT", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.request("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Answer:
        return self.request("DELETE", path, **headers)
