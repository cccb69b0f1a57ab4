"""The support admin: every model can be read, of one's own platforms only, and nearly none changed."""

from __future__ import annotations

from collections import Counter

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.admin_base import SupportAdmin, is_secret
from accounts.models import ApiKey, AuditEntry, Membership, Platform, Role, User
from config.tests.rows import our_models, row_of, rows_of
from kit.testing import NOON, ApiClient

EDITABLE = {"accounts.User", "accounts.Membership", "accounts.Platform"}
LIST_QUERIES, DETAIL_QUERIES = 10, 8
MODELS = [pytest.param(model, id=model._meta.label) for model in our_models()]


def url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def signed_in(**flags):
    user = User.objects.create_user("support@tallydesk.example", "correct horse", is_staff=True, **flags)
    client = Client()
    client.force_login(user)
    return client, user


@pytest.fixture
def client(db):
    return signed_in(is_superuser=True)[0]


@pytest.mark.parametrize("model", MODELS)
def test_every_model_is_registered_with_search_and_says_what_it_is(model):
    page = admin.site._registry[model]
    assert isinstance(page, SupportAdmin)
    assert page.search_fields or page.get_search_fields(None)
    assert page.__doc__


def test_every_list_has_filters_and_a_name_of_its_own():
    request = type("Request", (), {"user": User(is_superuser=True, is_active=True, is_staff=True)})()
    names = Counter(
        (model._meta.app_label, model._meta.verbose_name_plural) for model in admin.site._registry
    )
    assert [name for name, times in names.items() if times > 1] == []
    assert [page for page in admin.site._registry.values() if not page.get_list_filter(request)] == []


@pytest.mark.parametrize("model", MODELS)
def test_list_search_and_page_answer_in_a_bounded_number_of_queries(model, client, platform):
    rows = rows_of(model, platform=platform, most=3)
    with CaptureQueriesContext(
        connection,
    ) as listing:
        answer = client.get(url(model, "changelist"))
    assert answer.status_code == 200
    assert len(listing) <= LIST_QUERIES, [query["sql"] for query in listing]
    assert client.get(url(model, "changelist"), {"q": "7"}).status_code == 200
    with CaptureQueriesContext(connection) as detail:
        answer = client.get(url(model, "change", rows[0].pk))
    assert answer.status_code == 200
    assert len(detail) <= DETAIL_QUERIES, [query["sql"] for query in detail]
    assert "<b>ü</b>" not in answer.text


@pytest.mark.parametrize("model", [each for each in MODELS if each.id not in EDITABLE])
def test_no_row_can_be_added_changed_or_deleted(model, client, platform):
    row = row_of(model, platform=platform)
    before = model._base_manager.count()
    for page, args in (("add", ()), ("change", (row.pk,)), ("delete", (row.pk,))):
        assert client.post(url(model, page, *args), {"post": "yes"}).status_code == 403, page
    client.post(url(model, "changelist"), {"action": "delete_selected", "_selected_action": [row.pk]})
    assert model._base_manager.count() == before


@pytest.mark.parametrize("model", MODELS)
def test_no_secret_is_shown(model, client, platform):
    page = admin.site._registry[model]
    request = type("Request", (), {"user": User(is_superuser=True)})()
    listed = {str(name) for name in [*page.get_list_display(request), *page.get_readonly_fields(request)]}
    assert listed.isdisjoint(field.name for field in model._meta.fields if is_secret(field))


@pytest.mark.parametrize("model", MODELS)
def test_staff_see_the_rows_of_their_platforms_only(model, platform):
    theirs = row_of(model, platform=platform)
    client, user = signed_in()
    page = admin.site._registry[model]
    assert client.get(url(model, "change", theirs.pk)).status_code == 302
    if page.platform_path:
        Membership.stamped(platform=platform, at=NOON, user=user, role=Role.READ_ONLY).save()
        assert client.get(url(model, "change", theirs.pk)).status_code == 200


def test_the_platform_filter_names_only_ones_own_platforms(client, platform, stranger):
    staff, user = Client(), User.objects.create_user("s@acme.example", "correct horse", is_staff=True)
    Membership.stamped(platform=platform, at=NOON, user=user, role=Role.READ_ONLY).save()
    staff.force_login(user)
    other = Platform.objects.exclude(pk=platform.pk).get()
    page = staff.get(url(ApiKey, "changelist")).text
    assert other.name not in page
    assert staff.get(url(ApiKey, "changelist"), {"platform": other.pk}).status_code == 200
    assert f"?platform={other.pk}" in client.get(url(ApiKey, "changelist")).text


def test_people_who_are_not_staff_do_not_enter(db, platform):
    client, user = signed_in(is_superuser=False)
    User.objects.filter(pk=user.pk).update(is_staff=False)
    assert client.get(reverse("admin:index")).status_code == 302


def test_a_key_is_shown_by_its_hint_and_can_be_revoked(client, platform, opened):
    key = ApiKey.objects.get(platform=platform)
    page = client.get(url(ApiKey, "change", key.pk)).text
    assert key.hint in page and opened.api_key not in page
    body = {"action": "revoke", "_selected_action": [key.pk]}
    assert client.post(url(ApiKey, "changelist"), body, follow=True).status_code == 200
    assert ApiClient(opened.api_key).get("/v1/meters").status == 401
    entry = AuditEntry.objects.get(object_id=key.public_id)
    assert (entry.action, entry.actor_type, entry.actor) == (
        "REVOKED",
        "SUPPORT",
        "support@tallydesk.example",
    )


def test_a_superuser_makes_a_user_and_gives_them_a_role(client, platform):
    body = {
        "email": "New@Acme.example",
        "name": "New",
        "password1": "correct horse",
        "password2": "correct horse",
    }
    assert client.post(url(User, "add"), body).status_code == 302
    user = User.objects.get(email="new@acme.example")
    assert user.check_password("correct horse")
    body = {"on_platform": platform.pk, "user": user.pk, "role": "FINANCE"}
    assert client.post(url(Membership, "add"), body).status_code == 302
    member = Membership.objects.get(user=user)
    assert (member.platform, member.role) == (platform, "FINANCE")
    assert client.post(url(Membership, "add"), body).status_code == 200
    for change in ({"role": "READ_ONLY", "is_active": "on"}, {"role": "READ_ONLY"}):
        assert client.post(url(Membership, "change", member.pk), change).status_code == 302
    member.refresh_from_db()
    assert member.role == "READ_ONLY" and member.deactivated_at
    entries = AuditEntry.objects.filter(object_id=member.public_id).order_by("pk")
    assert [(entry.actor_type, entry.action, sorted(entry.changes)) for entry in entries] == [
        ("SUPPORT", "CREATED", ["email", "role"]),
        ("SUPPORT", "UPDATED", ["role"]),
        ("SUPPORT", "UPDATED", ["status"]),
    ]


def test_a_platform_keeps_its_last_owner_here_too(client, opened):
    member = Membership.objects.get(user=opened.owner)
    answer = client.post(url(Membership, "change", member.pk), {"role": "OWNER"}, follow=True)
    assert "keeps an owner" in answer.text
    member.refresh_from_db()
    assert member.deactivated_at is None


def test_staff_change_neither_users_nor_memberships(platform, opened):
    client, user = signed_in()
    mine = Membership.stamped(platform=platform, at=NOON, user=user, role=Role.OWNER)
    mine.save()
    assert client.post(url(User, "add"), {}).status_code == 403
    assert client.post(url(User, "change", opened.owner.pk), {"is_superuser": "on"}).status_code == 403
    assert client.post(url(Membership, "change", mine.pk), {"role": "OWNER"}).status_code == 403
    assert client.post(url(User, "delete", opened.owner.pk), {"post": "yes"}).status_code == 403


def test_nobody_deletes_a_user_or_a_membership(client, opened):
    member = Membership.objects.get(user=opened.owner)
    assert client.post(url(User, "delete", opened.owner.pk), {"post": "yes"}).status_code == 403
    assert client.post(url(Membership, "delete", member.pk), {"post": "yes"}).status_code == 403


def test_a_password_is_not_guessed_here(db):
    User.objects.create_superuser("root@tallydesk.example", "correct horse")
    client = Client()
    for _ in range(5):
        client.post(reverse("admin:login"), {"username": "root@tallydesk.example", "password": "wrong"})
    right = {"username": "root@tallydesk.example", "password": "correct horse"}
    assert "Too many attempts" in client.post(reverse("admin:login"), right).text
    assert "_auth_user_id" not in client.session


def test_a_superuser_signs_in(db):
    User.objects.create_superuser("root@tallydesk.example", "correct horse")
    client = Client()
    right = {"username": "root@tallydesk.example", "password": "correct horse", "next": "/admin/"}
    assert client.post(reverse("admin:login"), right).status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200


def test_the_worker_queue_can_be_read_but_not_written(client, platform):
    from kit import jobs

    jobs.sync_schedules({})
    for name in ("success", "failure", "schedule", "ormq"):
        assert client.get(reverse(f"admin:django_q_{name}_changelist")).status_code == 200
        assert client.post(reverse(f"admin:django_q_{name}_add"), {"func": "os.abort"}).status_code == 403


def test_an_event_is_found_by_its_id_and_its_whole_reference(client, platform):
    from metering.models import Event

    one, _other = row_of(Event, platform=platform), row_of(Event, platform=platform)
    for term in (one.public_id, one.reference):
        found = client.get(url(Event, "changelist"), {"q": term}).context["cl"].result_list
        assert [row.pk for row in found] == [one.pk]


def test_a_superuser_changes_how_a_platform_treats_late_usage(client, platform):
    body = {"name": "Acme", "invoice_grace_period_seconds": "3600", "late_usage": "IGNORE"}
    body["environment"] = "LIVE"
    assert client.post(url(Platform, "change", platform.pk), body).status_code == 302
    counted = platform.configuration_version
    platform.refresh_from_db()
    assert (platform.late_usage, platform.invoice_grace_period_seconds) == ("IGNORE", 3600)
    assert platform.environment == "TEST" and platform.configuration_version > counted
    entry = AuditEntry.objects.get(object_id=platform.public_id)
    assert entry.changes["late_usage"] == ["NEXT_INVOICE", "IGNORE"]


def test_a_platform_is_neither_added_nor_deleted_here(client, platform):
    assert client.post(url(Platform, "add"), {"name": "x"}).status_code == 403
    assert client.post(url(Platform, "delete", platform.pk), {"post": "yes"}).status_code == 403


def test_staff_change_no_platform(platform):
    client, user = signed_in()
    Membership.stamped(platform=platform, at=NOON, user=user, role=Role.OWNER).save()
    assert client.post(url(Platform, "change", platform.pk), {"name": "x"}).status_code == 403


def test_a_draft_shows_no_amount_that_could_be_taken_for_its_total(client, platform):
    from billing.models import Invoice

    row_of(Invoice, platform=platform)
    assert "computed on read" in client.get(url(Invoice, "changelist")).text


@pytest.mark.parametrize("model", MODELS)
def test_a_list_takes_any_question(model, client):
    for asked in ({"q": "abc"}, {"q": "x\x00y"}, {"q": "9" * 40}, {"platform": "x"}):
        assert client.get(url(model, "changelist"), asked).status_code in (200, 302)
