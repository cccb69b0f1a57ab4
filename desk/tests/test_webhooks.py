"""Webhooks in Desk: endpoints, their secret, and what was sent."""

from __future__ import annotations

import pytest

from accounts.models import Role
from desk.tests.test_invoices import MOST_QUERIES, page
from webhooks.models import Delivery, Webhook
from webhooks.services import changes, webhooks
from webhooks.services.transport import Reply

WEBHOOKS = "/desk/developers/webhooks/"
FIELDS = {
    "name": "Ledger",
    "reference": "ledger",
    "url": "https://192.0.2.10/hooks",
    "authentication_type": "NONE",
    "active": "on",
}


@pytest.fixture
def endpoint(ctx) -> Webhook:
    """An endpoint with one event waiting for it."""
    made, _ = webhooks.create(
        ctx=ctx, fields={"name": "Ledger", "reference": "ledger", "url": "https://93.184.216.34/hooks"}
    )
    other, _ = webhooks.create(
        ctx=ctx, fields={"name": "Off", "reference": "off", "url": made.url, "active": False}
    )
    changes.updated(ctx=ctx, instance=other, before={})
    return made


def test_the_list_and_the_page_read_within_their_budget(desk, endpoint):
    body, queries = page(desk, WEBHOOKS)
    assert "Ledger" in body and "Healthy" in body and "All events" in body
    assert queries <= MOST_QUERIES
    body, queries = page(desk, f"{WEBHOOKS}{endpoint.public_id}/")
    assert "WEBHOOK.UPDATED" in body and "Send a test event" in body
    assert queries <= MOST_QUERIES


def test_a_new_endpoint_shows_its_secret_once(desk, platform):
    fields = FIELDS | {"url": "https://93.184.216.34/hooks", "included_actions": ["invoice.finalized"]}
    body = desk.post(f"{WEBHOOKS}new/", fields).content.decode()
    made = Webhook.objects.get(platform=platform)
    assert "whsec_" in body and made.included_actions == ["invoice.finalized"]
    assert "whsec_" not in desk.get(f"{WEBHOOKS}{made.public_id}/").content.decode()


def test_a_refused_address_is_said_at_its_field(desk):
    answer = desk.post(f"{WEBHOOKS}new/", FIELDS | {"url": "not a url"})
    assert answer.status_code == 422 and 'id="id_url_error"' in answer.content.decode()


def test_an_endpoint_is_edited_and_deleted_by_its_name(desk, endpoint):
    url = f"{WEBHOOKS}{endpoint.public_id}/"
    fields = FIELDS | {"name": "Books", "url": endpoint.url}
    assert desk.post(f"{url}edit/", fields).status_code == 303
    assert desk.post(f"{url}delete/", {"name": "Ledger"}).status_code == 422
    assert desk.post(f"{url}delete/", {"name": "Books"}).status_code == 303
    assert not Webhook.objects.filter(name="Books").exists()


def test_rolling_the_secret_shows_the_new_one(desk, endpoint):
    assert "whsec_" in desk.post(f"{WEBHOOKS}{endpoint.public_id}/roll-secret/").content.decode()


def test_a_test_event_says_how_it_went(desk, endpoint, monkeypatch):
    monkeypatch.setattr("webhooks.services.trial.test", lambda **_: Reply(204, "", ""))
    desk.post(f"{WEBHOOKS}{endpoint.public_id}/test/")
    assert "Ledger answered 204" in desk.get(WEBHOOKS).content.decode()


def test_a_finished_event_is_sent_again(desk, endpoint):
    Delivery.objects.update(status="SUCCEEDED", response_status=200)
    url = f"{WEBHOOKS}{endpoint.public_id}/"
    resend = desk.get(url).content.decode().partition('action="/desk/developers/webhooks/events/')[2]
    answer = desk.post(f"{WEBHOOKS}events/{resend.partition('/')[0]}/resend/", {"back": url})
    assert (answer.status_code, answer.headers["Location"]) == (303, url)
    assert Delivery.objects.filter(status="PENDING").count() == 1
    elsewhere = {"back": "https://evil.example/"}
    assert desk.post(f"{WEBHOOKS}events/{resend.partition('/')[0]}/resend/", elsewhere).status_code == 422


def test_finance_does_not_read_endpoints(member):
    assert member(Role.FINANCE).get(WEBHOOKS).status_code == 403


def test_a_resent_delivery_comes_back_as_a_row_that_asks_until_it_is_done(desk, endpoint):
    Delivery.objects.update(status="SUCCEEDED", response_status=200, duration_ms=96)
    old = Delivery.objects.order_by("-pk")[0]
    url = f"/desk/developers/webhooks/events/{old.event.public_id}/resend/"
    live = {"HX-Request": "true", "HX-Target": "delivery-rows"}
    rows = desk.post(url, {"of": "record", "delivery": old.pk}, headers=live).content.decode()
    new = Delivery.objects.get(pk__gt=old.pk)
    assert rows.count("<tr") == 1 and f'id="delivery-{new.pk}"' in rows and "every 1s" in rows
    Delivery.objects.filter(pk=new.pk).update(status="FAILED", response_status=500, duration_ms=1204)
    row = desk.get(f"/desk/developers/webhooks/deliveries/{new.pk}/", headers={"HX-Request": "true"})
    body = row.content.decode()
    assert "every 1s" not in body and "500" in body and "1,204 ms" in body
