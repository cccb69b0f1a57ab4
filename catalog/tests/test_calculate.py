"""The calculator: the contract's worked examples, the edges, and what it refuses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalog.tests import cast, trees
from catalog.tests.trees import euro, flat
from kit.testing import ApiClient
from metering.models import MeterProperty, MeterValueCalculation

PATH = "/v1/pricings/calculate"


def tiers(kind: str, field: str, *bands: tuple[str | None, str], measure: str = "number") -> dict[str, Any]:
    """Bands from (upper bound, price) pairs; the price is an amount or a percentage."""

    def bound(top: str) -> dict[str, Any]:
        return {measure: euro(top) if measure == "amount" else top}

    return {
        "pricing_type": kind,
        "bands": [
            {
                field: euro(price) if field == "amount" else price,
                **({"tier_top_bound": bound(top)} if top else {}),
            }
            for top, price in bands
        ],
    }


UNITS = [("100", "0.10"), ("1000", "0.08")]
PERCENT = [("100", "10"), ("1000", "8"), (None, "5")]
NUMBER = {"number": "200"}
MONEY = {"amount": euro("200")}


@pytest.mark.parametrize(
    ("config", "value", "expected"),
    [
        (flat("50.00"), {"number": "50"}, "2500.00"),
        (flat("24"), {"number": "3"}, "72.00"),
        (
            {"type": "FLAT", "bands": [{"amount": euro("0.25"), "block_size": {"number": "100"}}]},
            {"number": "250"},
            "0.75",
        ),
        (tiers("TIERED", "amount", *UNITS, (None, "0.07")), NUMBER, "18.00"),
        (tiers("TIERED", "percentage", *PERCENT, measure="amount"), MONEY, "18.00"),
        (tiers("TOP_TIERED", "amount", *UNITS, (None, "0.05")), {"number": "500"}, "40.00"),
        (tiers("TOP_TIERED", "percentage", *PERCENT, measure="amount"), MONEY, "16.00"),
        (tiers("STAIR_STEP", "amount", ("100", "25"), ("1000", "20"), (None, "15")), NUMBER, "45.00"),
        (
            tiers("STAIR_STEP", "amount", ("1000", "100"), ("50000", "80"), (None, "60"), measure="amount"),
            {"amount": euro("43000")},
            "180.00",
        ),
        (flat("0.0552"), {"number": "1"}, "0.06"),
        ({"type": "FIXED", "bands": [{"amount": euro("49")}]}, None, "49.00"),
        ({"type": "NONE"}, {"number": "7"}, "0.00"),
        (flat("0.04", default_included_volume={"number": "100"}), {"number": "150"}, "2.00"),
        (flat("0.04"), {"number": "0"}, "0.00"),
        (flat("0.04"), {"number": "-3"}, "0.00"),
    ],
)
def test_the_examples_of_the_contract_come_out(
    api: ApiClient, config: dict[str, Any], value: dict[str, Any] | None, expected: str
) -> None:
    answer = api.post(PATH, {"config": config, "meter_value": value}).ok()
    assert answer["amount"] == euro(expected)
    details = sum((Decimal(line["amount"]["quantity"]) for line in answer["details"]), Decimal(0))
    assert details == Decimal(answer["unrounded_amount"])


@pytest.mark.parametrize(
    ("currency", "quantity", "expected"),
    [("JPY", "2.5", "3"), ("KWD", "2.0005", "2.001"), ("CLF", "2.00005", "2.0001"), ("EUR", "2.005", "2.01")],
)
def test_an_amount_is_rounded_half_up_to_the_minor_unit(
    api: ApiClient, currency: str, quantity: str, expected: str
) -> None:
    config = {"type": "FLAT", "bands": [{"amount": euro(quantity, currency)}]}
    answer = api.post(PATH, {"config": config, "meter_value": {"number": "1"}}).ok()
    assert answer["amount"] == euro(expected, currency)
    assert answer["unrounded_amount"] == quantity


def test_very_many_units_at_a_very_small_price(api: ApiClient) -> None:
    body = {"config": flat("0.000000000001"), "meter_value": {"number": "1000000000000000"}}
    answer = api.post(PATH, body).ok()
    assert (answer["amount"]["quantity"], answer["unit_amount"]) == ("1000.00", "0.000000000001")


def test_floor_and_cap_apply_to_each_event(api: ApiClient) -> None:
    band = {"percentage": "2", "minimum_amount": euro("0.50"), "maximum_amount": euro("3")}
    config = {"type": "FLAT", "bands": [band]}
    events = [{"amount": euro(each)} for each in ("10", "100", "1000")]
    answer = api.post(PATH, {"config": config, "events": events}).ok()
    assert answer["amount"] == euro("5.50")
    total = {"amount": euro("1110")}
    assert api.post(PATH, {"config": config, "events": events, "meter_value": total}).ok() == answer
    one = api.post(PATH, {"config": config, "meter_value": total}).ok()
    assert one["amount"] == euro("3.00")
    wrong = api.post(PATH, {"config": config, "events": events, "meter_value": {"amount": euro("1")}})
    assert (wrong.status, wrong.body["field"]) == (400, "events")


def test_events_may_be_given_as_they_would_be_sent(api: ApiClient) -> None:
    config = {"type": "FLAT", "bands": [{"percentage": "1.5", "minimum_amount": euro("0.10")}]}
    events = [
        {"reference": "a", "meter_values": [{"reference": "volume", "amount": euro(each)}]}
        for each in ("4", "100")
    ]
    assert api.post(PATH, {"config": config, "events": events}).ok()["amount"] == euro("1.60")
    events[1]["meter_values"] = [{"amount": euro("x")}]
    wrong = api.post(PATH, {"config": config, "events": events})
    assert (wrong.status, wrong.body["field"]) == (400, "events.1.meter_values.0.amount.quantity")
    wrong = api.post(PATH, {"config": config, "events": [{"meter_values": []}]})
    assert (wrong.status, wrong.body["field"]) == (400, "events.0.meter_values")


def test_the_curve_runs_through_the_asked_quantity(api: ApiClient) -> None:
    config = tiers("TIERED", "amount", *UNITS, (None, "0.07"))
    answer = api.post(PATH, {"config": config, "meter_value": NUMBER}).ok()
    points = {point["number"]: point["amount"] for point in answer["curve"]}
    assert (points["0"], points["100"], points["200"], points["1000"]) == ("0", "10", "18", "82")


def test_what_one_period_leaves_is_asked_for_in_the_next(api: ApiClient) -> None:
    """12 units buy two bundles of ten; of the 15 after them 8 are there, so one more is bought."""
    bundle = {"amount": euro("8"), "block_size": {"number": "10"}}
    config = {"type": "FLAT_TOP_UP", "bands": [bundle], "top_up": {"rollover": True}}
    first = api.post(PATH, {"config": config, "meter_value": {"number": "12"}}).ok()
    assert (first["amount"], first["left"]) == (euro("16.00"), {"included_volume": None, "bundles": "8"})
    asked = {"config": config, "meter_value": {"number": "15"}, "left": first["left"]}
    then = api.post(PATH, asked).ok()
    assert (then["amount"], then["left"]["bundles"]) == (euro("8.00"), "3")
    volume = {"number": "100", "reset_type": "NEVER"}
    config = flat("0.10", default_included_volume=volume)
    asked = {"config": config, "meter_value": {"number": "30"}, "left": {"included_volume": "20"}}
    rest = api.post(PATH, asked).ok()
    assert (rest["amount"], rest["left"]["included_volume"]) == (euro("1.00"), "0")
    assert api.post(PATH, asked | {"left": {"bundles": "-1"}}).body["field"] == "left.bundles"


def test_a_fee_needs_no_quantity(api: ApiClient) -> None:
    assert api.post(PATH, {"config": flat("49"), "model_type": "RECURRING"}).ok()["amount"] == euro("49.00")
    assert api.post(PATH, {"config": flat("49")}).body["field"] == "meter_value"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "config", "MISSING_FIELD"),
        ({"config": []}, "config", "INVALID_FIELD"),
        ({"config": {}}, "config.pricing_type", "MISSING_FIELD"),
        ({"config": {"type": "FLAT"}}, "config.bands", "MISSING_FIELD"),
        ({"config": flat("-1")}, "config.bands.0.amount.quantity", "INVALID_FIELD"),
        ({"config": flat("1e999999")}, "config.bands.0.amount.quantity", "INVALID_FIELD"),
        ({"config": flat("1"), "meter_value": {"number": "NaN"}}, "meter_value.number", "INVALID_FIELD"),
        ({"config": flat("1"), "meter_value": {}}, "meter_value.number", "INVALID_FIELD"),
        ({"config": flat("1"), "meter_value": {"amount": euro("1")}}, "meter_value.number", "INVALID_FIELD"),
        (
            {"config": flat("1"), "meter_value": {"number": "1", "count": "0.5"}},
            "meter_value.count",
            "INVALID_FIELD",
        ),
        ({"config": flat("1"), "model_type": "FREE"}, "model_type", "INVALID_FIELD"),
        (
            {"config": flat("1"), "events": [{"number": "1"}, {"amount": euro("1")}]},
            "events",
            "INVALID_FIELD",
        ),
        (
            {"config": {"type": "FLAT", "bands": [{"credits": {"quantity": "1", "credit_type_id": "c"}}]}},
            "meter_value",
            "MISSING_FIELD",
        ),
    ],
)
def test_bad_questions_are_refused(api: ApiClient, body: dict[str, Any], field: str, code: str) -> None:
    answer = api.post(PATH, body)
    assert (answer.status, answer.body["field"], answer.body["code"]) == (400, field, code), answer.body


def test_a_read_only_key_may_calculate(api: ApiClient, opened: Any) -> None:
    from accounts.models import ApiKey, KeyRole

    ApiKey.objects.filter(platform=opened.platform).update(role=KeyRole.READ_ONLY)
    body = {"config": flat("1"), "meter_value": {"number": "1"}}
    assert api.post(PATH, body).status == 200
    assert api.post("/v1/pricings", {}).status == 403


def test_a_stored_rule_is_priced_by_the_properties_it_matches(api: ApiClient) -> None:
    quick = flat("0.10", conditions=trees.when("quick"))
    version = trees.version(api, quick, flat("0.02"))
    item = version["pricing_categories"][0]["pricings"][0]["items"][0]
    body = {"pricing_item_id": item["id"], "meter_value": {"number": "100"}}
    other = api.post(PATH, body).ok()
    properties = [{"reference": "sum-number-model", "value": "quick"}]
    found = api.post(PATH, {**body, "meter_properties": properties}).ok()
    assert (found["amount"], other["amount"]) == (euro("10.00"), euro("2.00"))
    ids = [config["id"] for config in item["configs"]]
    assert [found["pricing_item_config_id"], other["pricing_item_config_id"]] == ids
    both = api.post(PATH, {**body, "config": flat("1")})
    assert (both.status, both.body["field"]) == (400, "config")


def test_properties_that_no_stored_rule_prices_are_refused(api: ApiClient) -> None:
    version = trees.version(api, flat("0.10", conditions=trees.when("quick")))
    item = version["pricing_categories"][0]["pricings"][0]["items"][0]
    answer = api.post(PATH, {"pricing_item_id": item["id"], "meter_value": {"number": "1"}})
    assert (answer.status, answer.body["field"]) == (400, "meter_properties")


def test_a_pricing_item_of_another_platform_is_not_found(api: ApiClient, stranger: Any) -> None:
    version = trees.version(api, flat())
    item = version["pricing_categories"][0]["pricings"][0]["items"][0]
    body = {"pricing_item_id": item["id"], "meter_value": {"number": "1"}}
    assert stranger.post(PATH, body).body["code"] == "RESOURCES_NOT_FOUND"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"top_up": {"rollover": True}}, "top_up"),
        ({"on_demand": True}, "on_demand"),
        ({"default_seats_value": {"amount": trees.euro("1")}}, "default_seats_value.number"),
    ],
)
def test_what_activation_refuses_is_refused_in_the_same_words(
    api: ApiClient, fields: dict[str, Any], field: str
) -> None:
    version = trees.version(api, flat(**fields))
    item = version["pricing_categories"][0]["pricings"][0]["items"][0]
    activated = trees.activate(api, version)
    assert activated.body["field"].endswith(f"configs.0.{field}")
    asked = {"meter_value": {"number": "1"}}
    of_body = {"config": flat(**fields), "model_type": "USAGE_BASED"}
    stored = {"pricing_item_id": item["id"]}
    for price, at in ((of_body, "config"), (stored, "pricing_item_id.configs.0")):
        answer = api.post(PATH, price | asked)
        assert (answer.status, answer.body["code"]) == (400, "UNABLE_TO_PROCESS_INSTRUCTIONS")
        assert (answer.body["message"], answer.body["field"]) == (activated.body["message"], f"{at}.{field}")


@pytest.mark.parametrize("fields", [{"status": "DRAFT"}, {"model_type": "CREDITS"}])
def test_an_item_that_activation_refuses_is_refused_in_the_same_words(
    api: ApiClient, fields: dict[str, Any]
) -> None:
    sold = trees.pricing(cast.item(api, **fields), flat())
    version = api.post("/v1/pricing-plan-versions", trees.body(cast.plan(api), sold)).ok()
    item = version["pricing_categories"][0]["pricings"][0]["items"][0]
    activated = trees.activate(api, version).body
    asked = {"pricing_item_id": item["id"], "meter_value": {"number": "1"}}
    answer = api.post(PATH, asked).body
    assert (answer["code"], answer["message"]) == (activated["code"], activated["message"])
    assert answer["field"] == "pricing_item_id.product_item_ids.0"
    if "model_type" in fields:
        told = api.post(PATH, {"config": flat(), "meter_value": {"number": "1"}, **fields}).body
        assert (told["field"], told["message"]) == ("model_type", activated["message"])


def test_usage_under_several_property_values_is_divided_as_an_invoice_divides_it(api: ApiClient) -> None:
    """The rule with conditions takes its own, the default splits the rest in the bands of all of it."""
    quick = flat("0.10", conditions=trees.when("quick"))
    rest = {
        **tiers("TIERED", "amount", ("100", "0.10"), (None, "0.05")),
        "split_pricing": {"meter_properties": [{"reference": "sum-number-model"}]},
    }
    item = trees.version(api, quick, rest)["pricing_categories"][0]["pricings"][0]["items"][0]

    def used(number: str, model: str | None = None, **fields: Any) -> dict[str, Any]:
        named = [{"reference": "sum-number-model", "value": model}] if model else []
        return {"number": number, "meter_properties": named, **fields}

    asked = [used("30", "quick"), used("150", "slow"), used("50", "calm"), used("12", "quick", count="2")]
    by_item = api.post(PATH, {"pricing_item_id": item["id"], "meter_values": asked}).ok()
    found = [
        (line["rule"], line["split"], line["meter_value"]["number"], line["amount"]["quantity"])
        for line in by_item["rules"]
    ]
    calm, slow = ([{"reference": "sum-number-model", "value": name}] for name in ("calm", "slow"))
    # 200 units: 10 + 5 EUR, of which a quarter and three quarters are paid.
    assert found == [(0, [], "42", "4.20"), (1, calm, "50", "3.75"), (1, slow, "150", "11.25")]
    assert (by_item["amount"], by_item["unpriced"]) == (euro("19.20"), [])
    assert [line["pricing_item_config_id"] for line in by_item["rules"]] == [
        item["configs"][0]["id"],
        item["configs"][1]["id"],
        item["configs"][1]["id"],
    ]
    for line in by_item["rules"]:
        details = sum((Decimal(each["amount"]["quantity"]) for each in line["details"]), Decimal(0))
        assert details == Decimal(line["unrounded_amount"])
    by_configs = api.post(PATH, {"configs": [quick, rest], "meter_values": asked}).ok()
    assert by_configs["amount"] == by_item["amount"]
    property_id = api.get("/v1/meter-properties/sum-number-model").ok()["id"]
    by_id = {"number": "30", "meter_properties": [{"id": property_id, "value": "quick"}]}
    assert api.post(PATH, {"configs": [quick], "meter_values": [by_id]}).ok()["amount"] == euro("3.00")
    largest = {"configs": [quick, rest], "meter_values": asked, "calculation_type": "MAX"}
    assert api.post(PATH, largest).ok()["rules"][0]["meter_value"]["number"] == "30"
    peak = {"config": flat("0.10"), "events": [used("3"), used("7"), used("5")], "calculation_type": "MAX"}
    assert api.post(PATH, peak).ok()["amount"] == euro("0.70")
    # An item that sells what UNIQUE counts is told of distinct values, whatever their numbers.
    model = MeterProperty.objects.get(reference="sum-number-model")
    MeterValueCalculation.objects.update(calculation_type="UNIQUE", meter_property=model)
    several = {"pricing_item_id": item["id"], "events": [used("9", "calm"), used("9", "slow"), used("9")]}
    assert [line["meter_value"]["number"] for line in api.post(PATH, several).ok()["rules"]][1:] == [
        "1",
        "1",
        "0",
    ]
    left = api.post(PATH, {"configs": [quick], "events": [used("1", "quick"), used("2", "slow")]}).ok()
    assert (left["amount"], left["unpriced"][0]["meter_value"]["number"]) == (euro("0.10"), "2")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"configs": []}, "configs"),
        ({"configs": [flat(), flat()], "meter_values": []}, "configs.1.conditions"),
        ({"configs": [flat(top_up={"rollover": True})], "meter_values": []}, "configs.0.top_up"),
        ({"config": flat(), "meter_values": [], "seats": "1"}, "seats"),
        ({"config": flat(), "meter_values": [], "events": []}, "events"),
        ({"config": flat(), "meter_values": [{"number": "x"}]}, "meter_values.0.number"),
        ({"config": flat(), "meter_values": [{"number": "1", "count": "0.5"}]}, "meter_values.0.count"),
        ({"config": flat(), "meter_values": [{"number": "1"}, {"amount": euro("1")}]}, "meter_values"),
        (
            {"config": flat(), "meter_values": [{"number": "1", "meter_properties": [{"value": "a"}]}]},
            "meter_values.0.meter_properties.0.reference",
        ),
    ],
)
def test_bad_questions_about_several_values_are_refused(
    api: ApiClient, body: dict[str, Any], field: str
) -> None:
    answer = api.post(PATH, body)
    assert (answer.status, answer.body["field"]) == (400, field), answer.body
