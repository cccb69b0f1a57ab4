"""What every screen shares: who asks, the permission, page or fragment, errors in words.

One URL answers the whole page, or the region that htmx names in ``HX-Target``: a region is a
``{% region name %}`` or ``{% partialdef name %}`` of its template, and the name is the element's id.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.views import View

from desk import operators, shell
from desk.components import regions
from desk.components.curl import Call
from desk.operators import Operator
from desk.screens import replies
from desk.shell import Crumb
from kit.errors import NotAllowed, NotFound, TallydeskError

# What a failed request answers, so that htmx swaps only what is meant to be swapped.
IN_PLACE = {403: 403, 404: 404, 409: 409}


class Screen(View):
    """A page of Desk. ``permission`` is needed to open it; ``template`` extends ``desk/base.html``."""

    permission: ClassVar[str] = ""
    template: ClassVar[str] = ""
    title: str = ""
    refusal: str = ""  # the title of the page that says why this one is not shown
    menu: ClassVar[str] = ""  # the navigation entry that is current; the URL's name by default
    regions: ClassVar[tuple[str, ...]] = ()
    operator: Operator

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let the operator in and answer; anticipated errors become pages or fragments."""
        operator = operators.of(request)
        if operator is None:
            return replies.sign_in_first(request)
        self.operator = operator
        with timezone.override(operator.zone):
            try:
                self.need(self.permission)
                response = super().dispatch(request, *args, **kwargs)
            except TallydeskError as error:
                response = self.refused(error)
            except Http404:
                response = self.refused(NotFound("There is no such page, or it was removed."))
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def need(self, permission: str) -> None:
        """Raise NotAllowed, in the words of the product, unless the role has ``permission``."""
        if not self.operator.can(permission):
            raise NotAllowed(shell.ask_for(permission))

    @property
    def htmx_target(self) -> str:
        """The id of the element that htmx will swap; empty for a whole page."""
        return self.request.headers.get("HX-Target", "") if replies.is_htmx(self.request) else ""

    def crumbs(self) -> list[Crumb]:
        """The way here, without this page itself."""
        return shell.crumbs_of(self.menu_name)

    @property
    def menu_name(self) -> str:
        match = self.request.resolver_match
        return self.menu or (match.url_name if match and match.url_name else "")

    def call(self) -> Call | None:
        """The API request that reads what this page shows (Copy as cURL in the top bar)."""
        return None

    def context(self, **extra: Any) -> dict[str, Any]:
        """What the base template reads, and the screen's own."""
        return {
            **shell.context(self.request, self.operator, menu=self.menu_name),
            "title": self.refusal or self.title,
            "crumbs": shell.crumbs_of(self.menu_name) if self.refusal else self.crumbs(),
            "call": None if self.refusal else self.call(),
            **extra,
        }

    def render(
        self, template: str = "", *, status: int = 200, region: str = "", **extra: Any
    ) -> HttpResponse:
        """The page, or the asked region of it. ``region`` overrides what htmx asked for."""
        name = template or self.template
        target = region or self.htmx_target
        context = self.context(**extra)
        if target not in self.regions:
            return HttpResponse(render_to_string(name, context, self.request), status=status)
        html = regions.render(name, target, context, self.request)
        heading = format_html("<title>{}</title>", shell.document_title(context["title"]))
        return HttpResponse(heading + html, status=status)

    def refused(self, error: TallydeskError) -> HttpResponse:
        """The error in words: a page, or a fragment where htmx asked for a region."""
        fragment = bool(self.htmx_target)
        self.refusal = {403: "Not allowed", 404: "Not found"}.get(error.status, "That did not work")
        status = IN_PLACE.get(error.status, 422 if error.status < 500 else error.status)
        template = "desk/error.html#problem" if fragment else "desk/error.html"
        context = {**self.context(), "error": error}
        return HttpResponse(render_to_string(template, context, self.request), status=status)

    def done(self, url: str, message: str = "", *, undo: str = "") -> HttpResponse:
        """Go on after a change: 303, or HX-Redirect for htmx, with a toast on the next page."""
        if message:
            replies.toast(self.request, message, undo=undo)
        return replies.go(self.request, url)

    def see_other(self, url: str) -> HttpResponseRedirect:
        return cast(HttpResponseRedirect, replies.see_other(url))
