"""The API log's buffer is bounded and never in the way; its rows are forgotten in time."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from accounts.models import ApiRequest, Platform
from accounts.services import request_log
from accounts.services.request_buffer import Buffer, Caller, Noted
from kit import clock
from kit.testing import NOON

PATH = "/v1/events/ingest"


def noted(**changes) -> Noted:
    caller = Caller(1, "API", "Key", "akey_1", "tk_test_1234", folds=True)
    fields = {"caller": caller, "at": NOON, "method": "POST", "path": PATH, "query": "", "status": 201}
    return Noted(**fields | {"microseconds": 1000, "request_id": "reqr_1"} | changes)


def test_requests_alike_fold_from_any_thread_until_they_are_taken():
    buffer, first = Buffer(), noted()
    buffer.note(first)

    def add(microseconds: int) -> bool:
        return buffer.fold(first.caller, path=PATH, status=201, microseconds=microseconds)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(add, range(2000)))
    assert not buffer.fold(first.caller, path=PATH, status=200, microseconds=1)
    (taken,), dropped = buffer.take()
    assert (taken.requests, taken.microseconds, taken.slowest, dropped) == (2001, 2_000_000, 1999, 0)
    assert not add(1)


def test_a_full_buffer_drops_and_counts_and_bodies_yield_before_rows():
    buffer = Buffer(most=3, most_bytes=10)
    for body in (b"12345678", b"12345678", b"", b""):
        buffer.note(noted(request_body=body))
    taken, dropped = buffer.take()
    assert ([each.request_body for each in taken], dropped) == ([b"12345678", b"", b""], 1)
    assert buffer.take() == ([], 0)


def test_dropped_requests_are_told_and_a_database_that_refuses_stops_no_thread(db, caplog, monkeypatch):
    monkeypatch.setattr(request_log, "buffer", Buffer(most=0))
    request_log.note(noted())
    with caplog.at_level(logging.WARNING):
        assert request_log.write() == 0
    assert "1 requests were not logged" in caplog.text


def test_rows_older_than_the_platform_keeps_them_are_forgotten_whatever_its_test_clock_says(
    platform, stranger
):
    theirs = Platform.objects.exclude(pk=platform.pk).get()
    for owner in (platform, theirs):
        for days in (0, 13, 15):
            ApiRequest.objects.create(
                platform=owner,
                at=clock.now() - timedelta(days=days),
                source="API",
                actor="k",
                method="GET",
                path="/",
                status=200,
                microseconds=1,
                slowest_microseconds=1,
                request_id=f"reqr_{days}",
            )
    assert request_log.forget(platform=platform, at=NOON) == 1
    assert ApiRequest.objects.filter(platform=platform).count() == 2
    assert ApiRequest.objects.filter(platform=theirs).count() == 3
