"""``/v1/test-clock``: freeze, read, advance and release the clock of a TEST platform (an extension)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import PlatformViewSet
from accounts.models import Platform
from accounts.services import clock
from kit.api.fields import InstantField


class ClockSerializer(serializers.Serializer):
    """The platform's time and whether it is frozen."""

    object_type = serializers.CharField(read_only=True)
    now = InstantField()
    frozen = serializers.BooleanField(read_only=True)


class AdvanceSerializer(serializers.Serializer):
    """Where the clock should go."""

    to = InstantField()


class ClockViewSet(PlatformViewSet):
    """Time travel for TEST platforms."""

    tag = "testClock"
    serializer_class = ClockSerializer
    is_single = True
    requests = {"create": ClockSerializer, "advance": AdvanceSerializer}
    statuses = {"create": 200}
    untransacted = frozenset({"advance"})
    permissions = {
        "retrieve": "TEST_CLOCK.VIEW",
        "create": "TEST_CLOCK.UPDATE",
        "advance": "TEST_CLOCK.UPDATE",
        "destroy": "TEST_CLOCK.UPDATE",
    }

    def retrieve(self, request: Request) -> Response:
        """Read the platform's time."""
        return Response(_shown(self.platform))

    def create(self, request: Request) -> Response:
        """Freeze the platform at an instant, at most ten years ahead."""
        return Response(_shown(clock.freeze(platform=self.platform, at=self.validated()["now"])))

    def advance(self, request: Request) -> Response:
        """Move forward, at most ten years at once; answers when all due by then has run, in order."""
        to = self.validated(serializer_class=AdvanceSerializer)["to"]
        return Response(_shown(clock.advance(platform=self.platform, to=to)))

    def destroy(self, request: Request) -> Response:
        """Return to wall time."""
        return Response(_shown(clock.release(platform=self.platform)))


def _shown(platform: Platform) -> dict[str, Any]:
    return {
        "object_type": "TEST_CLOCK",
        "now": InstantField().to_representation(clock.now(platform)),
        "frozen": platform.test_now is not None,
    }
