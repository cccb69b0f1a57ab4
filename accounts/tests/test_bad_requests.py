import pytest

PATH = "/v1/test-clock"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"{", "BAD_REQUEST"),
        (b"[1]", "BAD_REQUEST"),
        (b'"text"', "BAD_REQUEST"),
        (b"[" * 5000 + b"]" * 5000, "BAD_REQUEST"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "BAD_REQUEST"),
        (b'{"now": NaN}', "INVALID_FIELD"),
        (b"\xff\xfe", "BAD_REQUEST"),
        (b'{"now": "2026\\u0000"}', "INVALID_FIELD"),
        (b'{"now": "\\ud800"}', "INVALID_FIELD"),
        (b'{"now": 1e999999}', "INVALID_FIELD"),
        (b'{"now": "tomorrow"}', "INVALID_FIELD"),
        (b'{"now": []}', "INVALID_FIELD"),
        (b"{}", "MISSING_FIELD"),
        (b'{"now": null}', "MISSING_FIELD"),
    ],
)
def test_a_bad_body_is_refused_with_type_code_and_message(api, raw, code):
    answer = api.post(PATH, raw)
    assert (answer.status, answer.body["code"], answer.body["type"]) == (400, code, "INVALID_REQUEST")
    assert answer.body["message"]
    assert api.get(PATH).ok()["frozen"] is False


def test_another_content_type_is_415(api):
    answer = api.request("POST", PATH, b"now=1", **{"Content-Type": "application/x-www-form-urlencoded"})
    assert (answer.status, answer.body["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_an_unknown_path_and_method_are_told(api):
    missing = api.get("/v1/nowhere")
    assert (missing.status, missing.content) == (404, b"Page does not exist")
    assert api.request("PATCH", PATH, {}).status == 405


def test_a_body_that_is_too_large_is_413(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = api.post("/v1/test-clock", b" " * 1001)
    assert (answer.status, answer.body["code"]) == (413, "BAD_REQUEST")


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_a_word_in_place_of_a_number_is_refused_by_its_field(api, word):
    raw = f'{{"now": "2026-03-01T00:00:00Z", "x": [{{"y": {word}}}]}}'.encode()
    answer = api.post(PATH, raw)
    assert (answer.status, answer.body["field"]) == (400, "x.0.y")
    assert word in answer.body["message"]
    event = f'{{"meter_values": [{{"number": {word}}}]}}'.encode()
    assert api.post("/v1/events/ingest", event).body["field"] == "meter_values.0.number"
