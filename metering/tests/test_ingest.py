from datetime import timedelta

import pytest

from accounts.models import Platform
from accounts.services import api_keys, clock
from kit.testing import NOON, ApiClient
from metering.api import keys
from metering.models import Event, EventDuplicate, UsageRollup

ONE = "/v1/events/ingest"
LIST = "/v1/events/ingest-list"
BATCH = "/v1/events/ingest-batch"


@pytest.fixture(autouse=True)
def _forget_keys():
    keys.forget()


@pytest.mark.parametrize("path", [ONE, "/v1/ingest/meter-data"])
def test_an_event_is_answered_as_stored(api, meters, sample, path):
    answer = api.post(path, sample(meter_values=[{"reference": "minutes", "number": "42.50"}]))
    assert answer.status == 201
    assert answer.headers["X-REQUEST-ID"].startswith("reqr_")
    body = answer.body
    assert body["object_type"] == "METER_DATA"
    assert body["type"] == "INGEST"
    assert body["customer_id"].startswith("cust_")
    assert body["meter_id"] == meters.meter
    assert body["meter_values"][0]["number"] == "42.5"
    assert body["meter_properties"][0] == {
        "id": meters.engine,
        "reference": "engine",
        "value": "fast",
        "dynamic_validation_settings": None,
    }
    assert body["processed_details"]["type"] == "DEFAULT"
    assert api.get(f"/v1/events/{body['id']}").ok() == body
    assert api.get(f"/v1/ingest/meter-data/{body['id']}").ok() == body


def test_an_amount_and_a_count_are_kept(api, meters, sample):
    values = [
        {"reference": "volume", "amount": {"quantity": "99.90", "currency": "EUR"}, "count": "3"},
        {"id": meters.minutes, "count": 2},
    ]
    body = api.post(ONE, sample(meter_values=values)).ok()
    assert body["meter_values"][0]["amount"] == {"quantity": "99.9", "currency": "EUR"}
    assert body["meter_values"][0]["count"] == "3"
    assert body["meter_values"][1]["number"] == "2"
    assert api.get(f"/v1/events/{body['id']}").ok() == body


def test_a_number_of_thirty_digits_survives(api, meters, sample):
    number = "123456789012345678.123456789012"
    body = api.post(ONE, sample(number=number)).ok()
    assert api.get(f"/v1/events/{body['id']}").ok()["meter_values"][0]["number"] == number


def test_the_same_event_again_is_a_duplicate_and_counts_once(api, meters, sample):
    first = api.post(ONE, sample()).ok()
    again = api.post(ONE, sample(number="42.50")).ok()
    assert again["id"] != first["id"]
    assert again["processed_details"]["type"] == "DUPLICATE"
    assert again["processed_details"]["duplicate_of_meter_data_id"] == first["id"]
    assert api.get(f"/v1/events/{again['id']}").ok() == again
    assert (Event.objects.count(), EventDuplicate.objects.count()) == (1, 1)
    assert UsageRollup.objects.get().n == 1


def test_the_same_reference_with_other_content_is_a_conflict(api, meters, sample):
    first = api.post(ONE, sample()).ok()
    refused = api.post(ONE, sample(number="43"))
    assert (refused.status, refused.body["code"]) == (409, "RESOURCE_ALREADY_EXISTS")
    assert refused.body["resource_id"] == first["id"]
    assert first["id"] in refused.body["message"]
    assert not EventDuplicate.objects.exists()


def test_an_omitted_timestamp_is_now_and_a_retry_is_the_same_event(api, platform, meters, sample):
    clock.freeze(platform=platform, at=NOON)
    first = api.post(ONE, sample(timestamp=None)).ok()
    assert first["timestamp"] == first["created_at"] == "2026-04-01T12:00:00Z"
    clock.freeze(platform=platform, at=NOON + timedelta(minutes=1))
    again = api.post(ONE, sample(timestamp=None)).ok()
    assert again["processed_details"]["type"] == "DUPLICATE"
    assert again["created_at"] == "2026-04-01T12:01:00Z"


def test_an_event_may_lie_thirty_minutes_ahead(api, platform, meters, sample):
    clock.freeze(platform=platform, at=NOON)
    api.post(ONE, sample("ahead", timestamp="2026-04-01T12:30:00Z")).ok()
    refused = api.post(ONE, sample("beyond", timestamp="2026-04-01T12:30:00.000001Z"))
    assert (refused.status, refused.body["field"]) == (400, "timestamp")


def test_only_json_by_post_with_a_key_gets_in(api, platform, meters, sample):
    assert ApiClient(None).post(ONE, sample()).status == 401
    assert ApiClient("tk_test_wrong").post(ONE, sample()).body["code"] == "UNAUTHORISED"
    assert api.request("POST", ONE, b"a=1", **{"Content-Type": "text/plain"}).status == 415
    assert api.get(ONE).status == 405
    _, reader = api_keys.issue(platform=platform, name="reader", at=NOON, scopes=("METER_DATA.VIEW",))
    refused = ApiClient(reader).post(ONE, sample())
    assert (refused.status, refused.body["code"]) == (403, "USER_NOT_ALLOWED")


def test_a_revoked_key_is_out_within_a_second(api, opened, meters, sample, monkeypatch):
    api.post(ONE, sample()).ok()
    key = api_keys.find(secret=opened.api_key, at=NOON)
    api_keys.revoke(key=key, at=NOON)
    monkeypatch.setattr(keys, "REMEMBERED", timedelta(0))
    assert api.post(ONE, sample("job-2")).status == 401


def test_a_list_is_stored_whole_or_not_at_all(api, meters, sample):
    stored = api.post(LIST, {"meter_datas": [sample("a"), sample("b")]}).ok()["meter_datas"]
    assert [each["reference"] for each in stored] == ["a", "b"]
    conflict = api.post("/v1/ingest/meter-datas", {"meter_datas": [sample("c"), sample("a", number="1")]})
    assert (conflict.status, conflict.body["field"]) == (409, "meter_datas.1.reference")
    assert set(Event.objects.values_list("reference", flat=True)) == {"a", "b"}


def test_b43_a_batch_reports_exactly_what_it_stored(api, meters, sample):
    api.post(ONE, sample("old")).ok()
    documents = [
        sample("new"),
        sample("old"),
        sample("old", number="7"),
        sample("new"),
        sample("new", number="7"),
        sample("bad", number="x"),
        "nonsense",
    ]
    results = api.post(BATCH, {"meter_datas": documents}).ok()["meter_datas"]
    assert [each["status"] for each in results] == [201, 201, 409, 201, 409, 400, 400]
    kinds = [each["processed_details"]["type"] for each in results if each["status"] == 201]
    assert kinds == [None, "DUPLICATE", "DUPLICATE"]
    assert results[5]["error"]["field"] == "meter_values.0.number"
    assert set(Event.objects.values_list("reference", flat=True)) == {"old", "new"}
    assert sum(UsageRollup.objects.values_list("n", flat=True)) == 2


def test_the_second_version_of_the_batch_takes_events(api, meters, sample):
    results = api.post("/v2/events/ingest-batch", {"events": [sample("a"), sample("b")]}).ok()["events"]
    assert [each["status"] for each in results] == [201, 201]
    assert api.get(f"/v1/events/{results[1]['id']}").ok()["reference"] == "b"


def test_calculate_stores_nothing(api, meters, sample):
    body = api.post("/v1/events/calculate", sample()).ok()
    assert (body["type"], body["id"], body["created_at"]) == ("CALCULATION", None, None)
    assert body["processed_details"]["fate"] == "MATCHED"
    assert body["cost_prediction"] == {
        "response": "OK",
        "details": [{"invoice_id": "invo_x", "events": 1}],
        "used_change_rates": [],
    }
    assert api.post("/v1/events/calculate", sample(number="x")).status == 400
    assert not Event.objects.exists()
    assert not UsageRollup.objects.exists()


def test_calculating_with_dynamic_validation_makes_what_is_missing_and_undoes_it(api, meters, sample):
    unknown = sample() | {"meter_reference": "brand-new"}
    assert api.post("/v1/events/calculate", unknown).status == 400
    version = Platform.objects.get().configuration_version
    told = api.post("/v1/events/calculate?meter_validation=DYNAMIC", unknown).ok()
    assert (told["type"], told["meter_reference"]) == ("CALCULATION", "brand-new")
    assert Platform.objects.get().configuration_version == version
    assert api.post("/v1/events/calculate", unknown).status == 400
    api.post("/v1/meters", {"reference": "another", "name": "Another"}).ok()  # the next configuration
    assert api.post(ONE, unknown).status == 400


def test_calculating_what_is_stored_already_tells_the_duplicate_or_the_conflict(api, meters, sample):
    api.post(ONE, sample("job-1")).ok()
    again = api.post("/v1/events/calculate", sample("job-1")).ok()
    assert (again["processed_details"]["type"], again["cost_prediction"]["details"]) == ("DUPLICATE", [])
    assert api.post("/v1/events/calculate", sample("job-1", number="9")).status == 409
    assert not EventDuplicate.objects.exists()


def test_a_prediction_may_be_asked_for(api, meters, sample):
    body = api.post(f"{ONE}?cost_prediction=true", sample()).ok()
    assert body["cost_prediction"]["details"] == [{"invoice_id": "invo_x", "events": 1}]
    several = {
        "meter_datas": [
            sample(f"job-{number}", customer_reference=who) for number, who in ((2, "ada"), (3, "bob"))
        ]
    }
    first, second = api.post(f"{LIST}?cost_prediction=true", several).ok()["meter_datas"]
    assert first["cost_prediction"]["details"] == [{"invoice_id": "invo_x", "events": 3}]
    assert (second["cost_prediction"]["response"], second["cost_prediction"]["details"]) == ("OK", [])
    assert api.post(ONE, sample("job-4")).ok()["cost_prediction"] is None
    assert api.post(f"{ONE}?cost_prediction=maybe", sample()).body["field"] == "cost_prediction"


def test_an_inactive_meter_refuses_events(api, meters, sample):
    api.post(ONE, sample("before")).ok()
    api.patch("/v1/meters/transcription", {"status": "DEPRECATED"}).ok()
    refused = api.post(ONE, sample("after"))
    assert (refused.status, refused.body["field"]) == (400, "meter_reference")


def test_a_new_enum_value_is_known_at_once(api, meters, sample):
    assert api.post(ONE, sample(engine="slow")).status == 400
    api.patch("/v1/meter-properties/engine", {"enum_values": ["fast", "accurate", "slow"]}).ok()
    api.post(ONE, sample(engine="slow")).ok()


def test_dynamic_validation_makes_what_is_missing(api, cast, sample):
    assert api.post(ONE, sample()).status == 400
    api.post(f"{ONE}?meter_validation=DYNAMIC", sample()).ok()
    money = {"reference": "money", "amount": {"quantity": "1", "currency": "EUR"}}
    api.post(f"{ONE}?meter_validation=DYNAMIC", sample("job-2", meter_values=[money])).ok()
    meter = api.get("/v1/meters/transcription").ok()
    assert [each["reference"] for each in meter["meter_values"]] == ["minutes", "money"]
    assert api.get("/v1/meter-values/money").ok()["type"] == "AMOUNT"
    assert api.post(f"{ONE}?meter_validation=LOOSE", sample()).body["field"] == "meter_validation"


def test_a_subscription_may_be_named(api, meters, sample):
    body = api.post(ONE, sample(pricing_plan_subscription_reference="basic")).ok()
    assert body["pricing_plan_subscription_id"].startswith("ppsu_")
    assert api.get(f"/v1/events/{body['id']}").ok() == body
    refused = api.post(ONE, sample("job-2", pricing_plan_subscription_id="ppsu_x"))
    assert refused.body["field"] == "pricing_plan_subscription_id"


def test_b10_a_microsecond_survives(api, meters, sample):
    body = api.post(ONE, sample(timestamp="2026-04-01T00:00:00.000001+02:00")).ok()
    assert body["timestamp"] == "2026-03-31T22:00:00.000001Z"
    assert api.get(f"/v1/events/{body['id']}").ok()["timestamp"] == body["timestamp"]
