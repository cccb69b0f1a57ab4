"""`/livez` and `/readyz`."""

from datetime import timedelta

import pytest
from django.test import Client

from kit import clock, jobs


def test_live_needs_no_database(client: Client) -> None:
    assert client.get("/livez").json() == {"status": "live"}


def test_not_ready_without_a_heartbeat(db: None, client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "migrations": "ok", "jobs": "no heartbeat yet"}


@pytest.mark.parametrize(("minutes", "status"), [(2, 200), (4, 503)])
def test_ready_while_the_heartbeat_is_younger_than_three_minutes(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch, minutes: int, status: int
) -> None:
    monkeypatch.setattr(jobs, "last_beat", lambda: clock.now() - timedelta(minutes=minutes))
    assert client.get("/readyz").status_code == status
