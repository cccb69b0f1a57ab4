"""What every list does: filters, sort, pages, columns, export, saved views, all in the query string."""

from __future__ import annotations

import csv
import dataclasses
import html
import io
import re
from datetime import timedelta

import pytest

from accounts.models import ApiKey, AuditEntry, Role
from accounts.services import api_keys, audit
from desk.components import audit as entries
from desk.models import SavedView
from desk.screens.export import safe
from desk.screens.settings.api_keys import ApiKeys
from desk.tables import Bulk
from kit.errors import InvalidOperation

AUDIT = "/desk/developers/audit-log/"
MOST_QUERIES = 12


@pytest.fixture
def history(ctx):
    """60 entries, a minute apart; every third by a person."""
    for number in range(60):
        later = ctx.later(ctx.at + timedelta(minutes=number))
        audit.record(
            ctx=later if number % 3 else type(later)(later.platform, later.at, "USER", "mara@acme.example"),
            action="UPDATED",
            object_type="METER",
            object_id=f"metr_{number:020d}",
            after={"name": f"=Name {number}"},
        )


def rows(response):
    return response.content.decode().count("data-row")


def test_filters_narrow_and_show_as_chips(desk, history):
    response = desk.get(AUDIT, {"source": "USER", "at_from": "2026-04-01", "at_to": "2026-04-01"})
    body = response.content.decode()
    assert rows(response) == 20
    assert "From is Desk" in body and "Time from 1 Apr 2026 to 1 Apr 2026" in body


def test_search_finds_by_id(desk, history):
    assert rows(desk.get(AUDIT, {"q": "metr_00000000000000000012"})) == 1


def test_no_match_offers_to_clear_the_filters_and_never_the_onboarding(desk, history):
    body = desk.get(AUDIT, {"q": "nothing like it"}).content.decode()
    assert "No entries match these filters" in body
    assert "Nothing has been changed yet" not in body


@pytest.mark.parametrize(
    "query", ["page=2", "page=9999", "page=x", "size=25&page=3", "sort=nonsense", "view=x"]
)
def test_odd_queries_answer_a_page(desk, history, query):
    assert desk.get(f"{AUDIT}?{query}").status_code == 200


def test_sort_follows_the_link_and_says_so(desk, history):
    body = desk.get(AUDIT, {"sort": "at"}).content.decode()
    assert 'aria-sort="ascending"' in body
    assert body.index("metr_00000000000000000000") < body.index("metr_00000000000000000049")


def test_the_export_holds_the_filtered_rows_and_no_formula(desk, history):
    response = desk.get(AUDIT, {"format": "csv", "source": "USER"})
    table = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert table[0] == ["ID", "Time", "Who", "Action", "Record", "Changed"]
    assert len(table) == 21
    assert table[1][1] == "2026-04-01T12:57:00Z"


@pytest.mark.parametrize(
    ("value", "cell"),
    [("=1+1", "'=1+1"), ("-12.50", "-12.50"), ("@x", "'@x"), ("plain", "plain"), ("-x", "'-x")],
)
def test_a_spreadsheet_runs_no_cell(value, cell):
    assert safe(value) == cell


def test_a_saved_view_comes_back_with_filters_columns_and_sort(desk, history):
    query = "source=USER&columns=at&columns=record&sort=at"
    response = desk.post(f"{AUDIT}?{query}", {"view_action": "create", "name": "People"})
    body = desk.get(AUDIT + response.headers["Location"]).content.decode()
    assert response.status_code == 303
    assert "From is Desk" in body and 'aria-sort="ascending"' in body
    assert "You are looking at the view" in body


def test_a_private_view_is_nobody_elses(desk, member, history):
    desk.post(f"{AUDIT}?source=USER", {"view_action": "create", "name": "Mine"})
    desk.post(f"{AUDIT}?source=USER", {"view_action": "create", "name": "Ours", "shared": "1"})
    body = member(Role.DEVELOPER).get(AUDIT).content.decode()
    assert "Ours" in body and ">Mine<" not in body


def test_only_its_owner_deletes_a_view(desk, member, history):
    desk.post(f"{AUDIT}?source=USER", {"view_action": "create", "name": "Ours", "shared": "1"})
    view = SavedView.objects.get()
    other = member(Role.DEVELOPER)
    assert other.post(AUDIT, {"view_action": "delete", "view": view.public_id}).status_code == 404
    assert SavedView.objects.count() == 1


def test_a_list_takes_few_queries_whatever_it_shows(desk, history, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_QUERIES):
        desk.get(AUDIT, {"size": "100", "q": "metr", "source": "USER"})


def test_the_audit_log_calls_a_key_by_its_name_and_fields_in_words(platform, ctx):
    api_keys.issue(platform=platform, name="Ingest", at=ctx.at)
    key = ApiKey.objects.get(name="Ingest").public_id
    changes = {"payment_status": [None, "PAID"], "updated_at": [None, "now"]}
    entry = AuditEntry(actor_type="API_KEY", actor=key, changes=changes)
    assert [shown.who for shown in entries.told(platform.pk, [entry])] == ["Ingest"]
    assert entries.field_names(entry) == ["payment status"]


def test_a_drawer_answers_alone_and_with_its_page(desk, history):
    key = desk.get(AUDIT).content.decode().split("drawer=")[1].split("&")[0].split('"')[0]
    alone = desk.get(AUDIT, {"drawer": key}, headers={"HX-Request": "true", "HX-Target": "drawer"})
    page = desk.get(AUDIT, {"drawer": key})
    assert b"drawer__head" in alone.content and b"<html" not in alone.content
    assert b"drawer__head" in page.content and b"data-show" in page.content


@pytest.fixture
def two_keys(platform, ctx, monkeypatch):
    """A list with a bulk action that refuses one of its two rows."""
    api_keys.issue(platform=platform, name="Second", at=ctx.at)

    def rename(*, ctx, instance):
        ApiKey.objects.filter(pk=instance.pk).update(name=f"{instance.name} renamed")
        if instance.name == "Second":
            raise InvalidOperation("Second stays as it is")
        if instance.name == "Third":
            raise ZeroDivisionError

    bulk = Bulk(name="rename", label="Rename", permission="USER.API.UPDATE", run=rename)
    monkeypatch.setattr(ApiKeys, "table", dataclasses.replace(ApiKeys.table, bulk=[bulk]))
    return [key.public_id for key in ApiKey.objects.filter(platform=platform)]


KEYS = "/desk/settings/api-keys/"


def test_a_bulk_action_asks_first(desk, two_keys):
    body = desk.post(KEYS, {"bulk": "rename", "selected": two_keys}).content.decode()
    assert "Rename: 2 API keys?" in body
    assert not ApiKey.objects.filter(name__contains="renamed").exists()


def test_a_bulk_action_tells_what_became_of_each_row_and_undoes_only_the_refused(desk, two_keys):
    asked = {"bulk": "rename", "selected": two_keys, "confirmed": "1"}
    body = desk.post(KEYS, asked).content.decode()
    assert "Second stays as it is" in body and "1 failed" in body and "Retry the 1 failed" in body
    line = html.unescape(re.search(r'name="failures" value="([^"]+)"', body)[1])
    table = desk.post(KEYS, {"failures": line}).content.decode().splitlines()
    assert table[1].endswith(",Second,Second stays as it is")
    assert sorted(ApiKey.objects.values_list("name", flat=True)) == ["First key renamed", "Second"]


def test_what_nobody_foresaw_about_one_row_is_said_and_leaves_the_others_done(desk, platform, ctx, two_keys):
    api_keys.issue(platform=platform, name="Third", at=ctx.at)
    chosen = [*two_keys, ApiKey.objects.get(name="Third").public_id]
    body = desk.post(KEYS, {"bulk": "rename", "selected": chosen, "confirmed": "1"}).content.decode()
    assert "something unforeseen happened" in body and "2 failed" in body
    names = sorted(ApiKey.objects.filter(platform=platform).values_list("name", flat=True))
    assert names == ["First key renamed", "Second", "Third"]


def test_a_bulk_action_never_reaches_another_platform(desk, two_keys, stranger):
    foreign = ApiKey.objects.exclude(public_id__in=two_keys).get()
    asked = {"bulk": "rename", "selected": [foreign.public_id], "confirmed": "1"}
    assert desk.post(KEYS, asked).status_code == 422
    assert not ApiKey.objects.filter(name__contains="renamed").exists()


def test_a_bulk_action_needs_its_permission(member, two_keys):
    reader = member(Role.FINANCE)
    assert reader.post(KEYS, {"bulk": "rename", "selected": two_keys}).status_code == 403
