"""What a role may not do is refused by the server, at every address; what is not there is said in words."""

from __future__ import annotations

import html
import re

from django.urls import resolve

from accounts.models import Role
from billing.tests.world import World, at, fee, per_minute
from desk.screens.base import Screen
from desk.screens.lists import ListScreen
from desk.tests.addresses import addresses
from webhooks.models import Webhook

REGION = {"HX-Request": "true", "HX-Target": "x"}  # the answer alone, without the frame around it
# What everybody may post: their own things, and questions that change nothing.
OWN = {
    "Appearance",
    "Profile",
    "ChangePassword",
    "EndSession",
    "SignOutEverywhere",
    "CouponEffect",
    "CheckCustomer",
}


def test_a_key_that_nothing_has_is_answered_in_words_at_every_address(desk):
    for view, path in {view: path for path, view in addresses() if "x" in path.split("/")}.items():
        if issubclass(view, Screen):
            assert desk.get(path, headers=REGION).status_code < 500, path
            if hasattr(view, "post"):
                assert desk.post(path, headers=REGION).status_code < 500, path


def test_who_only_reads_can_post_nothing_but_their_own(member):
    reader = member(Role.READ_ONLY)
    for path, view in addresses():
        if issubclass(view, Screen) and hasattr(view, "post") and view.__name__ not in OWN:
            refused = (403, 404) if issubclass(view, ListScreen) or "x" in path.split("/") else (403,)
            answer = reader.post(path, headers=REGION).status_code
            assert answer in refused or view.__name__ == "Switch", (path, answer)


LINK = re.compile(r'<a [^>]*href="(/desk/[^"#?]*)[^"]*"|<form [^>]*method="post"[^>]*action="(/desk/[^"#?]*)')
FILES = re.compile(r"/(sign-out|pdf|document)\b")


def test_nothing_that_looks_open_to_who_only_reads_is_refused(member, platform):
    """Every kind of page that links lead to, and every form on it: each opens, or was explained before."""
    world = World(platform)
    world.subscribe(world.plan(per_minute("0.10")), start=at("2026-03-01"))
    world.drafted(fee("7"))
    world.make(Webhook, name="Ledger", reference="ledger", url="https://93.184.216.34/")
    reader, kinds, refused = member(Role.READ_ONLY), set(), []
    waiting = ["/desk/"]
    for path in waiting:
        match = resolve(path)
        kind = (match.url_name, *(match.kwargs.get(name) for name in ("tab", "verb", "step")))
        if kind in kinds or FILES.search(path):
            continue
        kinds.add(kind)
        answer = reader.get(path)
        refused += [path] if answer.status_code == 403 else []
        for link, form in LINK.findall(html.unescape(answer.content.decode())):
            waiting += [link] if link else []
            if form and not FILES.search(form) and reader.post(form, {"as_curl": "1"}).status_code == 403:
                refused.append(f"{form} on {path}")
    assert refused == [] and len(kinds) > 50
