"""Two versions of prices side by side, and all that stands in the way of one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from catalog.services import differences
from catalog.services.differences import Difference
from catalog.tests import cast, trees


def compare(api, first, second):
    return api.get(f"/v1/pricing-plan-versions/{first['id']}/compare/{second['id']}").ok()


def test_a_changed_price_is_told_in_words_and_data(api):
    first = trees.version(api, trees.flat("0.04"))
    second = trees.version(api, trees.flat("0.05"))
    found = compare(api, first, second)
    assert (found["added"], found["removed"]) == ([], [])
    [change] = found["changed"]
    where = "pricing_categories.speech.pricings.transcription.items.minutes.configs.0.bands.0.amount.quantity"
    assert change == {
        "field": where,
        "before": "0.04",
        "after": "0.05",
        "message": f"{where} changes from 0.04 to 0.05",
    }


def test_an_item_in_front_is_added_and_nothing_else_differs(api):
    minutes = cast.item(api)
    setup = cast.item(api, "setup", model_type="ONE_OFF", product_id=minutes["product_id"])
    plan = cast.plan(api)
    old, new = trees.pricing(minutes, trees.flat()), trees.pricing(minutes, trees.flat())
    fee = {"pricing_type": "FIXED", "bands": [{"amount": trees.euro("10")}]}
    new["items"].insert(0, {"product_item_ids": [setup["id"]], "configs": [fee]})
    first, second = (
        api.post("/v1/pricing-plan-versions", trees.body(plan, each)).ok() for each in (old, new)
    )
    found = compare(api, first, second)
    assert [each["field"].rsplit(".", 1)[-1] for each in found["added"]] == ["setup"]
    assert found["removed"] == found["changed"] == []
    assert [each["field"].rsplit(".", 1)[-1] for each in compare(api, second, first)["removed"]] == ["setup"]
    new["items"].reverse()
    turned = api.post("/v1/pricing-plan-versions", trees.body(plan, new)).ok()
    [order] = compare(api, second, turned)["changed"]
    assert (order["field"].split(".")[-2:], order["before"], order["after"]) == (
        ["items", "order"],
        ["setup", "minutes"],
        ["minutes", "setup"],
    )


def test_a_rule_or_a_band_between_others_is_added_and_nothing_else_differs():
    bands = [{"tier_top_bound": "10"}, {"amount": "1"}]
    more = [bands[0], {"tier_top_bound": "20"}, bands[1]]
    assert list(differences.between({"bands": bands}, {"bands": more})) == [
        Difference("bands.1", None, more[1])
    ]
    assert list(differences.between({"bands": more}, {"bands": bands})) == [
        Difference("bands.1", more[1], None)
    ]


def test_a_version_of_another_platform_is_not_compared(api, stranger):
    mine = trees.version(api, trees.flat())
    answer = stranger.get(f"/v1/pricing-plan-versions/{mine['id']}/compare/{mine['id']}")
    assert answer.status == 404


def test_validation_tells_every_problem_at_once(api):
    item = cast.item(api, status="DRAFT")
    wrong = [
        trees.flat(conditions=trees.when("slow")),
        trees.flat(),
        trees.flat(bands=[{"amount": trees.euro("1", "USD")}]),
    ]
    version = api.post(
        "/v1/pricing-plan-versions", trees.body(cast.plan(api), trees.pricing(item, *wrong))
    ).ok()
    api.post("/v1/products/transcription/archive")
    path = f"/v1/pricing-plan-versions/{version['id']}"
    found = api.post(f"{path}/validate").ok()
    assert not found["valid"]
    fields = [
        problem["field"].removeprefix("pricing_categories.0.pricings.") for problem in found["problems"]
    ]
    assert fields == [
        "0.product_ids.0",
        "0.items.0.product_item_ids.0",
        "0.items.0.configs.0.conditions.meter_properties.0.value",
        "0.items.0.configs.2.bands",
        "0.items.0.configs.2.conditions",
    ]
    refused = api.patch(path, {"status": "ACTIVE"}).body
    assert (refused["message"], refused["problems"]) == (found["problems"][0]["message"], found["problems"])


def test_a_sound_version_is_valid(api):
    version = trees.version(api, trees.flat())
    found = api.post(f"/v1/pricing-plan-versions/{version['id']}/validate").ok()
    assert found == {"valid": True, "problems": []}


leaves = st.sampled_from([None, True, 0, 1, "", "x"])
nodes = st.dictionaries(st.sampled_from(["reference", "a", "b"]), leaves, max_size=3)
inner = leaves | nodes | st.lists(nodes, max_size=3)
json_values = st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2)


@given(json_values, json_values)
def test_differences_are_the_same_from_both_sides(first, second):
    assert not list(differences.between(first, first))
    there = {(repr(each.before), repr(each.after)) for each in differences.between(first, second)}
    back = {(repr(each.after), repr(each.before)) for each in differences.between(second, first)}
    assert there == back
