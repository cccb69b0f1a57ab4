"""The endpoints that try a webhook out, and the log with resend."""

from datetime import timedelta

import pytest
from standardwebhooks import Webhook as Standard

from kit import clock
from webhooks.models import Delivery, Webhook, WebhookEvent
from webhooks.services import claims, delivery
from webhooks.tests.test_delivery import deliver

LOG = "/v1/webhook-events"


def path(endpoint, tail=""):
    return f"/v1/webhooks/{endpoint.public_id}{tail}"


def test_a_test_message_is_signed_and_leaves_no_trace(api, endpoint, receiver):
    before = WebhookEvent.objects.count()
    answer = api.post(path(endpoint, "/send-test")).ok()
    assert answer == {"successful": True, "message": "The receiver answered 200"}
    headers, body = receiver.requests[0]
    assert Standard(endpoint.shown_secret).verify(body, headers)["type"] == "WEBHOOK.TEST"
    assert WebhookEvent.objects.count() == before
    receiver.answers = [500]
    assert api.post(path(endpoint, "/send-test")).ok()["successful"] is False


def test_a_connection_is_tried_without_saving(api, receiver):
    body = {"name": "h", "reference": "h", "url": receiver.url}
    assert api.post("/v1/webhooks/test-connection", body).ok()["successful"] is True
    refused = api.post("/v1/webhooks/test-connection", body | {"url": "http://10.0.0.1/"})
    assert (refused.status, refused.body["field"]) == (400, "url")
    assert not Webhook.objects.exists()


def test_the_penalty_box_shows_the_blocked_delivery_and_retries_it_now(
    api, platform, endpoint, receiver, emit
):
    receiver.answers = [503, 503]
    first, _ = emit("API_KEY.CREATED", "API_KEY.UPDATED")
    deliver(platform)
    shown = api.get(path(endpoint)).ok()
    assert shown["penalty_box"] == first.public_id
    box = shown["penalty_box_data"]
    assert (box["retry_count"], box["cause"]) == (1, "The receiver answered 503")
    assert '"type":"API_KEY.CREATED"' in box["payload"]
    retry = path(endpoint, "/send-penalty-box-payload")
    assert api.post(retry).ok() == {"successful": False, "message": "The receiver answered 503"}
    assert api.post(retry).ok()["successful"] is True
    assert [body["sequence"] for body in receiver.bodies] == [1, 1, 1, 2]
    assert api.get(path(endpoint)).ok()["penalty_box_data"] is None
    empty = api.post(retry)
    assert (empty.status, empty.body["code"]) == (400, "INVALID_OPERATION")


def test_a_delivery_under_way_is_409(api, platform, endpoint, receiver, emit):
    receiver.answers = [503]
    emit("API_KEY.CREATED")
    deliver(platform)
    claims.take_one(webhook=endpoint, now=clock.now())
    assert api.post(path(endpoint, "/send-penalty-box-payload")).status == 409


def test_the_log_lists_and_filters_events_with_their_deliveries(api, platform, endpoint, receiver, emit):
    receiver.answers = [200, 500]
    delivered, failing = emit("API_KEY.CREATED", "API_KEY.UPDATED")
    deliver(platform)
    one = api.get(f"{LOG}/{delivered.public_id}").ok()
    assert (one["object_type"], one["status"], one["sequence"]) == ("WEBHOOK_EVENT", "SUCCEEDED", 1)
    assert one["deliveries"][0] | {"attempts": 1, "response_status": 200} == one["deliveries"][0]

    def ids(query):
        return [row["id"] for row in api.get(f"{LOG}?{query}").ok()["data"]]

    assert ids("statuses[]=PENDING") == [failing.public_id]
    assert ids("statuses[]=SUCCEEDED&type=API_KEY.CREATED") == [delivered.public_id]
    assert ids(f"webhook_id={endpoint.public_id}") == [failing.public_id, delivered.public_id]
    assert ids(f"resource_id={delivered.resource_id}&order_direction=asc")[0] == delivered.public_id
    assert ids("resource_type=INVOICE") == []
    assert api.get(f"{LOG}?statuses[]=LOST").status == 400
    created = api.get(f"{LOG}?type=WEBHOOK.CREATED").ok()["data"]
    assert [(row["status"], row["deliveries"]) for row in created] == [(None, [])]


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED"])
def test_a_finished_event_is_sent_again_under_the_same_id(api, platform, endpoint, receiver, emit, status):
    (event,) = emit("API_KEY.CREATED")
    Delivery.objects.update(status=status, finished_at=clock.now(), attempts=3)
    assert api.post(f"{LOG}/{event.public_id}/resend").ok()["status"] == "PENDING"
    assert deliver(platform) == 1
    assert receiver.requests[0][0]["webhook-id"] == event.public_id
    first, again = Delivery.objects.order_by("pk")
    assert (first.status, first.attempts) == (status, 3)
    assert (again.status, again.attempts) == ("SUCCEEDED", 1)
    assert api.get(f"{LOG}/{event.public_id}").ok()["status"] == "SUCCEEDED"
    listed = api.get(f"{LOG}?webhook_id={endpoint.public_id}&type=API_KEY.CREATED").ok()["data"]
    assert [row["id"] for row in listed] == [event.public_id]


def test_what_is_still_owed_is_not_sent_again(api, endpoint, emit):
    (event,) = emit("API_KEY.CREATED")
    answer = api.post(f"{LOG}/{event.public_id}/resend")
    assert (answer.status, answer.body["code"]) == (400, "INVALID_OPERATION")


def test_another_platforms_webhook_and_event_do_not_exist(stranger, endpoint, emit):
    (event,) = emit("API_KEY.CREATED")
    calls = [
        stranger.post(path(endpoint, "/send-test")),
        stranger.post(path(endpoint, "/send-penalty-box-payload")),
        stranger.get(f"{LOG}/{event.public_id}"),
        stranger.post(f"{LOG}/{event.public_id}/resend"),
    ]
    assert [call.status for call in calls] == [404] * 4
    assert stranger.get(LOG).ok()["data"] == []


def test_events_do_not_cross_platforms(platform, stranger, receiver, emit):
    hook = {"name": "h", "reference": "h", "url": receiver.url, "included_actions": ["CUSTOMER.CREATED"]}
    stranger.post("/v1/webhooks", hook).ok()
    emit("CUSTOMER.CREATED")
    assert not Delivery.objects.exists()


def test_retention_forgets_what_is_old_and_done(platform, endpoint, receiver, emit):
    from webhooks.services import retention

    emit("API_KEY.CREATED", "API_KEY.UPDATED")
    deliver(platform)
    emit("API_KEY.UPDATED")
    later = clock.now() + retention.KEPT
    assert retention.forget(platform=platform, now=later - timedelta(hours=1)) == 0
    assert retention.forget(platform=platform, now=later + timedelta(hours=1)) == 4
    mine = WebhookEvent.objects.filter(resource_type="API_KEY")
    assert list(mine.values_list("sequence", flat=True)) == [3]
    assert Delivery.objects.get().status == "PENDING"
    assert emit("API_KEY.UPDATED")[0].sequence == 4


def test_query_budgets(api, platform, endpoint, emit, django_assert_num_queries):
    for number in range(5):
        api.post("/v1/webhooks", {"name": "h", "reference": f"h{number}", "url": "http://127.0.0.1:9/"}).ok()
    emit(*["API_KEY.UPDATED"] * 20)
    api.get("/v1/webhooks").ok()
    with django_assert_num_queries(4):  # key, count, rows, penalty boxes
        api.get("/v1/webhooks").ok()
    with django_assert_num_queries(4):  # key, count, rows, deliveries with their endpoints
        api.get(LOG).ok()
    with django_assert_num_queries(4):  # savepoint twice, event with its deliveries, event read again
        emit("API_KEY.UPDATED")
    Webhook.objects.exclude(pk=endpoint.pk).delete()
    (claim,) = claims.take(platform=platform, now=clock.now(), most=5)
    with django_assert_num_queries(5):  # savepoint twice, endpoint, lease, head of the queue
        delivery.prepare(claim, at=clock.now())


def test_a_repeat_under_an_idempotency_key_sends_nothing_again(api, endpoint, receiver):
    key = {"Idempotency-Key": "try-1"}
    first = api.post(path(endpoint, "/send-test"), **key)
    second = api.post(path(endpoint, "/send-test"), **key)
    assert (first.status, second.body) == (200, first.body)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(receiver.requests) == 1


def test_a_failed_attempt_under_an_idempotency_key_frees_the_key(api, endpoint):
    key = {"Idempotency-Key": "try-2"}
    box = path(endpoint, "/send-penalty-box-payload")
    assert [api.post(box, **key).status for _ in range(2)] == [400, 400]
