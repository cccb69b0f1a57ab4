"""Developers > API logs: found, read, led to the record and back."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from accounts.models import ApiRequest, Role
from accounts.services import request_log
from desk.tests.test_invoices import MOST_QUERIES, page
from webhooks.models import Webhook

FORM = "application/x-www-form-urlencoded"
LOGS = "/desk/developers/api-logs/"
WEBHOOK = {
    "name": "Ledger",
    "reference": "ledger",
    "url": "https://93.184.216.34/hooks",
    "authentication_type": "PASSWORD",
    "username": "u",
    "password": "hunter22",
    "active": "on",
}


@pytest.fixture(autouse=True)
def _start_empty():
    request_log.buffer.take()


def test_requests_by_program_and_by_desk_lead_to_the_record_and_back(desk, api, platform):
    assert "Make a request with your key" in page(desk, LOGS)[0]
    api.get("/v1/customers?limit=2").ok()
    api.post("/v1/customers", {"reference": "a b"})
    for fields in (WEBHOOK, WEBHOOK | {"name": ""}):  # the second changes nothing
        desk.post("/desk/developers/webhooks/new/", urlencode(fields), content_type=FORM)
    assert request_log.write() == 3
    found, refused, by_desk = ApiRequest.objects.order_by("pk")
    body, queries = page(desk, LOGS)
    assert queries <= MOST_QUERIES
    assert body.count("data-row") == 3 and refused.error_code in body and "tk_test_" in body
    narrowed, _ = page(desk, f"{LOGS}?status=4&method=POST&key={refused.key_id}&path=customers&slower=100")
    assert "No requests match these filters" in narrowed
    assert page(desk, f"{LOGS}?status=4&method=POST&key={refused.key_id}")[0].count("data-row") == 1

    drawer, queries = page(desk, f"{LOGS}?drawer={found.request_id}")
    assert queries <= MOST_QUERIES and "/v1/customers?limit=2&quot;" in drawer and "Find similar" in drawer
    hook = Webhook.objects.get(platform=platform)
    drawer, _ = page(desk, f"{LOGS}?drawer={by_desk.request_id}")
    assert reverse("desk:webhook", args=[hook.public_id]) in drawer
    assert "hunter22" not in drawer and "[hidden]" in drawer and "Copy as cURL" not in drawer
    activity, _ = page(desk, f"/desk/developers/webhooks/{hook.public_id}/activity/")
    assert f"{LOGS}?q={by_desk.request_id}" in activity
    assert page(desk, f"{LOGS}?q={by_desk.request_id}")[0].count("data-row") == 1
    assert page(desk, f"{LOGS}?record={hook.public_id}")[0].count("data-row") == 1


def test_it_belongs_to_one_platform_can_be_watched_live_and_is_kept_as_long_as_was_chosen(
    desk, stranger, member, platform
):
    stranger.get("/v1/customers").ok()
    request_log.write()
    assert ApiRequest.objects.count() == 1
    assert "Make a request with your key" in page(desk, LOGS)[0]
    assert desk.get(f"{LOGS}?drawer={ApiRequest.objects.get().request_id}").status_code == 404
    assert 'data-poll="3"' in page(desk, f"{LOGS}?live=1")[0]
    assert "Ask an administrator for PLATFORM.UPDATE" in member(Role.READ_ONLY).get(LOGS).content.decode()
    assert desk.post(f"{LOGS}retention/", {"api_log_days": "0"}).status_code == 422
    assert desk.post(f"{LOGS}retention/", {"api_log_days": "30"}).status_code == 303
    platform.refresh_from_db()
    assert platform.api_log_days == 30
    assert "Kept for 30 days" in page(desk, LOGS)[0]
