"""The frame: sign-in first, page or fragment, the policy, what a role sees."""

from __future__ import annotations

import gzip
from pathlib import Path

import django_htmx
import pytest
from django.test import Client

from accounts.models import Environment, Membership, Role, UserSession
from accounts.services import platforms
from kit.testing import NOON

AUDIT = "/desk/developers/audit-log/"
ASSETS = Path(__file__).parent.parent / "static" / "desk"
HTMX = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
BUDGET = 60_000


def test_a_visitor_is_sent_to_sign_in_and_back(db):
    response = Client().get(AUDIT)
    assert response.status_code == 303
    assert response.headers["Location"] == "/desk/sign-in/?next=%2Fdesk%2Fdevelopers%2Faudit-log%2F"


def test_a_visitor_with_htmx_gets_a_redirect_that_htmx_follows(db):
    response = Client().get(AUDIT, headers={"HX-Request": "true", "HX-Target": "list"})
    assert response.headers["HX-Redirect"] == "/desk/sign-in/"


def test_one_url_answers_the_page_or_the_region(desk):
    page = desk.get(AUDIT)
    fragment = desk.get(AUDIT, headers={"HX-Request": "true", "HX-Target": "list"})
    assert b"<html" in page.content and b'id="list"' in page.content
    assert b"<html" not in fragment.content and b'id="list"' in fragment.content
    assert {"HX-Request", "HX-Target"} <= {part.strip() for part in page.headers["Vary"].split(",")}


def test_a_region_that_the_screen_does_not_have_answers_the_page(desk):
    response = desk.get(AUDIT, headers={"HX-Request": "true", "HX-Target": "elsewhere"})
    assert b"<html" in response.content


@pytest.mark.parametrize("path", ["/desk/sign-in/", "/desk/", AUDIT, "/desk/settings/profile/"])
def test_the_policy_allows_nothing_from_elsewhere_and_nothing_inline(desk, path):
    client = Client() if path.endswith("sign-in/") else desk
    response = client.get(path)
    body = response.content.decode()
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert " style=" not in body and "<style" not in body and "onclick" not in body
    assert "<script>" not in body and "http://" not in body and "https://" not in body


def test_css_and_scripts_weigh_less_than_the_budget():
    files = [ASSETS / "desk.css", *ASSETS.glob("*.js"), HTMX]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < BUDGET


def test_each_script_stays_small():
    assert all(len(script.read_text().splitlines()) < 400 for script in ASSETS.glob("*.js"))


def test_a_section_that_the_role_cannot_read_is_hidden_and_refused(member):
    reader = member(Role.READ_ONLY)
    settings = reader.get("/desk/settings/").content.decode()
    assert "API keys" not in settings and "Users &amp; roles" not in settings


def test_every_test_page_has_the_sandbox_bar_and_no_live_page_has_it(desk, opened):
    assert b'class="clock"' in desk.get("/desk/").content
    live = platforms.open_platform(
        name="Acme live",
        environment=Environment.LIVE,
        owner_email=opened.owner.email,
        owner_password="Passw0rd!",
        at=NOON,
    ).platform
    desk.post("/desk/switch/", {"platform": live.public_id})
    body = desk.get("/desk/").content
    assert b'class="clock"' not in body and b"Test clocks" not in body


def test_the_platform_of_someone_else_cannot_be_entered(desk, stranger):
    from accounts.models import Platform

    other = Platform.objects.get(name="bolt")
    assert desk.post("/desk/switch/", {"platform": other.public_id}).status_code == 404
    assert b"acme" in desk.get("/desk/").content


def test_a_lost_record_is_a_page_in_words(desk):
    response = desk.get(AUDIT, {"drawer": "999"})
    assert response.status_code == 404
    assert b"There is no such entry" in response.content


def test_a_page_that_does_not_exist_is_said_in_html_at_desk_and_in_text_elsewhere(desk):
    assert b"<html" in desk.get("/desk/nowhere/").content
    assert desk.get("/nowhere").content == b"Page does not exist"


def test_signing_in_and_out_by_form(opened):
    client = Client()
    form = {"email": opened.owner.email, "password": "Passw0rd!"}
    answer = client.post("/desk/sign-in/?next=/desk/settings/", form)
    assert answer.headers["Location"] == "/desk/settings/"
    assert client.get("/desk/settings/").status_code == 200
    client.post("/desk/sign-out/")
    assert client.get("/desk/settings/").status_code == 303


def test_the_way_back_after_sign_in_never_leaves_desk(opened):
    form = {"email": opened.owner.email, "password": "Passw0rd!", "next": "https://evil.example/desk/"}
    assert Client().post("/desk/sign-in/", form).headers["Location"] == "/desk/"


def test_the_sixth_wrong_password_answers_429_and_so_does_the_sixth_link_asked_for(
    opened, settings, mailoutbox
):
    settings.EMAIL_HOST = "mail.example"
    client, email = Client(), opened.owner.email
    form = {"email": email, "password": "wrong"}
    assert [client.post("/desk/sign-in/", form).status_code for _ in range(6)] == [422] * 5 + [429]
    asked = [
        client.post("/desk/forgot/", {"email": who}) for who in [email] * 6 + ["nobody@acme.example"] * 6
    ]
    assert [answer.status_code for answer in asked] == ([200] * 5 + [429]) * 2
    assert "before you ask for another link" in asked[-1].text
    assert len(mailoutbox) == 5


def test_one_other_browser_or_all_of_them_are_signed_out_and_a_new_password_does_so_too(opened):
    profile, email = "/desk/settings/profile/", opened.owner.email
    here, *others = (Client() for _ in range(4))
    for client in (here, *others):
        client.post("/desk/sign-in/", {"email": email, "password": "Passw0rd!"})
    one = UserSession.objects.get(session_id=others[0].session.session_key)
    assert f"sessions/{one.pk}/end/" in here.get(profile).content.decode()
    here.post(f"{profile}sessions/{one.pk}/end/")
    assert [client.get("/desk/").status_code for client in (here, *others)] == [200, 303, 200, 200]
    here.post(f"{profile}sign-out-everywhere/")
    assert [client.get("/desk/").status_code for client in (here, *others)] == [200, 303, 303, 303]
    others[0].post("/desk/sign-in/", {"email": email, "password": "Passw0rd!"})
    change = {"current": "wrong", "password": "correct horse 47"}
    assert b"This is not your password." in here.post(f"{profile}password/", change).content
    here.post(f"{profile}password/", {**change, "current": "Passw0rd!"})
    assert [client.get("/desk/").status_code for client in (here, *others)] == [200, 303, 303, 303]
    assert "This browser" in here.get(profile).content.decode()
    opened.owner.refresh_from_db()
    assert opened.owner.check_password("correct horse 47")
    Membership.objects.update(deactivated_at=NOON)
    assert here.get("/desk/").headers["Location"].startswith("/desk/sign-in/")
    assert b"do not work on any platform" in here.get("/desk/sign-in/").content


def test_the_theme_is_kept_for_the_member(desk):
    desk.post("/desk/appearance/", {"theme": "DARK", "density": "COMPACT"})
    body = desk.get("/desk/").content
    assert b'data-theme="dark"' in body and b'data-density="compact"' in body


def test_a_drawer_opens_with_its_page_too(desk, opened):
    from accounts.models import ApiKey

    key = ApiKey.objects.filter(platform=opened.platform).first()
    response = desk.get("/desk/settings/api-keys/", {"drawer": key.public_id})
    assert response.status_code == 200 and b"Revoke" in response.content
