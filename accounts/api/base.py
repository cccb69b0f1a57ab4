"""The base of every API view: who asks, one transaction per change, Idempotency-Key, expansion."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import nullcontext
from functools import cached_property, partial
from typing import Any, cast

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.context import Context
from accounts.models import ApiKey, Platform
from accounts.services import clock, idempotency
from kit import clock as wall_clock
from kit.api import expand

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class PlatformViewSet(GenericViewSet):
    """A view set of one platform's resources.

    ``permissions`` maps each action to what it needs; ``tag`` groups operations in the schema.
    """

    permissions: dict[str, str | tuple[str, ...]] = {}
    tag: str = ""
    # Actions that manage transactions themselves, because they are long or consist of many.
    untransacted: frozenset[str] = frozenset()
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]

    @property
    def key(self) -> ApiKey:
        """The key that asks."""
        return cast(ApiKey, self.request.auth)

    @property
    def platform(self) -> Platform:
        return self.key.platform

    @cached_property
    def ctx(self) -> Context:
        """The circumstances of this request, its instant taken once."""
        key = self.key
        return Context(
            platform=key.platform,
            at=clock.now(key.platform),
            actor_type="API_KEY",
            actor=key.public_id,
            request_id=getattr(self.request, "request_id", ""),
        )

    def get_serializer_context(self) -> dict[str, Any]:
        platform = None if getattr(self, "swagger_fake_view", False) else self.platform
        return {**super().get_serializer_context(), "platform": platform}

    def validated(self, *, serializer_class: Any = None, **kwargs: Any) -> dict[str, Any]:
        """The request's body as the serializer understands it; the first fault is raised."""
        chosen = serializer_class or self.get_serializer_class()
        serializer = chosen(data=self.request.data, context=self.get_serializer_context(), **kwargs)
        serializer.is_valid(raise_exception=True)
        data: dict[str, Any] = serializer.validated_data
        return data

    def rendered(self, instance: Any, *, many: bool = False) -> Any:
        """Plain data of ``instance`` with ``expand[]`` applied."""
        data = self.get_serializer(instance, many=many).data
        plain = [dict(row) for row in data] if many else dict(data)
        expand.apply(plain, self.request.query_params, self.platform)
        return plain

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authenticate and authorize, then wrap a changing handler.

        The handler is looked up after this returns, so replacing the bound method here is enough.
        """
        request._request.body  # noqa: B018  read before parsing, so that it can be fingerprinted
        super().initial(request, *args, **kwargs)
        method = (request.method or "").lower()
        if request.method not in SAFE and hasattr(self, method):
            setattr(self, method, partial(self._changing, getattr(self, method)))

    def _changing(
        self, handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method != "POST":
            return self._transacted(handler, request, *args, **kwargs)
        answer = idempotency.once(
            platform=self.platform,
            key=key,
            fingerprint=_fingerprint(request),
            at=wall_clock.now(),
            run=lambda: _answer(self._transacted(handler, request, *args, **kwargs)),
            within=nullcontext if self.action in self.untransacted else transaction.atomic,
        )
        headers = {"Idempotent-Replayed": "true"} if answer.replayed else None
        return Response(answer.data, status=answer.status, headers=headers)

    def _transacted(
        self, handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        if self.action in self.untransacted:
            return handler(request, *args, **kwargs)
        with transaction.atomic():
            return handler(request, *args, **kwargs)


def _answer(response: Response) -> idempotency.Answer:
    return idempotency.Answer(status=response.status_code, data=response.data)


def _fingerprint(request: Request) -> bytes:
    parts = [request.method or "", request.get_full_path()]
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + request._request.body).digest()
