"""Which platform the session works on, and how Desk looks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from desk.models import Density, Shortcuts, Theme
from desk.operators import PLATFORM_KEY
from desk.screens import replies
from desk.screens.base import Screen
from desk.services import preferences
from kit.errors import NotFound

NEXT_THEME = {Theme.SYSTEM: Theme.DARK, Theme.LIGHT: Theme.DARK, Theme.DARK: Theme.LIGHT}
MOST_FOLDERS = 20


class Switch(Screen):
    """To another platform of this member: sandbox or live."""

    def post(self, request: HttpRequest) -> HttpResponse:
        wanted = request.POST.get("platform", "")
        if all(row.platform.public_id != wanted for row in self.operator.memberships):
            raise NotFound("You are not a member of this platform.")
        request.session[PLATFORM_KEY] = wanted
        return replies.see_other(reverse("desk:home"))


class Appearance(Screen):
    """Theme, density, shortcuts and open folders, saved for this member."""

    def post(self, request: HttpRequest) -> HttpResponse:
        values = _asked(request, Theme(self.operator.preference.theme))
        preferences.change(platform=self.operator.platform, user=self.operator.user, **values)
        if replies.is_htmx(request):
            return HttpResponse(status=204)
        return replies.see_other(_back(request))


def _asked(request: HttpRequest, theme: Theme) -> dict[str, object]:
    post, values = request.POST, dict[str, object]()
    if post.get("theme") == "toggle":
        values["theme"] = NEXT_THEME[theme]
    elif post.get("theme") in Theme.values:
        values["theme"] = post["theme"]
    if post.get("density") in Density.values:
        values["density"] = post["density"]
    if post.get("shortcuts") in Shortcuts.values:
        values["shortcuts"] = post["shortcuts"]
    if "folders" in post:
        names = [name[:40] for name in post["folders"].split(",") if name]
        values["open_folders"] = names[:MOST_FOLDERS]
    return values


def _back(request: HttpRequest) -> str:
    url = request.POST.get("back", "")
    fits = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if fits else reverse("desk:home")
