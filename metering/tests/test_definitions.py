import pytest

VALUE = {"reference": "minutes", "name": "Minutes", "type": "NUMBER", "status": "ACTIVE"}
ENGINE = {
    "reference": "engine",
    "name": "Engine",
    "type": "ENUM",
    "enum_values": ["fast", "accurate"],
    "status": "ACTIVE",
}
METER = {
    "reference": "transcription",
    "name": "Transcription",
    "status": "ACTIVE",
    "meter_values": [{"reference": "minutes", "required": True}],
    "meter_properties": [{"reference": "engine", "required": True}],
}
SUM = {
    "reference": "total",
    "calculation_type": "SUM",
    "meter_id": "transcription",
    "meter_value_id": "minutes",
}


@pytest.fixture
def meter(api):
    api.post("/v1/meter-values", VALUE).ok()
    api.post("/v1/meter-properties", ENGINE).ok()
    return api.post("/v1/meters", METER).ok()


def test_a_meter_carries_its_values_and_properties(api, meter):
    shown = api.get("/v1/meters/transcription?expand[]=meter_values").ok()
    assert shown["object_type"] == "METER"
    assert shown["meter_values"][0]["object"]["reference"] == "minutes"
    assert shown["meter_properties"] == meter["meter_properties"]
    assert [row["id"] for row in api.get("/v1/meters?statuses[]=ACTIVE").ok()["data"]] == [meter["id"]]


def test_the_file_of_a_meter_names_its_columns(api, meter):
    file = api.get("/v1/meters/transcription/meter-data-file")
    assert file.content == b"reference,customer_reference,meter_reference,timestamp,minutes,engine\r\n"


def test_a_calculation_is_found_by_id_and_reference(api, meter):
    made = api.post("/v1/meter-value-calculations", SUM).ok()
    assert api.get(f"/v1/meter-value-calculations/{made['id']}").ok() == made
    assert api.get("/v1/meter-value-calculations/total?expand[]=meter_id").ok()["meter"]["id"] == meter["id"]


def test_count_needs_no_value_and_unique_needs_a_property(api, meter):
    count = {"reference": "count", "calculation_type": "COUNT", "meter_id": "transcription"}
    assert api.post("/v1/meter-value-calculations", count).ok()["meter_value_id"] is None
    unique = {**count, "reference": "engines", "calculation_type": "UNIQUE"}
    refused = api.post("/v1/meter-value-calculations", unique)
    assert (refused.status, refused.body["field"]) == (400, "meter_property_id")
    api.post("/v1/meter-value-calculations", {**unique, "meter_property_id": "engine"}).ok()


@pytest.mark.parametrize(
    ("path", "body", "field", "code"),
    [
        ("meter-values", {**VALUE, "reference": "a b"}, "reference", "INVALID_FIELD"),
        ("meter-values", {"reference": "x", "name": "X"}, "type", "MISSING_FIELD"),
        ("meter-values", {**VALUE, "reference": "x", "type": "FLOAT"}, "type", "INVALID_FIELD"),
        ("meter-values", {**VALUE, "reference": "x", "status": "ARCHIVED"}, "status", "INVALID_FIELD"),
        ("meter-properties", {**ENGINE, "reference": "x", "enum_values": []}, "enum_values", "MISSING_FIELD"),
        ("meter-properties", {**ENGINE, "reference": "x", "type": "STRING"}, "enum_values", "INVALID_FIELD"),
        ("meters", {"reference": "x", "meter_values": [{}]}, "meter_values.0.reference", "MISSING_FIELD"),
        (
            "meters",
            {"reference": "x", "meter_values": [{"id": "metv_00000000000000000000"}]},
            "meter_values.0.id",
            "RESOURCES_NOT_FOUND",
        ),
        ("meter-value-calculations", {**SUM, "meter_value_id": None}, "meter_value_id", "MISSING_FIELD"),
        ("meter-value-calculations", {**SUM, "meter_id": "none"}, "meter_id", "RESOURCES_NOT_FOUND"),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(api, meter, path, body, field, code):
    answer = api.post(f"/v1/{path}", body)
    assert (answer.status, answer.body["field"], answer.body["code"]) == (400, field, code)


def test_a_reference_is_taken_once_per_platform(api, stranger):
    api.post("/v1/meter-values", VALUE).ok()
    again = api.post("/v1/meter-values", VALUE)
    assert (again.status, again.body["code"], again.body["field"]) == (
        409,
        "RESOURCE_ALREADY_EXISTS",
        "reference",
    )
    stranger.post("/v1/meter-values", VALUE).ok()


def test_enum_values_only_grow_once_active(api, meter):
    path = "/v1/meter-properties/engine"
    api.patch(path, {"enum_values": ["fast", "accurate", "slow"]}).ok()
    assert api.patch(path, {"enum_values": ["slow"]}).body["field"] == "enum_values"
    assert api.patch(path, {"type": "STRING"}).body["field"] == "type"


def test_a_status_moves_forward_only(api, meter):
    assert api.patch("/v1/meters/transcription", {"status": "DRAFT"}).body["code"] == "INVALID_OPERATION"
    api.patch("/v1/meters/transcription", {"status": "ARCHIVED"}).ok()
    assert api.patch("/v1/meters/transcription", {"name": "Other"}).status == 400


def test_an_active_meter_needs_active_values(api):
    api.post("/v1/meter-values", {**VALUE, "status": "DRAFT"}).ok()
    body = {**METER, "meter_properties": []}
    refused = api.post("/v1/meters", body)
    assert (refused.status, refused.body["field"]) == (400, "meter_values.0")
    assert api.get("/v1/meters/transcription").status == 404
    api.patch("/v1/meter-values/minutes", {"status": "ACTIVE"}).ok()
    api.post("/v1/meters", body).ok()


def test_an_active_meter_only_gains(api, meter):
    path = "/v1/meters/transcription"
    assert api.patch(path, {"meter_properties": []}).body["field"] == "meter_properties"
    relaxed = {"meter_properties": [{"reference": "engine", "required": False}]}
    assert api.patch(path, relaxed).body["field"] == "meter_properties.0.required"
    api.post("/v1/meter-values", {**VALUE, "reference": "words"}).ok()
    both = {"meter_values": [{"reference": "words"}, {"reference": "minutes"}]}
    assert [each["required"] for each in api.patch(path, both).ok()["meter_values"]] == [False, True]


@pytest.mark.parametrize("path", ["meter-values/minutes", "meter-properties/engine", "meters/transcription"])
def test_what_is_used_cannot_be_deleted(api, meter, path):
    api.post("/v1/meter-value-calculations", SUM).ok()
    refused = api.delete(f"/v1/{path}")
    assert (refused.status, refused.body["code"]) == (400, "COULD_NOT_DELETE_RESOURCE")


def test_the_unused_can_be_deleted(api, meter):
    api.post("/v1/meter-value-calculations", SUM).ok()
    for path in ("meter-value-calculations/total", "meters/transcription", "meter-values/minutes"):
        api.delete(f"/v1/{path}").ok()
        assert api.get(f"/v1/{path}").status == 404


def test_another_platform_sees_nothing(api, stranger, meter):
    assert stranger.get("/v1/meters/transcription").status == 404
    assert stranger.get(f"/v1/meters/{meter['id']}").status == 404
    assert stranger.get("/v1/meters").ok()["data"] == []


def test_what_a_meter_carries_is_expanded_on_the_way_as_well(api, meter):
    made = api.post("/v1/meter-value-calculations", SUM).ok()
    path = f"/v1/meter-value-calculations/{made['id']}"
    shown = api.get(f"{path}?expand[]=meter_id.meter_values.id&expand[]=meter.meter_properties").ok()
    carried = [shown["meter"][name][0]["object"] for name in ("meter_values", "meter_properties")]
    assert [row["reference"] for row in carried] == ["minutes", "engine"]
    whole = api.get("/v1/meters/transcription?expand[]=ALL").ok()
    assert [whole[name][0]["object"] for name in ("meter_values", "meter_properties")] == carried


def test_an_id_and_a_reference_that_name_two_values_are_refused(api, meter):
    other = api.post("/v1/meter-values", VALUE | {"reference": "other"}).ok()
    both = {"id": other["id"], "reference": "minutes"}
    refused = api.post("/v1/meters", METER | {"reference": "m", "meter_values": [both]})
    assert (refused.status, refused.body["field"]) == (400, "meter_values.0.reference")
    both["reference"] = "other"
    assert api.post("/v1/meters", METER | {"reference": "m", "meter_values": [both]}).status == 201
