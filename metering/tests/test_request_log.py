"""The API log, end to end: requests with what they sent and changed, ingestion folded and free of charge."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiKey, ApiRequest, AuditEntry
from accounts.services import request_log
from kit.testing import ApiClient
from metering.api import keys

ONE, VALUES = "/v1/events/ingest", "/v1/meter-values"
CALLS = {"reference": "calls", "name": "Calls", "type": "NUMBER"}


@pytest.fixture(autouse=True)
def _start_empty():
    keys.forget()
    request_log.buffer.take()


def logged() -> list[ApiRequest]:
    request_log.write()
    return list(ApiRequest.objects.order_by("pk"))


def test_a_request_is_logged_with_its_key_its_answer_and_what_it_changed(opened, api, stranger):
    answer = api.post(VALUES, {**CALLS, "token": "abc"})
    api.get("/v1/meters/nobody?limit=1&secret=abc")
    stranger.get("/v1/meters")
    ApiClient("wrong").get("/v1/meters")
    made, missing, others = logged()
    key = ApiKey.objects.get(platform=opened.platform)
    assert (made.platform_id, made.source, made.key_id) == (opened.platform.pk, "API", key.public_id)
    assert (made.actor, made.key_hint, made.method, made.path) == (key.name, key.hint, "POST", VALUES)
    assert (made.status, made.requests, made.ip) == (201, 1, "127.0.0.1")
    assert made.request_id == answer.headers["X-REQUEST-ID"] and made.microseconds > 0
    assert json.loads(made.request_body) == {**CALLS, "token": "[hidden]"}
    assert json.loads(made.response_body)["id"] == answer.body["id"]
    assert AuditEntry.objects.get(request_id=made.request_id).object_id == answer.body["id"]
    assert (missing.status, missing.error_code) == (404, json.loads(missing.response_body)["code"])
    assert "abc" not in missing.query and opened.api_key not in repr([vars(made), vars(missing)])
    assert others.platform_id != opened.platform.pk


def test_a_repeat_by_idempotency_key_says_so(api):
    for _ in range(2):
        api.post(VALUES, CALLS, **{"Idempotency-Key": "once"}).ok()
    assert [(row.idempotency_key, row.replayed) for row in logged()] == [("once", False), ("once", True)]


def test_ingestion_is_one_row_for_all_that_went_well_one_for_each_refusal_and_asks_no_query_more(
    api, meters, sample
):
    logged()
    before = ApiRequest.objects.count()
    api.post(ONE, sample()).ok()
    with CaptureQueriesContext(connection) as captured:
        for _ in range(3):
            api.post(ONE, sample()).ok()
    assert not [query for query in captured.captured_queries if "apirequest" in query["sql"]]
    for _ in range(2):
        assert api.post(ONE, sample(meter_reference="unknown")).status == 400
    with CaptureQueriesContext(connection) as captured:
        rows = logged()[before:]
    assert len([query for query in captured.captured_queries if "INSERT" in query["sql"]]) == 1
    assert [(row.status, row.requests) for row in rows] == [(201, 4), (400, 1), (400, 1)]
    assert rows[0].microseconds > rows[0].slowest_microseconds > 0
    assert json.loads(rows[0].request_body)["reference"] and rows[1].error_code
