import pytest

from metering.api import keys
from metering.models import Event

ONE = "/v1/events/ingest"
LIST = "/v1/events/ingest-list"
BATCH = "/v1/events/ingest-batch"


@pytest.fixture(autouse=True)
def _forget_keys():
    keys.forget()


UNKNOWN_VALUE = {"reference": "words", "number": "1"}
AMOUNT_AS_NUMBER = {"reference": "volume", "number": "1"}
NO_SENSE = [
    ({"reference": None}, "reference", "MISSING_FIELD"),
    ({"reference": 7}, "reference", "INVALID_FIELD"),
    ({"reference": "x" * 257}, "reference", "INVALID_FIELD"),
    ({"reference": "tab\there"}, "reference", "INVALID_FIELD"),
    ({"reference": "nul\x00"}, "reference", "INVALID_FIELD"),
    ({"customer_reference": None}, "customer_reference", "MISSING_FIELD"),
    ({"customer_reference": "nobody"}, "customer_reference", "RESOURCES_NOT_FOUND"),
    ({"customer_reference": ["ada"]}, "customer_reference", "INVALID_FIELD"),
    ({"meter_reference": None}, "meter_reference", "MISSING_FIELD"),
    ({"meter_reference": "none"}, "meter_reference", "RESOURCE_NOT_FOUND"),
    ({"timestamp": "yesterday"}, "timestamp", "INVALID_FIELD"),
    ({"timestamp": "2026-04-01T10:11:12"}, "timestamp", "INVALID_FIELD"),
    ({"timestamp": 1775000000}, "timestamp", "INVALID_FIELD"),
    ({"timestamp": "2999-01-01T00:00:00Z"}, "timestamp", "INVALID_FIELD"),
    ({"meter_values": {}}, "meter_values", "INVALID_FIELD"),
    ({"meter_values": [7]}, "meter_values.0", "INVALID_FIELD"),
    ({"meter_values": [{"number": "1"}]}, "meter_values.0.reference", "MISSING_FIELD"),
    ({"meter_values": [UNKNOWN_VALUE]}, "meter_values.0.reference", "RESOURCES_NOT_FOUND"),
    ({"meter_values": [{"reference": "minutes"}]}, "meter_values.0.number", "MISSING_FIELD"),
    ({"number": "NaN"}, "meter_values.0.number", "INVALID_FIELD"),
    ({"number": "Infinity"}, "meter_values.0.number", "INVALID_FIELD"),
    ({"number": "1e999999"}, "meter_values.0.number", "INVALID_FIELD"),
    ({"number": "1_000"}, "meter_values.0.number", "INVALID_FIELD"),
    ({"number": "٣"}, "meter_values.0.number", "INVALID_FIELD"),
    ({"number": "--1"}, "meter_values.0.number", "INVALID_FIELD"),
    ({"number": True}, "meter_values.0.number", "INVALID_FIELD"),
    ({"number": "0.0000000000001"}, "meter_values.0.number", "INVALID_FIELD"),
    (
        {"meter_values": [{"reference": "volume", "amount": {"quantity": "1", "currency": "XXX"}}]},
        "meter_values.0.amount.currency",
        "INVALID_FIELD",
    ),
    ({"meter_values": [AMOUNT_AS_NUMBER]}, "meter_values.0.number", "INVALID_FIELD"),
    (
        {"meter_values": [{"reference": "minutes", "number": "1", "count": "1.5"}]},
        "meter_values.0.count",
        "INVALID_FIELD",
    ),
    ({"meter_properties": None}, "meter_properties.engine", "MISSING_FIELD"),
    ({"engine": "slow"}, "meter_properties.0.value", "INVALID_FIELD"),
    ({"engine": 7}, "meter_properties.0.value", "INVALID_FIELD"),
]


@pytest.mark.parametrize(("change", "field", "code"), NO_SENSE)
def test_an_event_that_makes_no_sense_leaves_no_trace(api, meters, sample, change, field, code):
    refused = api.post(ONE, sample(**change))
    assert (refused.status, refused.body["field"], refused.body["code"]) == (400, field, code)
    assert refused.body["type"] == "INVALID_REQUEST"
    assert refused.body["message"]
    listed = api.post(LIST, {"meter_datas": [sample("good"), sample(**change)]})
    assert listed.body["field"] == f"meter_datas.1.{field}"
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b"[" * 5000, 400),
        (b'{"a":' * 5000, 400),
        (b'{"reference": "\xff"}', 400),
        (b'{"reference": "x\\u0000y"}', 400),
        (b'{"reference": "x\\bye"}', 400),
        (b'{"reference": "x\x7fy"}', 400),
        (b'{"reference": NaN}', 400),
        (b"", 400),
    ],
)
def test_a_body_that_is_no_event_is_refused(api, meters, raw, status):
    answer = api.post(ONE, raw)
    assert (answer.status, answer.body["type"]) == (status, "INVALID_REQUEST")


@pytest.mark.parametrize(
    "body", [{}, {"meter_datas": []}, {"meter_datas": {}}, {"meter_datas": [1] * 10_001}]
)
def test_a_batch_holds_one_to_ten_thousand_events(api, meters, body):
    refused = api.post(BATCH, body)
    assert (refused.status, refused.body["field"]) == (400, "meter_datas")
