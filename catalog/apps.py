from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = "Catalog"

    def ready(self) -> None:
        from catalog.api.shown import SHOWN
        from kit.api import expand
        from webhooks.services import rendering

        for view, fields in SHOWN.items():
            rendering.register(view.model.object_type, _renderer(view), loaded=_loaded_renderer(view))
            for field in fields:
                expand.register(field, _loader(view))


def _renderer(view: Any) -> Any:
    """How one row looks, read back with everything that its body shows."""

    def render(instance: Any) -> dict[str, Any]:
        row = view.selector(instance.platform).get(pk=instance.pk)
        row.platform = instance.platform
        shown: dict[str, Any] = loaded(row)
        return shown

    loaded = _loaded_renderer(view)
    return render


def _loaded_renderer(view: Any) -> Any:
    """How one row looks that its view's selector has read."""

    def render(row: Any) -> dict[str, Any]:
        return dict(view.serializer_class(row, context={"platform": row.platform}).data)

    return render


def _loader(view: Any) -> Any:
    """The objects of these public ids as the API shows them, for ``expand[]``."""

    def load(platform: Any, public_ids: set[str]) -> dict[str, dict[str, Any]]:
        rows = view.selector(platform).filter(public_id__in=public_ids)
        context = {"platform": platform}
        return {row.public_id: dict(view.serializer_class(row, context=context).data) for row in rows}

    return load
