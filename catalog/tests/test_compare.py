"""Two versions of prices side by side, and all that stands in the way of one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.services import differences
from catalog.services.difference_words import in_words
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
        "message": "minutes, rule 1, band 1: price per unit changes from 0.04 EUR to 0.05 EUR",
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
    assert found["added"][0]["message"] == "setup is added: FIXED, 10.00 EUR"
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


def test_prices_of_one_product_are_known_by_what_they_sell():
    """A pricing between others of its product, or another order of them, is the only difference."""

    def sold(item, price="1", **fields):
        configs = [{"pricing_type": "FIXED", "bands": [{"amount": price}]}]
        items = [{"product_item_ids": [item], "configs": configs}]
        return {"product_ids": ["voice"], "items": items, **fields}

    calls, texts, seats = sold("calls"), sold("texts", name="Texts"), sold("seats")
    before, between = {"pricings": [calls, seats]}, {"pricings": [calls, texts, seats]}
    added = list(differences.between(before, between))
    assert added == [Difference("pricings.voice", None, texts)]
    assert list(differences.between(between, before)) == [Difference("pricings.voice", texts, None)]
    dearer = {"pricings": [calls, texts, sold("seats", "2")]}
    told = [
        (each.field.split(".")[-1], each.before, each.after) for each in differences.between(before, dearer)
    ]
    assert told == [("amount", "1", "2"), ("voice", None, texts)]
    [turned] = differences.between(before, {"pricings": [seats, calls]})
    order = ["voice (1)", "voice (2)"]
    assert turned == Difference("pricings.order", order, order[::-1])


def tree(*rules, **fields):
    """Prices of calls, as plain data by reference; ``fields`` of the pricing."""
    item = {"product_item_ids": ["calls"], "configs": list(rules)}
    pricing = {"product_ids": ["voice"], "items": [item], **fields}
    return {"pricing_categories": [{"product_category_id": "telecom", "pricings": [pricing]}]}


def up_to(bound, quantity="0.1", **fields):
    return {"amount": trees.euro(quantity), "tier_top_bound": {"number": bound}, **fields}


def tiered(*bands, **fields):
    return {"pricing_type": "TIERED", "bands": list(bands), **fields}


def when(comparator, **fields):
    return {"reference": "model", "comparator": comparator, **fields}


OPEN = {"amount": trees.euro("0.1")}
PLAIN = tree(tiered(up_to("100"), OPEN))
BLOCKS = tiered({**OPEN, "block_size": {"number": "10"}})
WHEN_FAST = {"conditions": {"meter_properties": [when("EQUALS", value="fast")]}}
FAST = tiered(OPEN, **WHEN_FAST)
EITHER = {"operator": "OR", "operands": [{"meter_property": when("IN", values=["a", "b"])}]}


@pytest.mark.parametrize(
    ("before", "after", "messages"),
    [
        (
            PLAIN,
            tree(tiered(up_to("100"), {"amount": trees.euro("0.0925")})),
            ["calls, rule 1, band 2: price per unit changes from 0.10 EUR to 0.0925 EUR"],
        ),
        (
            PLAIN,
            tree(tiered(up_to("200"), {"amount": trees.euro("0.2", "JPY")})),
            [
                "calls, rule 1, band 1: upper bound changes from 100 to 200",
                "calls, rule 1, band 2: price per unit changes from 0.10 EUR to 0.2 JPY",
                "calls, rule 1, band 2: currency of the price per unit changes from EUR to JPY",
            ],
        ),
        (
            PLAIN,
            tree(tiered(up_to("100"), up_to("500"), OPEN)),
            ["calls, rule 1: band 2 is added: 0.10 EUR per unit up to 500"],
        ),
        (
            PLAIN,
            tree(tiered(up_to("100", fixed_amount=trees.euro("5")), {"percentage": "2.5"})),
            [
                "calls, rule 1, band 1: fixed amount is added: 5.00 EUR",
                "calls, rule 1, band 2: price per unit is removed: it was 0.10 EUR",
                "calls, rule 1, band 2: percentage is added: 2.5%",
            ],
        ),
        (
            tree(BLOCKS),
            tree(tiered({"amount": trees.euro("1"), "block_size": {"number": "20"}})),
            [
                "calls, rule 1, band 1: price per block changes from 0.10 EUR to 1.00 EUR",
                "calls, rule 1, band 1: size of a block changes from 10 to 20",
            ],
        ),
        (
            tree(tiered(OPEN)),
            tree({**tiered(OPEN), "pricing_type": "FLAT", "billing_in_advance": True}),
            [
                "calls, rule 1: model changes from TIERED to FLAT",
                "calls, rule 1: billing in advance is added",
            ],
        ),
        (
            tree(FAST),
            tree(tiered(OPEN, conditions={"expression": EITHER}, default_included_volume={"number": "5"})),
            [
                "calls, rule 1: conditions, meter properties are removed: they were model EQUALS fast",
                "calls, rule 1: conditions, expression is added: (model IN a, b)",
                "calls, rule 1: included volume is added: 5",
            ],
        ),
        (
            PLAIN,
            tree(tiered(up_to("100"), OPEN), FAST),
            ["calls: rule 2 is added: TIERED, 0.10 EUR per unit, where model EQUALS fast"],
        ),
        (
            tree(FAST, tiered(OPEN)),
            tree(tiered(OPEN), tiered(up_to("10", "0.2"), OPEN, **WHEN_FAST)),
            [
                "calls, rule 2: band 1 is added: 0.20 EUR per unit up to 10",
                "calls: order of the rules changes from 1, 2 to 2, 1",
            ],
        ),
        (
            tree(entitlements=[{"feature_id": "sso", "switch": False}]),
            tree(
                entitlements=[{"feature_id": "sso", "switch": True}, {"feature_id": "seats", "number": "5"}]
            ),
            [
                "prices of voice, feature sso: switch changes from no to yes",
                "prices of voice: feature seats is added: 5",
            ],
        ),
        ({}, PLAIN, ["pricing categories are added: voice"]),
        ({"name": "A"}, {"name": "B"}, ["name changes from A to B"]),
    ],
)
def test_a_difference_is_a_sentence_that_a_person_reads(before, after, messages):
    found = list(differences.between(before, after))
    assert [in_words(each) for each in found] == messages
    assert all(in_words(each) for each in differences.between(after, before))


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
    found = list(differences.between(first, second))
    assert all(in_words(each) for each in found)
    there = sorted(_sides(each.before, each.after, each.field) for each in found)
    back = sorted(_sides(each.after, each.before, each.field) for each in differences.between(second, first))
    assert there == back


def _sides(before, after, field):
    """An order is told by the places before: from the other side by others."""
    return ("", "") if field.endswith(differences.ORDER) else (repr(before), repr(after))


bounds = st.lists(st.sampled_from(["10", "20", "50"]), unique=True, max_size=2).map(sorted)
wholes = st.lists(
    st.builds(
        lambda model, tops, price: (
            tiered(*(up_to(top, price) for top in tops), OPEN) | {"pricing_type": model}
        ),
        st.sampled_from(["TIERED", "TOP_TIERED"]),
        bounds,
        st.sampled_from(["0.1", "0.2"]),
    ),
    min_size=1,
    max_size=5,
)


def conditional(rules):
    """Each rule under a condition of its own, but for the last."""
    return [
        *(each | {"conditions": when("EQUALS", value=str(place))} for place, each in enumerate(rules[:-1])),
        rules[-1],
    ]


def told(before, after):
    """What changes of the rules, and where, without the trail."""
    found = differences.between({"configs": before}, {"configs": after})
    return [(each.field, each.before, each.after) for each in found]


@given(wholes.map(conditional), st.data())
def test_a_rule_more_or_less_and_another_order_are_all_that_differs(rules, data):
    more = {**data.draw(wholes)[0], "conditions": when("EQUALS", value="new")}
    place = data.draw(st.integers(0, len(rules)))
    longer = [*rules[:place], more, *rules[place:]]
    assert told(rules, longer) == [(f"configs.{place}", None, more)]
    assert told(longer, rules) == [(f"configs.{place}", more, None)]
    turned = data.draw(st.permutations(range(len(rules))))
    order = [
        ("configs.order", [str(each + 1) for each in sorted(turned)], [str(each + 1) for each in turned])
    ]
    assert told(rules, [rules[each] for each in turned]) == (order if list(turned) != sorted(turned) else [])
    at = data.draw(st.integers(0, len(rules) - 1))
    dearer = [*longer]
    dearer[at + (at >= place)] = {**rules[at], "billing_in_advance": True}
    assert told(rules, dearer) == [
        (f"configs.{at + (at >= place)}.billing_in_advance", None, True),
        (f"configs.{place}", None, more),
    ]
