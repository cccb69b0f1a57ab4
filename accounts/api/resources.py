"""The operations that most resources share, each a mixin over one declaration of the resource.

class MeterViewSet(Listed, Retrieved, Created, Updated, Deleted, ResourceViewSet):
    model, serializer_class, service, selector = Meter, MeterSerializer, meters, selectors.meters
    permissions = crud("METER")
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import PlatformViewSet
from accounts.models import Platform, TenantModel
from kit import ids
from kit.api import filters, paging, search
from kit.errors import InvalidField, NotFound


class ResourceViewSet(PlatformViewSet):
    """What the mixins need to know of a resource.

    ``selector(platform)`` gives its rows with what the serializer reads; ``service`` is a module
    with ``create(ctx=, fields=)``, ``update(ctx=, <row>=, fields=)`` and ``delete(ctx=, <row>=)``,
    where the row is passed under the name ``instance``.
    """

    model: ClassVar[type[TenantModel]]
    selector: ClassVar[Callable[[Platform], QuerySet[Any]]]
    service: ClassVar[ModuleType]
    by_reference: ClassVar[bool] = False
    reference_column: ClassVar[str] = "reference"
    paginated: ClassVar[bool] = True
    filters: ClassVar[Sequence[filters.Filter]] = ()
    orderable: ClassVar[dict[str, str]] = {"created_at": "created_at", "updated_at": "updated_at"}
    searchable: ClassVar[dict[str, str]] = {}
    lookup_value_regex = "[^/]+"

    def rows(self) -> QuerySet[Any]:
        """The platform's rows."""
        return type(self).selector(self.platform)

    def instance(self) -> Any:
        """The row that the path names by id (or reference, where the resource allows it), or 404."""
        key = self.kwargs["pk"]
        found = None
        if ids.looks_like(key, prefix=self.model.prefix):
            found = self.rows().filter(public_id=key).first()
        if found is None and self.by_reference and "\x00" not in key:
            found = self.rows().filter(**{self.reference_column: self.reference_of(key)}).first()
        if found is None:
            raise NotFound(
                f"The requested {self.model.object_type} could not be found",
                resource_type=self.model.object_type,
            )
        return found

    def reference_of(self, key: str) -> str:
        """What ``reference_column`` holds for the key in a path."""
        return key

    def fresh(self, instance: Any) -> Any:
        """The row as stored now, with what the serializer reads."""
        return self.rows().get(pk=instance.pk)

    def one(self, instance: Any, *, status: int = 200) -> Response:
        """The answer that holds one resource, read back from the database."""
        return Response(self.rendered(self.fresh(instance)), status=status)

    def page_of(self, rows: QuerySet[Any]) -> Response:
        """The answer that holds a list, in the envelope that this resource has."""
        query = self.request.query_params
        if not self.paginated:
            return Response({"data": self.rendered(paging.slice_all(rows, query), many=True)})
        chosen, envelope = paging.slice_page(rows, query)
        return Response({"data": self.rendered(chosen, many=True), **envelope})


class Listed(ResourceViewSet):
    def list(self, request: Request) -> Response:
        """List, newest first unless ordered otherwise."""
        rows = self.rows()
        for condition in self.filters:
            rows = condition.apply(rows, request.query_params)
        rows = filters.order(
            rows, request.query_params, self.orderable, default="created_at", direction="desc"
        )
        return self.page_of(rows)


class Retrieved(ResourceViewSet):
    def retrieve(self, request: Request, pk: str) -> Response:
        """Read one."""
        return Response(self.rendered(self.instance()))


class Created(ResourceViewSet):
    def create(self, request: Request) -> Response:
        """Create one."""
        return self.one(self.service.create(ctx=self.ctx, fields=self.validated()), status=201)


class Updated(ResourceViewSet):
    def update(self, request: Request, pk: str) -> Response:
        """Change the fields that are sent; a field that is absent stays."""
        filters.refuse(request.query_params, "field_actions")
        instance = self.instance()
        fields = self.validated(partial=True, instance=instance)
        return self.one(self.service.update(ctx=self.ctx, instance=instance, fields=fields))


class Deleted(ResourceViewSet):
    def destroy(self, request: Request, pk: str) -> Response:
        """Delete one that is not in use; the answer is the resource as it was."""
        instance = self.instance()
        was = self.rendered(instance)
        self.service.delete(ctx=self.ctx, instance=instance)
        return Response(was)


class Switched(ResourceViewSet):
    """The steps of a status that can be switched off and on; ``service`` has a verb for each."""

    @action(detail=True, methods=["post"])
    def activate(self, request: Request, pk: str) -> Response:
        """Open it for use."""
        return self.one(self.service.activate(ctx=self.ctx, instance=self.instance()))

    @action(detail=True, methods=["post"])
    def deactivate(self, request: Request, pk: str) -> Response:
        """Close it to new use for now."""
        return self.one(self.service.deactivate(ctx=self.ctx, instance=self.instance()))

    @action(detail=True, methods=["post"])
    def deprecate(self, request: Request, pk: str) -> Response:
        """Close it to new use for good."""
        return self.one(self.service.deprecate(ctx=self.ctx, instance=self.instance()))

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: str) -> Response:
        """Hide it."""
        return self.one(self.service.archive(ctx=self.ctx, instance=self.instance()))


class Upserted(ResourceViewSet):
    upserted_by: ClassVar[str | None] = None

    def upsert(self, request: Request) -> Response:
        """Update the resource that ``identifier_field`` (``reference`` by default) finds, else create it.

        An id that nothing has is 404: ids are given by us.
        """
        filters.refuse(request.query_params, "custom_field_reference", "field_actions")
        instance = self._named(request)
        if instance is None:
            return self.one(self.service.create(ctx=self.ctx, fields=self.validated()), status=201)
        fields = self.validated(partial=True, instance=instance)
        return self.one(self.service.update(ctx=self.ctx, instance=instance, fields=fields), status=201)

    def _named(self, request: Request) -> Any:
        known = ("reference", "id") if hasattr(self.model, "reference") else ("id",)
        name = request.query_params.get("identifier_field", known[0])
        if name not in known:
            raise InvalidField(f"must be {' or '.join(sorted(known))}", field="identifier_field")
        data: Any = request.data
        key = data.get(name)
        if not isinstance(key, str):
            return None
        column = "public_id" if name == "id" else "reference"
        found = self.rows().filter(**{column: key}).first()
        if found is None and name == "id":
            raise NotFound(
                f"The requested {self.model.object_type} could not be found",
                field="id",
                resource_type=self.model.object_type,
            )
        return found


class Searched(ResourceViewSet):
    @action(detail=False, methods=["post"], url_path="search")
    def search(self, request: Request) -> Response:
        """Find by text (joined by or) and by filters (joined by and)."""
        criteria = self.validated(serializer_class=search.SearchSerializer)
        rows = search.apply(self.rows(), criteria, self.searchable)
        default = "name" if "name" in self.orderable else "created_at"
        rows = filters.order(rows, request.query_params, self.orderable, default=default, direction="asc")
        return self.page_of(rows)
