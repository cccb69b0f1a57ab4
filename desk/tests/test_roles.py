"""What a role may not do is refused by the server, at every address; what is not there is said in words."""

from __future__ import annotations

from accounts.models import Role
from desk.screens.base import Screen
from desk.screens.lists import ListScreen
from desk.tests.addresses import addresses

REGION = {"HX-Request": "true", "HX-Target": "x"}  # the answer alone, without the frame around it
# What everybody may post: their own things, and questions that change nothing.
OWN = {"Appearance", "Profile", "SignOutEverywhere", "CouponEffect", "CheckCustomer"}


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
