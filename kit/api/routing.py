"""Routes of a resource: the collection (GET, POST, PUT), its actions, one member (GET, PATCH, DELETE)."""

from __future__ import annotations

from rest_framework.routers import DynamicRoute, Route, SimpleRouter


class ResourceRouter(SimpleRouter):
    """Like the framework's router, with upsert on the collection, PATCH alone on a member, no slashes."""

    routes = [
        Route(
            url=r"^{prefix}$",
            mapping={"get": "list", "post": "create", "put": "upsert"},
            name="{basename}-list",
            detail=False,
            initkwargs={},
        ),
        DynamicRoute(url=r"^{prefix}/{url_path}$", name="{basename}-{url_name}", detail=False, initkwargs={}),
        Route(
            url=r"^{prefix}/{lookup}$",
            mapping={"get": "retrieve", "patch": "update", "delete": "destroy"},
            name="{basename}-detail",
            detail=True,
            initkwargs={},
        ),
        DynamicRoute(
            url=r"^{prefix}/{lookup}/{url_path}$", name="{basename}-{url_name}", detail=True, initkwargs={}
        ),
    ]

    def __init__(self) -> None:
        super().__init__(trailing_slash=False)
