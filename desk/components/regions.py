"""Pieces of a page for htmx, from the same templates as the page.

``{% region list %}…{% endregion %}`` marks a piece in place: it respects what a child template puts
into the blocks inside. ``{% partialdef dialog %}`` outside of any block is a piece that the whole page
does not show; it is looked for in the template and then in the ones it extends.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.template.loader import get_template, render_to_string
from django.template.loader_tags import ExtendsNode

CAPTURED = "captured_regions"


def render(name: str, region: str, context: dict[str, Any], request: HttpRequest) -> str:
    """The named piece of template ``name``. Raises LookupError when the template has none of that name."""
    partial = _partial(name, region)
    if partial is not None:
        return render_to_string(partial, {**context, "region": region}, request)
    captured: dict[str, str] = {}
    render_to_string(name, {**context, "region": region, CAPTURED: captured}, request)
    if region not in captured:
        raise LookupError(f"{name} has no region {region}")
    return captured[region]


def _partial(name: str, region: str) -> str | None:
    """``template#region`` of the nearest template in the chain that defines it."""
    chain: str | None = name
    while chain is not None:
        try:
            get_template(f"{chain}#{region}")
        except TemplateDoesNotExist:
            chain = _parent(chain)
        else:
            return f"{chain}#{region}"
    return None


def _parent(name: str) -> str | None:
    nodes: Any = get_template(name)
    found = nodes.template.nodelist.get_nodes_by_type(ExtendsNode)
    return str(found[0].parent_name.resolve({})) if found else None
