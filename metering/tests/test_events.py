from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from kit import clock
from metering.api import keys
from metering.models import AmendedHour, Event, UsageRollup
from metering.tests.conftest import ADA
from webhooks.models import WebhookEvent

ONE = "/v1/events/ingest"


@pytest.fixture(autouse=True)
def _forget_keys():
    keys.forget()


@pytest.fixture
def three(api, meters, sample):
    """Ada's event, Bob's (that meets no price), and a duplicate of Ada's."""
    ada = api.post(ONE, sample("ada-1")).ok()
    bob = api.post(ONE, sample("bob-1", customer_reference="bob")).ok()
    again = api.post(ONE, sample("ada-1")).ok()
    return ada, bob, again


def ids(answer):
    return [row["id"] for row in answer.ok()["data"]]


@pytest.mark.parametrize("path", ["/v1/events", "/v1/ingest/meter-data"])
def test_events_are_listed_newest_first(api, three, path):
    ada, bob, _ = three
    page = api.get(f"{path}?limit=1").ok()
    assert (page["data"][0]["id"], page["total_number_of_pages"]) == (bob["id"], 2)
    assert ids(api.get(f"{path}?limit=1&page=2")) == [ada["id"]]


def test_events_are_narrowed(api, three, meters):
    ada, bob, again = three
    for query, expected in {
        "customer_id=bob": [bob],
        "customer_id=nobody": [],
        f"meter_id={meters.meter}": [bob, ada],
        "meter_id=transcription&customer_id=ada": [ada],
        "meter_id=none": [],
        "reference=ada-1": [ada, again],
        "processed_details_type=DUPLICATE": [again],
        "processed_details_type=NOT_MATCHED": [bob],
        "processed_details_type=DEFAULT": [ada],
        "deleted=true": [],
        "deleted=false": [bob, ada],
    }.items():
        assert ids(api.get(f"/v1/events?{query}")) == [row["id"] for row in expected], query


@pytest.mark.parametrize(
    "query", ["deleted=yes", "processed_details_type=ODD", "page=x", "limit=0", "reference=%00"]
)
def test_a_filter_that_makes_no_sense_is_refused(api, three, query):
    assert api.get(f"/v1/events?{query}").status == 400


def test_an_event_without_a_price_says_why(api, three):
    details = api.get(f"/v1/events/{three[1]['id']}").ok()["processed_details"]
    assert (details["type"], details["not_matched"]) == ("NOT_MATCHED", {"variant": "NO_SUBSCRIPTION"})


def test_a_trace_shows_where_the_event_ended_up(api, three):
    trace = api.get(f"/v1/events/{three[0]['id']}/event_trace?cost_prediction=true").ok()
    assert trace["links"][0]["product_item_ids"] == ["proi_x"]
    assert trace["meter_data"]["cost_prediction"]["response"] == "OK"
    assert api.get(f"/v1/ingest/meter-data/{three[1]['id']}/event_trace").ok()["links"] == []


def test_a_trace_expands_what_its_links_name(api, three):
    path = f"/v1/events/{three[0]['id']}/event_trace"
    expanded = api.get(f"{path}?expand[]=meter_data&expand[]=links.meter_value_calculation_ids").ok()
    assert expanded["links"][0]["meter_value_calculations"] == []
    assert api.get(f"{path}?expand[]=links.nonsense").status == 400


def test_an_event_is_deleted_by_id(api, three):
    gone = api.post(f"/v1/events/{three[0]['id']}/delete").ok()
    assert (gone["deleted"], gone["processed_details"]["fate"]) == (True, "DELETED")
    hour = AmendedHour.objects.get(customer_id=ADA.pk)
    assert hour.changed_at == Event.objects.get(reference="ada-1").deleted_at
    assert api.post(f"/v1/events/{three[0]['id']}/delete").ok() == gone
    (told,) = WebhookEvent.objects.filter(resource_id=gone["id"])  # the second time nothing happened
    assert (told.type, told.data, told.previous_data["deleted"]) == ("METER_DATA.DELETED", gone, False)
    (entry,) = AuditEntry.objects.filter(object_id=gone["id"])
    assert (entry.action, entry.changes["deleted"]) == ("DELETED", [False, True])
    assert ids(api.get("/v1/events?deleted=true")) == [gone["id"]]
    assert ids(api.get("/v1/events?processed_details_type=DELETED")) == [gone["id"]]


def test_a_deleted_reference_is_not_free_again(api, three, sample):
    api.post("/v1/ingest/meter-data/delete", {"reference": "ada-1"}).ok()
    assert api.post(ONE, sample("ada-1")).ok()["processed_details"]["type"] == "DUPLICATE"
    assert not Event.objects.filter(reference="ada-1", deleted_at__isnull=True).exists()


@pytest.mark.parametrize(
    ("body", "status"), [({}, 400), ({"reference": 7}, 400), ({"reference": "none"}, 404)]
)
def test_a_deletion_names_an_event(api, three, body, status):
    assert api.post("/v1/events/delete", body).status == status


def test_events_of_another_platform_do_not_exist(api, stranger, three):
    event = three[0]["id"]
    assert stranger.get(f"/v1/events/{event}").status == 404
    assert stranger.post(f"/v1/events/{event}/delete").status == 404
    assert stranger.post("/v1/events/delete", {"reference": "ada-1"}).status == 404
    assert stranger.get(f"/v1/events/{event}/event_trace").status == 404
    assert ids(stranger.get("/v1/events")) == []


@pytest.mark.parametrize("event", ["metd_00000000000000000000", "metd_zzzzzzzzzzzzzzzzzzzz", "x", "cust_1"])
def test_an_id_that_is_none_is_not_found(api, three, event):
    assert api.get(f"/v1/events/{event}").status == 404


def test_http_delete_is_no_way_to_delete(api, three):
    assert api.delete(f"/v1/events/{three[0]['id']}").status == 405


def test_b44_events_of_one_instant_are_paged_once_each(api, meters, sample):
    documents = [sample(f"e{index}") for index in range(100)]
    api.post("/v1/events/ingest-batch", {"meter_datas": documents}).ok()
    seen = [one for page in range(1, 16) for one in ids(api.get(f"/v1/events?limit=7&page={page}"))]
    assert len(seen) == len(set(seen)) == 100


def test_a_meter_with_events_cannot_be_deleted(api, three):
    refused = api.delete("/v1/meters/transcription")
    assert (refused.status, refused.body["code"]) == (400, "COULD_NOT_DELETE_RESOURCE")


def test_b32_a_rollup_without_a_value_exists_once(api, meters, sample):
    for reference in ("a", "b"):
        api.post(ONE, sample(reference, meter_values=[])).ok()

    assert UsageRollup.objects.get(meter_value_id=None).events == 2
    [hour] = AmendedHour.objects.all()  # long past when they were stored
    assert hour.changed_at == UsageRollup.objects.get().last_stored_at
    api.post(ONE, sample("c", timestamp=(clock.now() - timedelta(hours=1)).isoformat())).ok()
    assert AmendedHour.objects.get() == hour


def test_the_ways_in_are_described(api):
    paths = api.get("/v1/openapi.json").ok()["paths"]
    for path in ("/v1/events/ingest", "/v1/ingest/meter-data", "/v2/events/ingest-batch"):
        operation = paths[path]["post"]
        assert operation["x-permission"] == ["METER_DATA.INGEST"]
        assert "201" in operation["responses"]
        assert operation["requestBody"]["content"]["application/json"]["example"]
