"""Meters in Desk: one screen makes all or nothing; lists and details stay within their budget."""

from __future__ import annotations

import pytest

from catalog.tests import cast
from metering.models import Meter, MeterProperty, MeterValue, MeterValueCalculation

METERS = "/desk/usage-metering/meters/"
NEW = f"{METERS}new/"
BUDGET = 12
DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}


def filled(**changes):
    return {
        "name": "API calls",
        "reference": "api_calls",
        "values_count": "1",
        "values_0_existing": "new",
        "values_0_name": "calls",
        "values_0_reference": "calls",
        "values_0_type": "NUMBER",
        "values_0_required": "on",
        "properties_count": "1",
        "properties_0_name": "Region",
        "properties_0_reference": "region",
        "properties_0_type": "ENUM",
        "properties_0_words": "eu-west, eu-north",
        "calculations_count": "2",
        "calculations_0_type": "SUM",
        "calculations_0_source": "values:0",
        "calculations_1_type": "UNIQUE",
        "calculations_1_source": "properties:0",
        "activate": "1",
        **changes,
    }


def test_one_submit_creates_meter_value_property_and_calculations(desk, opened):
    response = desk.post(NEW, filled())
    meter = Meter.objects.get()
    assert response.status_code == 303 and response.headers["Location"].endswith(f"{meter.public_id}/")
    assert (meter.status, MeterValue.objects.get().status) == ("ACTIVE", "ACTIVE")
    assert MeterProperty.objects.get().enum_values == ["eu-west", "eu-north"]
    made = meter.calculations.order_by("pk").values_list("calculation_type", "reference")
    assert list(made) == [("SUM", "api_calls_sum_calls"), ("UNIQUE", "api_calls_unique_region")]


def test_a_taken_reference_creates_nothing_and_is_told_at_the_field(desk, api):
    api.post("/v1/meter-values", {"reference": "calls", "name": "Calls", "type": "NUMBER"}).ok()
    response = desk.post(NEW, filled())
    assert response.status_code == 422 and b'href="#id_values_0_reference"' in response.content
    assert not Meter.objects.exists() and not MeterProperty.objects.exists()


def test_an_existing_value_is_used_again_and_activated_with_the_meter(desk, api):
    made = api.post("/v1/meter-values", {"reference": "calls", "name": "Calls", "type": "NUMBER"}).ok()
    desk.post(NEW, filled(values_0_existing=made["id"], values_0_name="", values_0_reference=""))
    assert MeterValue.objects.get().status == "ACTIVE"
    assert Meter.objects.get().value_links.get().meter_value.reference == "calls"


@pytest.mark.parametrize(
    ("kind", "source"), [("UNIQUE", "values:0"), ("SUM", "properties:0"), ("MAX", "events")]
)
def test_a_calculation_over_the_wrong_thing_is_told_before_anything_is_made(desk, kind, source):
    response = desk.post(NEW, filled(calculations_0_type=kind, calculations_0_source=source))
    assert response.status_code == 422 and b"choose one" in response.content
    assert not MeterValue.objects.exists()


def test_removing_a_value_keeps_what_was_typed_and_moves_the_calculations(desk):
    typed = filled(values_count="2", values_1_name="tokens", values_1_reference="tokens")
    typed |= {"calculations_0_source": "values:1", "rows": "remove-values-0"}
    body = desk.post(NEW, typed).content.decode()
    assert 'value="tokens"' in body and 'name="values_1_name"' not in body
    assert '<option value="values:0" selected>tokens</option>' in body


def test_the_sample_event_follows_the_form(desk):
    body = desk.post(f"{NEW}sample/", filled()).content.decode()
    assert "api_calls" in body and "eu-west" in body and 'hx-swap-oob="true"' in body
    assert not Meter.objects.exists()
    assert desk.get(f"{NEW}sample/").status_code == 303


def test_copy_as_curl_names_every_request(desk):
    body = desk.post(NEW, filled(as_curl="1"), headers=DIALOG).content.decode()
    for path in ("meter-values", "meter-properties", "meters", "meter-value-calculations"):
        assert f"/v1/{path}" in body


def test_lists_and_details_stay_within_their_budget(desk, api, django_assert_max_num_queries):
    for kind in ("SUM", "MAX", "MIN"):
        cast.calculation(api, kind)
    meter = Meter.objects.first()
    for path in ("", *(f"{meter.public_id}/{tab}" for tab in ("", "events/", "usage/", "used-by/"))):
        with django_assert_max_num_queries(BUDGET):
            assert desk.get(f"{METERS}{path}").status_code == 200, path


@pytest.mark.parametrize("verb", ["deprecate", "archive"])
def test_a_meter_moves_after_a_sentence_says_what_it_means(desk, verb):
    desk.post(NEW, filled())
    url = f"{METERS}{Meter.objects.get().public_id}/move/{verb}/"
    assert b"keeps counting" in desk.get(url, headers=DIALOG).content
    desk.post(url)
    assert Meter.objects.get().status == f"{verb.upper()}D"


def test_a_draft_is_activated_with_its_values(desk):
    desk.post(NEW, filled(activate=""))
    assert MeterValue.objects.get().status == "DRAFT"
    desk.post(f"{METERS}{Meter.objects.get().public_id}/move/activate/")
    assert (Meter.objects.get().status, MeterValue.objects.get().status) == ("ACTIVE", "ACTIVE")


def test_a_meter_gains_a_value_a_property_and_a_calculation(desk):
    desk.post(NEW, filled())
    meter = Meter.objects.get()
    url = f"{METERS}{meter.public_id}/add/"
    desk.post(f"{url}value/", {"existing": "new", "name": "tokens", "type": "NUMBER"})
    desk.post(f"{url}property/", {"existing": "new", "name": "Model", "type": "STRING"})
    desk.post(f"{url}calculation/", {"type": "MAX", "source": "values:1"})
    assert [link.meter_value.reference for link in meter.value_links.order_by("position")] == [
        "calls",
        "tokens",
    ]
    assert meter.property_links.count() == 2
    assert MeterValueCalculation.objects.filter(reference="api_calls_max_tokens").exists()


def test_a_duplicate_starts_from_what_the_meter_carries(desk):
    desk.post(NEW, filled())
    body = desk.get(f"{NEW}?from={Meter.objects.get().public_id}").content.decode()
    assert "API calls copy" in body and body.count(" selected>") >= 4


def test_every_page_of_meters_opens(desk):
    desk.post(NEW, filled())
    meter = f"{METERS}{Meter.objects.get().public_id}/"
    for path in (
        METERS,
        f"{METERS}?q=api",
        NEW,
        f"{NEW}?starter=money",
        f"{meter}edit/",
        f"{meter}activity/",
    ):
        assert desk.get(path).status_code == 200, path
    for kind in ("value", "property", "calculation"):
        assert desk.get(f"{meter}add/{kind}/", headers=DIALOG).status_code == 200
    by = MeterProperty.objects.get().public_id
    assert desk.get(f"{meter}usage/?by={by}&days=7").status_code == 200
    assert desk.get(f"{meter}api-object/").status_code == 200
