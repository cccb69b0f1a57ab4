"""``/v1/catalog``: the whole catalog as one document (an extension)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import PlatformViewSet
from catalog.api.as_code import export, importing
from catalog.api.as_code.kinds import kinds
from catalog.api.difference_shape import DifferenceSerializer, difference
from kit.api.fields import StrictIntegerField
from kit.errors import InvalidField

RUNS = {"true": importing.dry_run, "false": importing.changes}
ACTIONS = ("CREATE", "UPDATE", "ABSENT")


def _entries() -> serializers.ListField:
    return serializers.ListField(child=serializers.DictField(), required=False)


class CatalogSerializer(serializers.Serializer):
    """A catalog, kind by kind; entries name each other by reference."""

    format = StrictIntegerField(min_value=1, max_value=export.FORMAT)

    def get_fields(self) -> dict[str, serializers.Field]:
        """One list for each kind that is known."""
        return {**super().get_fields(), **{kind.name: _entries() for kind in kinds()}}


class ChangeSerializer(serializers.Serializer):
    """What happens to an entry; ABSENT stands on the platform only and is left alone."""

    kind = serializers.CharField(help_text="The name of the list.")
    reference = serializers.CharField()
    action = serializers.ChoiceField(choices=ACTIONS)
    differences = DifferenceSerializer(many=True)


class ChangesSerializer(serializers.Serializer):
    """What an import changes."""

    changes = ChangeSerializer(many=True)


class CatalogViewSet(PlatformViewSet):
    """The catalog as code."""

    tag = "catalog"
    serializer_class = CatalogSerializer
    permissions = {
        "export": "CATALOG.VIEW",
        "diff": "CATALOG.VIEW",
        "import_document": "CATALOG.UPDATE",
    }
    requests = {"diff": CatalogSerializer, "import_document": CatalogSerializer}
    responses = {
        "export": CatalogSerializer,
        "diff": ChangesSerializer,
        "import_document": ChangesSerializer,
    }
    parameters = {"import_document": [OpenApiParameter("dry_run", {"type": "boolean"})]}
    statuses = {"diff": 200, "import_document": 200}

    @action(detail=False, methods=["get"], url_path="export")
    def export(self, request: Request) -> Response:
        """The platform's catalog as one document."""
        return Response(export.document(self.platform))

    @action(detail=False, methods=["post"], url_path="diff")
    def diff(self, request: Request) -> Response:
        """What importing the document would change; nothing is changed."""
        return self._answered(importing.dry_run)

    @action(detail=False, methods=["post"], url_path="import")
    def import_document(self, request: Request) -> Response:
        """Make the catalog as the document says, all or nothing; nothing is deleted.

        With ``dry_run=true`` everything is judged and nothing is changed, as by ``diff``.
        """
        asked = request.query_params.get("dry_run", "false")
        if asked not in RUNS:
            raise InvalidField("must be true or false", field="dry_run")
        return self._answered(RUNS[asked])

    def _answered(self, run: Callable[..., list[importing.Change]]) -> Response:
        found = run(ctx=self.ctx, document=self.request.data)
        return Response({"changes": [shown(change) for change in found]})


def shown(change: importing.Change) -> dict[str, Any]:
    """A change as the API answers it."""
    return {
        "kind": change.kind,
        "reference": change.reference,
        "action": change.action,
        "differences": [difference(each) for each in change.differences],
    }
