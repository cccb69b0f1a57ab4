from datetime import timedelta

import pytest

from accounts.models import ApiKey, KeyRole
from accounts.services import api_keys
from kit import clock
from kit.testing import ApiClient


@pytest.mark.parametrize("key", [None, "", "wrong", "tk_test_" + "x" * 43, "é"])
def test_a_missing_or_wrong_key_is_401(db, key):
    answer = ApiClient(key).get("/v1/test-clock")
    assert (answer.status, answer.body["code"], answer.body["type"]) == (
        401,
        "UNAUTHORISED",
        "INVALID_REQUEST",
    )
    assert answer.headers["X-REQUEST-ID"].startswith("reqr_")


def test_the_secret_is_not_stored(opened):
    row = ApiKey.objects.get(platform=opened.platform)
    assert opened.api_key.encode() not in bytes(row.secret_hash)
    assert row.hint == opened.api_key[:12]


def test_an_expired_or_revoked_key_is_refused(platform, api):
    key = ApiKey.objects.get(platform=platform)
    _, successor = api_keys.rotate(key=key, at=clock.now(), overlap=timedelta(hours=1))
    assert api.get("/v1/test-clock").status == 200
    ApiKey.objects.filter(pk=key.pk).update(expires_at=clock.now())
    assert api.get("/v1/test-clock").status == 401
    assert ApiClient(successor).get("/v1/test-clock").status == 200
    api_keys.revoke(key=ApiKey.objects.exclude(pk=key.pk).get(), at=clock.now())
    assert ApiClient(successor).get("/v1/test-clock").status == 401


def test_a_read_only_key_reads_and_a_scoped_key_does_only_that(platform):
    _, reader = api_keys.issue(platform=platform, name="r", at=clock.now(), role=KeyRole.READ_ONLY)
    _, scoped = api_keys.issue(platform=platform, name="s", at=clock.now(), scopes=("METER_DATA.INGEST",))
    assert ApiClient(reader).get("/v1/test-clock").status == 200
    refused = ApiClient(reader).post("/v1/test-clock", {"now": "2026-01-01T00:00:00Z"})
    assert (refused.status, refused.body["code"]) == (403, "USER_NOT_ALLOWED")
    assert ApiClient(scoped).get("/v1/test-clock").status == 403
